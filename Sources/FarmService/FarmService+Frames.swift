public import Farm
import Logging

/// A frame's right to be analysed: the print that was open when it came.
public struct FrameTicket: Equatable, Sendable {
    public var printerID: PrinterID
    public var printID: PrintID
}

extension FarmService {
    /// Checks, before a body is read, that the printer is the caller's and is printing.
    public func admitFrame(printer: PrinterID, caller: Caller) throws(FarmError) -> FrameTicket {
        let live = try state.printer(printer, for: caller)
        guard let print = live.currentPrint else { throw .notPrinting }
        return FrameTicket(printerID: printer, printID: print.id)
    }

    /// Analyses a frame and takes it into the statistics; returns when both are on disk. Frames of one printer are
    /// applied in the order in which they were submitted.
    /// - Throws: `FrameError` for a picture that cannot be used or a full queue; `FarmError.notPrinting` when the
    ///   ticket's print ended meanwhile, with nothing changed; `unavailable` while no model is loaded;
    ///   `FrameError.cancelled` when the task was cancelled while the frame still waited for the detector.
    public func analyse(_ jpeg: [UInt8], ticket: FrameTicket) async throws -> FrameReport {
        guard let detector = currentDetector else {
            throw FarmError.unavailable(reason: "The model is still being loaded.", retryAfterSeconds: 1)
        }
        let frame = SubmittedFrame(
            number: nextFrameNumber(), printerID: ticket.printerID, printID: ticket.printID, jpeg: jpeg)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do throws(FrameError) {
                    try detector.submit(frame) { result in
                        self.apply(result, of: frame, ticket) { continuation.resume(with: $0) }
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
                // A cancellation that came before the submission found nothing to take out.
                if Task.isCancelled { detector.cancel(frame.number) }
            }
        } onCancel: {
            detector.cancel(frame.number)
        }
    }

    private func apply(
        _ result: Result<FrameAnalysis, FrameError>, of frame: SubmittedFrame, _ ticket: FrameTicket,
        answer: @escaping @Sendable (Result<FrameReport, any Error>) -> Void
    ) {
        switch result {
        case .failure(let error): answer(.failure(error))
        case .success(let analysis):
            if let damage = analysis.damage {
                logger.warning("A damaged frame of printer \(ticket.printerID) was used: \(damage)")
            }
            writer.enqueue(ApplyFrame(ticket: ticket, jpeg: frame.jpeg, analysis: analysis)) { reply in
                answer(reply.mapError { $0 as any Error })
            }
        }
    }
}
