/// What a channel does to send a message: the outcome of a pure function, carried out elsewhere.
enum ChannelCall: Equatable, Sendable {
    case http(HTTPCall)
    case program(ProgramCall)
}

struct HTTPCall: Equatable, Sendable {
    struct Header: Equatable, Sendable {
        var name: String
        var value: String
    }
    var method = "POST"
    /// May hold a secret.
    var url: String
    var headers: [Header]
    var body: [UInt8]

    init(_ url: String, type: String, _ headers: [Header] = [], body: [UInt8]) {
        self.url = url
        self.headers = [Header(name: "Content-Type", value: type)] + headers
        self.body = body
    }
}

struct ProgramCall: Equatable, Sendable {
    var argv: [String]
    var environment: [String] = []
    /// What it reads on its standard input.
    var input: [UInt8]
    /// Written into a private folder beforehand; their paths take the place of the marks in input and environment.
    var files: [File] = []
    var timeout: Duration

    struct File: Equatable, Sendable {
        /// Stands in the environment as `NAME=mark`, and in the input where `isNamedInInput` says so.
        var mark: String
        var name: String
        var bytes: [UInt8]
        var isNamedInInput = false
    }
}

/// What came back.
enum ChannelAnswer: Equatable, Sendable {
    /// - Parameter body: the first MiB.
    case http(status: Int, retryAfterSeconds: Int?, body: [UInt8])
    case program(exitCode: Int32, output: [UInt8], errors: [UInt8])

    /// The status code of HTTP; nil: a program's.
    var status: Int? {
        if case .http(let status, _, _) = self { return status }
        return nil
    }
}
