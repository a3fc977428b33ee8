import FarmClient
import TestSupport
import Testing

/// Gives every request the same answer.
private final class FixedAnswer: Sendable {
    private let listener: LocalListener
    var port: UInt16 { listener.port }

    /// - Parameter answer: nil hangs up.
    convenience init(_ answer: String?) throws { try self.init(bytes: answer.map { Array($0.utf8) }) }

    /// - Parameter bytes: nil hangs up.
    init(bytes answer: [UInt8]?) throws {
        listener = try LocalListener()
        listener.serve { connection in
            // Whatever it is: also what is no HTTP gets the answer.
            _ = connection.read()
            if let answer { connection.send(answer) }
        }
    }
}

@Suite("An address where something other than a farm answers", .timeLimit(.minutes(20)))
struct OtherServerTests {
    private func message(_ server: FixedAnswer, scheme: String = "http") async throws -> String {
        let base = "\(scheme)://127.0.0.1:\(server.port)"
        let farm = RemoteFarm(base: base, credentials: RemoteCredentials(clientID: "id", clientSecret: "topsecret"))
        var said = ""
        do {
            _ = try await farm.scope()
        } catch {
            said = "\(error)"
        }
        await farm.close()
        #expect(!said.contains("topsecret"))
        return said.replacing(base, with: "BASE")
    }

    @Test("a redirect is not followed: the secret goes to the address that was named, or nowhere")
    func redirect() async throws {
        let other = try FixedAnswer(nil)
        let target = "http://127.0.0.1:\(other.port)/o/token/"
        let head = "HTTP/1.1 307 Temporary Redirect\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n"
        let said = try await message(FixedAnswer(head))
        #expect(
            said == "BASE redirects to \(target). farmtop sends its secret to no other address: "
                + "name the farm's final address with --connect.")
    }

    @Test("a web server that is no farm is told as such, without its page")
    func noFarm() async throws {
        let page = "<html>nginx</html>"
        let said = try await message(
            FixedAnswer("HTTP/1.1 404 Not Found\r\nContent-Length: \(page.utf8.count)\r\n\r\n\(page)"))
        #expect(said == "What answers at BASE is no farmtop (POST /o/token/ was answered 404). Check the address.")
        let other = try await message(FixedAnswer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
        #expect(other == "What answers at BASE is no farmtop. Check the address.")
    }

    /// What a server says that speaks something else.
    private static let foreign: [(name: String, bytes: [UInt8])] = [
        ("SSH", Array("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".utf8)),
        ("a PNG", [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]),
        ("a TLS alert", [21, 3, 1, 0, 2, 2, 70]), ("junk", (0..<400).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }),
    ]

    @Test(
        "what does not answer in HTTP is told in words, not in those of a library",
        arguments: OtherServerTests.foreign.indices)
    func notHTTP(index: Int) async throws {
        let said = try await message(FixedAnswer(bytes: Self.foreign[index].bytes))
        #expect(
            said.hasPrefix("No farm answers at BASE: what it answers is not HTTP; its address may begin with https://"),
            "\(Self.foreign[index].name): \(said)")
    }

    @Test("a head that does not end is given up, in words")
    func endlessHead() async throws {
        let said = try await message(
            FixedAnswer("HTTP/1.1 200 OK\r\nX-Long: " + String(repeating: "a", count: 1_000_000)))
        #expect(said.hasPrefix("No farm answers at BASE: the head of its answer does not end."), "\(said)")
    }

    @Test("https to a plain server, and one that hangs up, are told in words")
    func words() async throws {
        let plain = try await message(FixedAnswer("HTTP/1.1 400 Bad Request\r\n\r\n"), scheme: "https")
        #expect(
            plain.hasPrefix("No farm answers at BASE: it does not speak https; its address may begin with http://."))
        let silent = try await message(FixedAnswer(nil))
        #expect(silent.hasPrefix("No farm answers at BASE: it closed the connection without an answer;"))
    }
}
