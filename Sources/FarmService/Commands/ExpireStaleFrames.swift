import Farm
import OAuth

/// What time alone brings: prints whose frames stopped, pauses that nobody confirmed, tokens that expired, ended prints that are no longer news.
struct ExpireStaleFrames: FarmCommand {
    /// Authorization and device codes that a client may still present. Asked when the command is applied: a code that is
    /// given meanwhile counts.
    let usableCodes: @Sendable (SteadyTime) -> Set<TokenDigest>

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let (now, steady) = (draft.now, draft.steady)
        for live in draft.state.printers.values {
            let id = live.printer.id
            if live.lastPrint != nil, let endedAt = live.lastEndedAt, steady >= endedAt + draft.limits.doneFor {
                draft.change(id) { $0.lastPrint = nil }
            }
            confirmDeadlinePassed(live, in: &draft)
            // A machine that is offline is told of as such.
            guard live.isWatched, live.machine?.state != .offline, let print = live.currentPrint,
                print.notWatchedAt == nil,
                // An app that starts a print sends its pictures; a machine may have no camera.
                live.machine == nil || live.expectsPictures,
                let staleAt = live.staleAt(atLeast: draft.limits.staleAfterAtLeast), steady >= staleAt
            else { continue }
            draft.change(id) { $0.currentPrint?.notWatchedAt = now }
            draft.writePrinter(id)
            let since = Int(live.framesAwaitedSince.map { steady.seconds(since: $0) } ?? 0)
            draft.record(
                .notWatched, .warning, by: .farmtop, title: "Not Watched",
                text: "No picture of \(print.filename) for \(since) s: camera or app gone?", print: print)
        }
        draft.watchMachines()
        draft.hasNotificationNews = true
        draft.forgetTokens { $0.expiresAt <= now }
        // Not while the code could be presented again: it would give a second family.
        let usable = usableCodes(steady)
        draft.forgetFamilies { family in
            !family.isLive(at: now) && !usable.contains(family.codeDigest)
        }
    }

    /// A pause that was asked and not confirmed by its deadline is told of at once.
    private func confirmDeadlinePassed(_ live: LivePrinter, in draft: inout FarmDraft) {
        let (id, now) = (live.printer.id, draft.now)
        guard let print = live.currentPrint, print.pauseNotConfirmedAt == nil, let askedSince = live.pauseAskedSince,
            // The machine's command tracker watches its own deadline; after a restart it is empty.
            live.machine?.commands.deadline(of: .pause) == nil,
            let deadline = live.pauseDeadline(atLeast: draft.limits.pauseConfirmedWithinAtLeast),
            draft.steady >= deadline
        else { return }
        let seconds = Int(draft.steady.seconds(since: askedSince))
        draft.change(id) { $0.currentPrint?.missPause(at: now) }
        draft.writePrinter(id)
        guard let after = draft.state.printers[id]?.currentPrint else { return }
        draft.record(
            .pauseNotConfirmed, .error, by: .farmtop, title: "Pause Not Confirmed",
            text:
                "\(live.machine == nil ? "The app" : "The printer") was asked to pause \(print.filename) \(seconds) s ago and has not "
                + "said that it did. Pause the printer by hand.", print: after)
    }
}
