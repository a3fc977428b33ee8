import Farm
import OAuth

/// What time alone brings: prints whose frames stopped, pauses that nobody confirmed, tokens that expired, ended prints that are no longer news.
struct Watch: FarmCommand {
    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let now = draft.now
        for live in draft.state.printers.values {
            let id = live.printer.id
            if let endedAt = live.lastPrint?.endedAt, now >= endedAt + draft.limits.doneFor || now < endedAt {
                draft.change(id) { $0.lastPrint = nil }
            }
            // The clock was set back: the wait for the next frame begins now, not when that moment comes again.
            if [live.lastFrame?.receivedAt, live.framesAwaitedSince].contains(where: { $0.map { $0 > now } ?? false }) {
                draft.change(id) { live in
                    if let last = live.lastFrame { live.lastFrame?.receivedAt = min(last.receivedAt, now) }
                    live.framesAwaitedSince = live.framesAwaitedSince.map { min($0, now) }
                }
            }
            confirmDeadlinePassed(live, in: &draft)
            guard live.isWatched, let print = live.currentPrint, print.notWatchedAt == nil,
                let staleAt = live.staleAt(atLeast: draft.limits.staleAfterAtLeast), now >= staleAt
            else { continue }
            draft.change(id) { $0.currentPrint?.notWatchedAt = now }
            draft.writePrinter(id)
            let since = Int(now.seconds(since: live.framesAwaitedSince ?? print.startedAt))
            draft.record(
                .notWatched, .warning, by: .farmtop, title: "Not Watched",
                text: "No picture of \(print.filename) for \(since) s: camera or app gone?", print: print)
        }
        draft.forgetTokens { $0.expiresAt <= now }
        // Not while the code could be presented again: it would give a second family.
        draft.forgetFamilies { family in
            !family.isLive(at: now) && now >= family.createdAt + .seconds(ConsentDesk.codesUsableForSeconds)
        }
    }

    /// A pause that was asked and not confirmed by its deadline is told of at once. By a clock that was set back since, the
    /// request begins now.
    private func confirmDeadlinePassed(_ live: LivePrinter, in draft: inout FarmDraft) {
        let (id, now) = (live.printer.id, draft.now)
        guard let print = live.currentPrint, let requestedAt = print.pauseRequestedAt, print.pauseNotConfirmedAt == nil
        else { return }
        if requestedAt > now {
            draft.change(id) { $0.currentPrint?.pauseRequestedAt = now }
            return draft.writePrinter(id)
        }
        guard let deadline = live.pauseDeadline(atLeast: draft.limits.pauseConfirmedWithinAtLeast), now >= deadline
        else { return }
        draft.change(id) { $0.currentPrint?.pauseNotConfirmedAt = now }
        draft.writePrinter(id)
        guard let after = draft.state.printers[id]?.currentPrint else { return }
        draft.record(
            .pauseNotConfirmed, .error, by: .farmtop, title: "Pause Not Confirmed",
            text:
                "The app was asked to pause \(print.filename) \(Int(now.seconds(since: requestedAt))) s ago and has not "
                + "said that it did. Pause the printer by hand.", print: after)
    }
}
