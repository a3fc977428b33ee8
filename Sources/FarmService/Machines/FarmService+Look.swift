public import Farm
import Synchronization

/// A command that the machine of a linked printer has to carry out, and that what the machine does may stand in the way of.
public protocol MachineRequest: FarmCommand {
    var caller: Caller { get }
    var printer: PrinterID { get }
    /// What the machine is asked for.
    var wanted: LinkCommand { get }
}

extension PausePrint: MachineRequest { public var wanted: LinkCommand { .pause } }
extension RequestPause: MachineRequest { public var wanted: LinkCommand { .pause } }
extension ResumePrint: MachineRequest { public var wanted: LinkCommand { .resume } }
extension CancelPrint: MachineRequest { public var wanted: LinkCommand { .cancel } }
extension FinishPrint: MachineRequest { public var wanted: LinkCommand { .cancel } }
extension MoveMachine: MachineRequest { public var wanted: LinkCommand { command } }

extension FarmService {
    /// As for any other command. One that does not go with what the machine was last heard to do waits for a fresh look at it.
    public func perform<Request: MachineRequest>(_ request: Request) async throws(FarmError) -> Request.Reply {
        if request.caller.mayMoveMachines {
            _ = try state.printer(request.printer, for: request.caller)
            try await lookAgain(before: request.wanted, at: request.printer)
        }
        return try await writer.perform(request)
    }

    /// Asks the machine what it does now, where that decides about a command and what is known of it may be old.
    /// - Throws: `unavailable` where it was asked and has not answered: what it was last heard to do decides nothing then.
    func lookAgain(before command: LinkCommand, at printer: PrinterID) async throws(FarmError) {
        guard let machine = state.printers[printer]?.machine,
            FreshLook.isDue(
                before: command, machine.fault == nil ? machine.reading : nil, machine.abilities, at: now()),
            let supervisor = machineAccess.withLock({ $0?.supervisor }),
            let link = await supervisor.link(of: printer), await link.look()
        else { return }
        let isHeard = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.heard(from: printer, after: machine)
                return true
            }
            group.addTask {
                // Cancelled when the machine was faster.
                try? await Task.sleep(for: FreshLook.waitedFor)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        guard isHeard else { throw .unavailable(reason: FreshLook.unanswered, retryAfterSeconds: 5) }
    }

    /// Returns when the farm knows more of the machine than before, or that there is nothing more to be known.
    private func heard(from printer: PrinterID, after before: LiveMachine) async {
        var seen: UInt64?
        while let revision = await revisions.next(after: seen) {
            seen = revision
            guard let machine = state.printers[printer]?.machine, machine.generation == before.generation,
                machine.fault == before.fault, machine.reading?.at == before.reading?.at
            else { return }
        }
    }
}
