import Hummingbird
import Logging

/// `bare-route PORT SIZE...` answers `/0`, `/1`, … with so many bytes.
@main
struct BareRoute {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard let port = numbers.first else {
            print("usage: bare-route PORT SIZE...")
            return
        }
        let router = Router()
        for (number, size) in numbers.dropFirst().enumerated() {
            let constant = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
            router.get("/\(number)") { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "application/json"],
                    body: ResponseBody(byteBuffer: constant))
            }
        }
        var logger = Logger(label: "bare-route")
        logger.logLevel = .warning
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.run()
    }
}
