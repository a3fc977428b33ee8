public import Farm
import Logging

/// A frame's right to be analysed: the print that was open when it came.
public struct FrameTicket: Equatable, Sendable {
    public var printerID: PrinterID
    public var printID: PrintID
    /// Whose the printer is; frames over HTTP carry the caller that was checked.
    public var accountID: AccountID
}

extension FarmService {
    /// Checks, before a body is read, that the printer is the caller's and is printing.
    public func admitFrame(printer: PrinterID, caller: Caller) throws(FarmError) -> FrameTicket {
        let live = try state.printer(printer, for: caller)
        guard let print = live.currentPrint else { throw .notPrinting }
        return FrameTicket(printerID: printer, printID: print.id, accountID: print.accountID)
    }

    /// Analyses a frame and takes it into the statistics; returns when both are on disk. Frames of one printer are
    /// applied in the order in which they were submitted.
    /// - Throws: `FrameError` for a picture that cannot be used or a full queue; `FarmError.notPrinting` when the
    ///   ticket's print ended meanwhile, with nothing changed; `unavailable` while no model is loaded.
    public func analyse(_ jpeg: [UInt8], ticket: FrameTicket) async throws -> FrameReport {
        guard let detector = currentDetector else {
            throw FarmError.unavailable(reason: "The model is still being loaded.", retryAfterSeconds: 1)
        }
        let (writer, logger) = (writer, logger)
        return try await withCheckedThrowingContinuation { continuation in
            let frame = SubmittedFrame(printerID: ticket.printerID, printID: ticket.printID, jpeg: jpeg)
            do throws(FrameError) {
                try detector.submit(frame) { result in
                    switch result {
                    case .failure(let error): continuation.resume(throwing: error)
                    case .success(let analysis):
                        if let damage = analysis.damage {
                            logger.warning(
                                "A damaged frame of printer \(ticket.printerID) was used: \(damage)")
                        }
                        writer.enqueue(ApplyFrame(ticket: ticket, jpeg: jpeg, analysis: analysis)) { reply in
                            continuation.resume(with: reply.mapError { $0 as any Error })
                        }
                    }
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
