import Dispatch
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A network that this machine has for itself: a namespace with one interface. Only the thread that made it is in it, and what that
/// thread starts.
private struct OwnNetwork {
    static let address = "10.77.0.1"

    /// Whether one can be made here: it takes the rights of root, and `ip`.
    static let isPossible: Bool = {
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/sbin/ip") else { return false }
        return onThread { enter() } ?? false
    }()

    /// Runs `body` on a thread of its own, which ends with it.
    static func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result? {
        let box = ThreadResult<Result>()
        let thread = Thread { box.value = body() }
        thread.start()
        while !thread.isFinished { usleep(5000) }
        return box.value
    }

    /// The calling thread leaves the network of the process for a new one with an interface that is up.
    static func enter() -> Bool {
        typealias Unshare = @convention(c) (CInt) -> CInt
        guard let symbol = dlsym(nil, "unshare") else { return false }
        // CLONE_NEWNET
        guard unsafeBitCast(symbol, to: Unshare.self)(0x4000_0000) == 0 else { return false }
        let commands = [
            ["link", "set", "lo", "up"], ["link", "add", "v0", "type", "veth", "peer", "name", "v1"],
            ["addr", "add", "\(address)/24", "dev", "v0"], ["link", "set", "v0", "up"], ["link", "set", "v1", "up"],
        ]
        return commands.allSatisfy { arguments in
            guard
                let child = try? ChildProcess(
                    "/usr/sbin/ip", arguments, environment: [], output: "/dev/null", errors: "/dev/null")
            else { return false }
            return ChildProcess.wait(child.id) == 0
        }
    }
}

/// Written by one thread, and read by another once the first has said that it is done.
private final class ThreadResult<Value: Sendable>: @unchecked Sendable { var value: Value? }

/// Answers every question by multicast DNS with one OctoPrint, on a thread of its own.
private final class Responder: @unchecked Sendable {
    private let descriptor: CInt

    /// On the thread that is in the network.
    init?() {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var own = sockaddr_in()
        own.sin_family = sa_family_t(AF_INET)
        own.sin_port = UInt16(5353).bigEndian
        let isBound = withUnsafePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        var membership = ip_mreq()
        inet_pton(AF_INET, "224.0.0.251", &membership.imr_multiaddr)
        inet_pton(AF_INET, OwnNetwork.address, &membership.imr_interface)
        let isMember =
            setsockopt(
                descriptor, Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP, &membership, socklen_t(MemoryLayout<ip_mreq>.size))
            == 0
        guard isBound, isMember else { return nil }
        Thread.detachNewThread { self.answer() }
    }

    func end() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private func answer() {
        var buffer = [UInt8](repeating: 0, count: 2000)
        while true {
            var sender = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let count = withUnsafeMutablePointer(to: &sender) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length)
                }
            }
            guard count > 0 else { return }
            let reply = Self.octoPrint
            _ = withUnsafePointer(to: &sender) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, reply, reply.count, 0, $0, length)
                }
            }
        }
    }

    private static let octoPrint: [UInt8] = {
        func name(_ labels: String...) -> [UInt8] { labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0] }
        func record(_ name: [UInt8], _ type: UInt8, _ data: [UInt8]) -> [UInt8] {
            name + [0, type, 0x80, 1, 0, 0, 0, 120, UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
        }
        let service = name("_octoprint", "_tcp", "local")
        let instance = name("OctoPrint of a test", "_octoprint", "_tcp", "local")
        return [0, 0, 0x84, 0, 0, 0, 0, 4, 0, 0, 0, 0] + record(service, 12, instance)
            + record(instance, 33, [0, 0, 0, 0, 0x13, 0x88] + name("octopi", "local"))
            + record(instance, 16, [6] + Array("path=/".utf8)) + record(name("octopi", "local"), 1, [10, 77, 0, 1])
    }()
}

@Suite("Looking for printers in the network, by the program", .timeLimit(.minutes(20)))
struct DiscoverTests {
    @Test(
        "a printer that answers is shown with the command that connects it; a network without any says so",
        .enabled(if: OwnNetwork.isPossible, "a network namespace takes the rights of root, and ip"))
    func found() throws {
        let home = try TestHome()
        let outcomes = OwnNetwork.onThread { () -> [Program.Outcome] in
            guard OwnNetwork.enter(), let responder = Responder() else { return [] }
            let found = [["discover"], ["discover", "--json"]].compactMap { words in
                try? Program.run(words + ["--data-dir", home.data], home: home.path)
            }
            responder.end()
            let none = try? Program.run(["discover", "--data-dir", home.data], home: home.path)
            return found + [none].compactMap(\.self)
        }
        let all = try #require(outcomes)
        try #require(all.count == 3)
        #expect(all.map(\.status) == [0, 0, 0])
        #expect(all[0].output.contains("OctoPrint of a test"))
        #expect(all[0].output.contains("farmtop printer connect octopi --kind octoprint --url http://10.77.0.1:5000\n"))
        #expect(all[1].output.contains(#""host": "octopi", "url": "http://10.77.0.1:5000", "printer": null"#))
        #expect(all[2].output.contains("No printer answered."))
    }

    @Test(
        "a machine without a network is told so",
        .enabled(if: OwnNetwork.isPossible, "a network namespace takes the rights of root, and ip"))
    func alone() throws {
        let home = try TestHome()
        let outcome = try ChildProcess.run(
            "/usr/bin/unshare", ["-n", Program.path, "discover", "--data-dir", home.data],
            environment: ["HOME=\(home.path)"], withErrors: true)
        #expect(outcome.status == 1)
        #expect(String(decoding: outcome.output, as: UTF8.self).contains("on no network"))
    }
}
