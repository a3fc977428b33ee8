internal import Glibc
internal import NIOCore
internal import NIOPosix
import Synchronization

/// A question to all machines of the local network.
public struct MulticastQuestion: Sendable {
    /// The IPv4 address of the group.
    public var group: String
    /// 5353 for multicast DNS, 1900 for UPnP.
    public var port: Int
    /// One datagram.
    public var bytes: [UInt8]

    public init(group: String, port: Int, bytes: [UInt8]) {
        self.group = group
        self.port = port
        self.bytes = bytes
    }
}

/// Asks by UDP on every IPv4 interface of this machine, and gathers what is answered to the sender alone. It joins no group and
/// listens on no fixed port, so that a resolver of the system is not in its way.
public struct MulticastSearch: Sendable {
    /// An answer, and which question it is to.
    public struct Answer: Equatable, Sendable {
        /// Index into the questions of the search, from 0.
        public var question: Int
        /// One datagram, not yet judged.
        public var bytes: [UInt8]
    }
    /// Datagrams of one search; what comes after them is dropped.
    public static let answerLimit = 2000

    private let questions: [MulticastQuestion]

    public init(_ questions: [MulticastQuestion]) { self.questions = questions }

    /// Asks, asks once more after a third of the time, as datagrams get lost, and takes answers until the time is over.
    /// - Throws: `unreachable` when this machine is on no network.
    public func answers(within duration: Duration) async throws(WireError) -> [Answer] {
        let answers = Inbox()
        var channels: [(channel: any Channel, question: Int)] = []
        for address in Self.interfaces() {
            for index in questions.indices {
                // An interface that is down answers nothing.
                guard let channel = try? await open(on: address, index, answers) else { continue }
                channels.append((channel, index))
            }
        }
        guard !channels.isEmpty else { throw .unreachable("this machine is on no network") }
        for pause in [duration / 3, duration * 2 / 3] {
            for (channel, index) in channels { await ask(questions[index], channel) }
            // Cancelled: what came until now is enough.
            try? await Task.sleep(for: pause)
        }
        for (channel, _) in channels { try? await channel.close().get() }
        return answers.taken
    }

    /// The IPv4 addresses of those that send multicast, without loopback.
    private static func interfaces() -> [SocketAddress] {
        guard let devices = try? System.enumerateDevices() else { return [] }
        return devices.filter(\.multicastSupported).compactMap(\.address).filter { address in
            guard case .v4 = address else { return false }
            return !(address.ipAddress ?? "127.").hasPrefix("127.")
        }
    }

    private func open(on address: SocketAddress, _ question: Int, _ inbox: Inbox) async throws -> any Channel {
        let text = address.ipAddress ?? ""
        var own: UInt32 = 0
        guard inet_pton(AF_INET, text, &own) == 1 else { throw WireError.unreachable("no IPv4 address") }
        return try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            // The system takes four bytes with the address, or eight (ip_mreq) that end with it: both are right in this.
            .channelOption(.ipOption(.ip_multicast_if), value: Int(bitPattern: UInt(own) << 32 | UInt(own)))
            // RFC 6762 §11; UPnP asks for 2, and more does no harm within a link.
            .channelOption(.ipOption(.ip_multicast_ttl), value: 255)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(question: question, inbox: inbox))
                }
            }
            .bind(host: text, port: 0).get()
    }

    private func ask(_ question: MulticastQuestion, _ channel: any Channel) async {
        guard let group = try? SocketAddress(ipAddress: question.group, port: question.port) else { return }
        let envelope = AddressedEnvelope(remoteAddress: group, data: ByteBuffer(bytes: question.bytes))
        // What an interface does not send, another one may.
        try? await channel.writeAndFlush(envelope).get()
    }
}

/// The answers so far.
private final class Inbox: Sendable {
    private let answers = Mutex<[MulticastSearch.Answer]>([])

    var taken: [MulticastSearch.Answer] { answers.withLock { $0 } }

    func add(_ answer: MulticastSearch.Answer) {
        answers.withLock { answers in
            guard answers.count < MulticastSearch.answerLimit else { return }
            answers.append(answer)
        }
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let question: Int
    private let inbox: Inbox

    init(question: Int, inbox: Inbox) {
        self.question = question
        self.inbox = inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        inbox.add(MulticastSearch.Answer(question: question, bytes: Array(envelope.data.readableBytesView)))
    }

    /// A datagram that an interface refuses is not the end of the search.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
