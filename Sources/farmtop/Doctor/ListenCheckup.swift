import FarmConfiguration
import Foundation
import Glibc

/// The address of the API: free, this farm's, or another program's?
struct ListenCheckup {
    let address: ListenAddress
    /// Where the farm that has the data folder listens: `http://127.0.0.1:3334`.
    let listening: String?
    var hasTLS = false

    func finding() -> Finding {
        if address.isNone { return .ok("address", "No port: apps connect through server.api_socket.") }
        if let listening, ["http", "https"].contains(where: { listening == "\($0)://\(address)" }) {
            return open("This farm listens on \(address).")
        }
        if let listening {
            // What runs now was started with another --listen, and that is what counts.
            let host = listening.split(separator: "/").last.map(String.init) ?? listening
            let what = "This farm listens on \(host); without --listen it would be \(address)."
            return ListenAddress(host).map {
                ListenCheckup(address: $0, listening: listening, hasTLS: hasTLS).open(what)
            }
                ?? .ok("address", what)
        }
        switch Self.bindError(address) {
        case 0: return open("\(address) is free.")
        case EADDRINUSE:
            let another = address.port < UInt16.max ? address.port + 1 : address.port - 1
            return .fail(
                "address", "\(address) is taken by another program.",
                next:
                    "Stop that one (ss -ltnp shows it), or listen elsewhere: --listen \(address.host):\(another)"
            )
        case let code:
            return .fail(
                "address", "farmtop cannot listen on \(address): \(String(cString: strerror(code))).",
                next: code == EACCES
                    ? "Ports below 1024 are for the system: choose a higher one with --listen."
                    : "Choose an address of this machine: --listen 127.0.0.1:3334")
        }
    }

    private func open(_ what: String) -> Finding {
        guard !address.isLoopback && !hasTLS else { return .ok("address", what) }
        return .warn(
            "address", "\(what) Other machines can reach it, and tokens cross the network in the clear.",
            next: "Listen on 127.0.0.1 behind a proxy that speaks TLS, unless the network is yours alone.")
    }

    /// Tries what the server would do, and lets go again. 0: it would have the address.
    static func bindError(_ address: ListenAddress) -> Int32 {
        do throws(HeldPort.Refused) {
            _ = try HeldPort(address)
            return 0
        } catch {
            return error.code
        }
    }
}
