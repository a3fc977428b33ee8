import Farm
import FarmService
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OAuth

/// A request whose caller is known and whose route is found.
struct APIRequest: Sendable {
    var method: HTTPRequest.Method
    var headers: HTTPFields
    var target: RequestTarget
    /// The segments that stood for the path's placeholders, decoded.
    var parameters: [String]
    /// Nil on open routes.
    var authenticated: Caller?
    /// The peer, or whom a trusted proxy names.
    var client: ClientAddress
    var body: RequestBodyReader
    var logger: Logger

    /// The client's address without a port. Empty on a unix socket.
    var address: String { client.text }

    /// - Throws: 401 on an open route, where nobody has been asked who they are.
    func caller() throws(APIError) -> Caller {
        guard let authenticated else { throw .unauthenticated }
        return authenticated
    }

    /// - Throws: 404 in the words of Django when the segment is no id.
    func printerID() throws(FarmError) -> PrinterID {
        guard let id = PrinterID(pathSegment: parameters[0]) else { throw .noSuchPrinter }
        return id
    }

    func printID() throws(FarmError) -> PrintID {
        guard let id = PrintID(pathSegment: parameters[0]) else { throw .noSuchPrint }
        return id
    }

    /// `?print_id=12`: the print that the caller means; nil when absent.
    /// - Throws: 400 when it is no number.
    func meantPrint() throws(APIError) -> PrintID? {
        if target.query.isEmpty { return nil }
        var reader = try FieldReader(query: target)
        let id = reader.integer("print_id", atLeast: 1)
        try reader.finish()
        return id.map { PrintID($0) }
    }

    /// The same where 0 says that nothing was seen to be printed.
    func seenPrint() throws(APIError) -> SeenPrint {
        if target.query.isEmpty { return .unknown }
        var reader = try FieldReader(query: target)
        let id = reader.integer("print_id", atLeast: 0)
        try reader.finish()
        guard let id else { return .unknown }
        return SeenPrint(open: id == 0 ? nil : PrintID(id))
    }

    /// `?with_archived=true`.
    func includesArchived() throws(APIError) -> Bool { try flag("with_archived") }

    /// False when absent; of a repeated parameter the last holds.
    /// - Throws: 400 when it is no boolean.
    func flag(_ name: String) throws(APIError) -> Bool {
        if target.query.isEmpty { return false }
        var reader = try FieldReader(query: target)
        let flag = reader.bool(name)
        try reader.finish()
        return flag ?? false
    }
}
