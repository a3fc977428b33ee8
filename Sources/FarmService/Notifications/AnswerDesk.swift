public import Farm
public import OAuth

/// Where answers to notifications come in, from a page or a chat: tokens are read here, and answers carried out.
public struct AnswerDesk: Sendable {
    private let service: FarmService
    private let signer: AnswerSigner

    public init(service: FarmService, signer: AnswerSigner) {
        self.service = service
        self.signer = signer
    }

    /// Nothing is sent, and so no answer is ours.
    public var isHeld: Bool { service.state.hold != nil }

    static let gone =
        "This button is no longer good: it has expired, the print has ended, or what it was about is over."

    /// What the page of a token asks; nothing is carried out.
    public func ask(_ text: String) -> AnswerReply {
        guard let token = read(text), let occasion = service.occasion(token.occasion) else {
            return .refused(Self.gone)
        }
        return refusal(token, occasion) ?? question(token, occasion)
    }

    /// Carries the answer out, or asks for a second tap where it needs one.
    public func act(_ text: String, person: String?) async -> AnswerReply {
        guard let token = read(text), let occasion = service.occasion(token.occasion) else {
            return .refused(Self.gone)
        }
        if token.answer.needsConfirmation, !token.isConfirmed {
            return refusal(token, occasion) ?? question(token, occasion)
        }
        do throws(FarmError) {
            if let command = token.answer.wanted, let printer = occasion.printerID {
                try await service.lookAgain(before: command, at: printer)
            }
            let outcome = try await service.perform(
                AnswerOccasion(
                    occasion: token.occasion, answer: token.answer, channel: token.channel, person: person))
            return Self.reply(to: outcome)
        } catch FarmError.forbidden {
            return .refused("The configuration no longer allows this answer here.")
        } catch {
            // Nobody has answered: what the message is about stands as before.
            return .failed("It was not carried out, and may be tried again: \(error)")
        }
    }

    private func read(_ text: String) -> AnswerToken? {
        signer.read(text, channels: service.rules.map(\.channel), now: service.steadyTime())
    }

    /// Why nobody is asked what could not be carried out any more.
    private func refusal(_ token: AnswerToken, _ occasion: Occasion) -> AnswerReply? {
        occasion.refusal(of: token.answer, service.state.facts(of: occasion)).map(Self.reply)
    }

    private static func reply(to outcome: AnswerOutcome) -> AnswerReply {
        switch outcome {
        case .done(let text): .done(text)
        case .answeredBefore(let before): .refused("Answered already: \(before.words).")
        case .over: .refused(gone)
        }
    }

    private func question(_ token: AnswerToken, _ occasion: Occasion) -> AnswerReply {
        var confirmed = token
        confirmed.isConfirmed = true
        let subject = [occasion.printerName, occasion.filename ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        return .confirm(
            question: "\(token.answer.label)? \(subject)",
            yes: AnswerButton(
                label: "\(token.answer.label): yes", token: signer.token(confirmed, now: service.steadyTime())),
            others: others(than: token, occasion))
    }

    /// Whoever did not mean it may answer something else.
    private func others(than token: AnswerToken, _ occasion: Occasion) -> [AnswerButton] {
        let (state, now) = (service.state, service.steadyTime())
        let allowed = service.rules.first { $0.channel == token.channel }?.answers ?? []
        return occasion.answers(state.facts(of: occasion)).filter { $0 != token.answer && allowed.contains($0) }.map {
            let other = AnswerToken(
                occasion: token.occasion, answer: $0, isConfirmed: false, channel: token.channel)
            return AnswerButton(label: $0.label, token: signer.token(other, now: now))
        }
    }
}

extension NotificationAnswer {
    /// What a machine is asked for; nil where it is asked for nothing.
    fileprivate var wanted: LinkCommand? {
        switch self {
        case .pause: .pause
        case .resume: .resume
        case .cancel: .cancel
        case .acknowledge, .dismiss, .mute: nil
        }
    }
}
