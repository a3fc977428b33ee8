import Farm
import Wire

/// Attempts, one after the other, until a person must act or the task is cancelled.
struct LinkAttempts {
    let events: LinkEventQueue
    let environment: LinkEnvironment

    /// - Parameter attempt: connects and reads; returns only by throwing. It calls its argument when a reading has come.
    func run(_ attempt: (_ succeeded: @escaping @Sendable () -> Void) async throws(LinkFault) -> Never) async {
        var backoff = ReconnectBackoff()
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
            // Cancelled: the loop's condition ends it.
            try? await environment.sleep(backoff.next(random: environment.random()))
        }
        events.finish()
    }
}
