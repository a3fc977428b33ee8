/// Why a listener could not be opened.
public enum ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    case addressInUse(host: String, port: Int)
    case addressRefused(host: String, port: Int, reason: String)
    case socketRefused(path: String, reason: String)
    case apiSocketInUse(path: String)
    case apiSocketRefused(path: String, reason: String)

    public var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "Port \(port) on \(host) is taken by another program. Stop it, or listen elsewhere: --listen \(host):\(port + 1)"
        case .addressRefused(let host, let port, let reason):
            "farmtop cannot listen on \(host):\(port): \(reason). Choose another address: --listen 127.0.0.1:3334"
        case .socketRefused(let path, let reason):
            "farmtop cannot listen on the control socket \(path): \(reason). Check the folder, or choose another: --data-dir"
        case .apiSocketInUse(let path):
            "Another program serves on the socket \(path). Stop it, or choose another path: server.api_socket in the configuration."
        case .apiSocketRefused(let path, let reason):
            "farmtop cannot listen on the API socket \(path): \(reason). Fix that, or set server.api_socket in the configuration."
        }
    }
}
