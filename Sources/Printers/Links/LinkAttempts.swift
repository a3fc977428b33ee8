import Farm
import Wire

/// Attempts, one after the other, until a person must act or the task is cancelled.
///
/// Each of them may send the key along. Where something else answers than the machine, as a device that has got its address, it is
/// tried at the usual pace for about three minutes, since OctoPrint answers so itself while it starts, and then seldom. Without the
/// key nobody could tell: OctoPrint says nothing of itself to a stranger.
struct LinkAttempts {
    /// So many in a row meet another server before the link slows down.
    static let ofAnother = 10

    let events: LinkEventQueue
    let environment: LinkEnvironment

    /// - Parameter attempt: connects and reads; returns only by throwing. It calls its argument when a reading has come.
    func run(_ attempt: (_ succeeded: @escaping @Sendable () -> Void) async throws(LinkFault) -> Never) async {
        var backoff = ReconnectBackoff()
        var others = 0
        while !Task.isCancelled {
            let success = FirstSuccess()
            let fault: LinkFault
            do throws(LinkFault) {
                try await attempt { success.note() }
            } catch {
                fault = error
            }
            guard !Task.isCancelled else { break }
            guard !fault.needsOperator else {
                events.put(.needsOperator(fault))
                break
            }
            events.put(.offline(fault))
            if success.isNoted { backoff.reset() }
            if case .otherServer = fault { others = success.isNoted ? 1 : others + 1 } else { others = 0 }
            let pause = backoff.next(random: environment.random())
            // Cancelled: the loop's condition ends it.
            try? await environment.sleep(others < Self.ofAnother ? pause : environment.pace.otherServer)
        }
        events.finish()
    }
}
