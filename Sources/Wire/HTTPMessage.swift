/// A request, without where it goes.
public struct HTTPRequest: Sendable {
    /// The verbs that are used here.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case head = "HEAD"

        /// Sending it twice does what sending it once does.
        var isSafeToRepeat: Bool { self == .get || self == .head }
    }
    /// What is sent after the head.
    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        case file(FileBody)
    }
    /// GET and HEAD are repeated where a kept connection turns out closed; the others never are.
    public var method: Method
    /// Path and query, percent-encoded, as in the request line.
    public var target: String
    /// Beside those that the connection adds: `Host`, and the body's length.
    public var headers: [HTTPHeader]
    /// With `none`, no length is sent.
    public var body: Body

    public init(_ method: Method, _ target: String, headers: [HTTPHeader] = [], body: Body = .none) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }
}

/// One header, as it is sent or came.
public struct HTTPHeader: Equatable, Sendable {
    public var name: String
    /// As on the wire, without the spaces around it.
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A file sent as a body, or as a part of one between `prefix` and `suffix`.
public struct FileBody: Sendable {
    /// Opened when the request is sent, not before.
    public var path: String
    /// Bytes of the file; another length while it is sent ends the request.
    public var size: Int64
    /// Sent before the file: of a form, the head of its part.
    public var prefix: [UInt8]
    /// Sent after the file: of a form, the closing boundary.
    public var suffix: [UInt8]
    /// Bytes of the file that have been taken by the network so far.
    public var progress: @Sendable (Int64) -> Void

    public init(
        path: String, size: Int64, prefix: [UInt8] = [], suffix: [UInt8] = [],
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.path = path
        self.size = size
        self.prefix = prefix
        self.suffix = suffix
        self.progress = progress
    }

    var length: Int64 { Int64(prefix.count) + size + Int64(suffix.count) }
}

/// The whole answer to a request.
public struct HTTPAnswer: Equatable, Sendable {
    /// Three digits, as the server sent them.
    public var status: Int
    /// In the order in which they came; names in the server's case.
    public var headers: [HTTPHeader]
    /// All of it, already without its transfer coding.
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// All values of a header, in order; its name in any case.
    public func values(of name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
