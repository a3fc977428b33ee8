internal import Farm
internal import Logging

/// Asks Telegram for taps on buttons, by long polling: nothing of the farm has to be reachable from outside.
///
/// Telegram keeps what was not asked past, so that taps of a time without farmtop come in afterwards; their tokens say whether they
/// still mean something.
struct TelegramPoll: Sendable {
    private let channel: NotifyChannel
    private let sleep: @Sendable (Duration) async -> Void
    private let logger: Logger
    private let makeTransport: @Sendable () -> any ChannelTransport

    private static let pollSeconds = 25
    static let deadline = Duration.seconds(pollSeconds + 15)
    private static let longestPause = 300
    /// Telegram holds a poll back until there is something to tell. A server that does not is asked no more often.
    private static let restAfterNothing = Duration.seconds(1)
    private static let lookAgainAfter = Duration.seconds(5)

    init(
        _ channel: NotifyChannel, links: NotificationLinks, sleep: @escaping @Sendable (Duration) async -> Void,
        logger: Logger, makeTransport: @escaping @Sendable () -> any ChannelTransport
    ) {
        self.channel = channel
        self.sleep = sleep
        self.logger = logger
        self.makeTransport = makeTransport
    }

    /// Until the task is cancelled.
    /// - Parameter isHeld: Telegram tells each tap once, to whoever asks first: while that may be another farm, nothing is asked.
    func run(isHeld: @Sendable () -> Bool, _ answer: AnswerHandler) async {
        let transport = makeTransport()
        var offset: Int64?
        var pause = 1
        var lastComplaint: String?
        while !Task.isCancelled {
            guard !isHeld() else {
                await sleep(Self.lookAgainAfter)
                continue
            }
            let call = channel.telegramPoll(after: offset, seconds: Self.pollSeconds)
            let result = await transport.perform(.http(call))
            if case .success(.http(200, _, let body)) = result, let updates = TelegramUpdates(body) {
                pause = 1
                lastComplaint = nil
                for tap in updates.taps { await handle(tap, answer, transport) }
                let isNew = updates.next.map { $0 != offset } ?? false
                if isNew { offset = updates.next }
                // Telegram itself has kept the question waiting; a proxy may answer at once.
                if !isNew { await sleep(Self.restAfterNothing) }
                continue
            }
            if Task.isCancelled { break }
            let complaint = complaint(result)
            if complaint != lastComplaint {
                logger.warning("Channel \(channel): answers cannot be read: \(complaint). It is tried again.")
            }
            lastComplaint = complaint
            await sleep(.seconds(wait(result) ?? pause))
            pause = min(pause * 2, Self.longestPause)
        }
        await transport.close()
    }

    private func complaint(_ result: Result<ChannelAnswer, ChannelFailure>) -> String {
        switch result {
        case .success(let answer): channel.outcome(answer).complaint ?? "an answer that is none of the Bot API"
        case .failure(let failure): failure.outcome.complaint ?? ""
        }
    }

    private func wait(_ result: Result<ChannelAnswer, ChannelFailure>) -> Int? {
        guard case .success(let answer) = result, case .declined(_, let seconds?, _, _) = channel.outcome(answer) else {
            return nil
        }
        return min(max(seconds, 1), 3600)
    }

    private func handle(_ tap: TelegramTap, _ answer: AnswerHandler, _ transport: any ChannelTransport) async {
        guard channel.accepts(tap) else {
            logger.warning(
                "Channel \(channel.name): a tap of the Telegram user \(tap.user) in the chat \(tap.chat.map(String.init) ?? "unknown") is not accepted."
            )
            await send(channel.telegramReply(to: tap, "You may not answer here."), transport)
            return
        }
        let name = cleanedText(tap.userName, limit: 64)
        switch await answer(tap.data, name.isEmpty ? String(tap.user) : name) {
        case .done(let text):
            await send(channel.telegramReply(to: tap, text), transport)
            await send(channel.telegramButtons(under: tap, []), transport)
        case .refused(let text):
            await send(channel.telegramReply(to: tap, text), transport)
            await send(channel.telegramButtons(under: tap, []), transport)
        // The same button may be pressed again.
        case .failed(let text): await send(channel.telegramReply(to: tap, text), transport)
        case .confirm(let question, let yes, let others):
            await send(channel.telegramReply(to: tap, question), transport)
            let buttons = ([yes] + others).map { (label: $0.label, token: $0.token) }
            await send(channel.telegramButtons(under: tap, buttons), transport)
        }
    }

    /// That the reply gets through is not what the answer depends on.
    private func send(_ call: HTTPCall?, _ transport: any ChannelTransport) async {
        guard let call else { return }
        let result = await transport.perform(.http(call))
        if case .success(let answer) = result, channel.outcome(answer).isSuccess { return }
        logger.info("Channel \(channel): a reply did not get through: \(complaint(result))")
    }
}
