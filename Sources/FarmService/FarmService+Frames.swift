public import Farm
import Logging

/// A frame's right to be analysed: the print that was open when it came, and what was to be judged of its picture then.
public struct FrameTicket: Equatable, Sendable {
    /// Whose app sent the frame, or whose camera took it.
    public var printerID: PrinterID
    /// The frame is dropped when another print runs by the time that it is analysed.
    public var printID: PrintID
    /// A camera that farmtop reads took it; else an app sent it.
    var isOfOwnCamera = false
    var region = CameraRegion.whole
    /// What was called no failure in earlier prints of this camera.
    var verdicts: [RememberedVerdict] = []
}

extension FarmService {
    /// Checks, before a body is read, that the printer is the caller's and is printing.
    public func admitFrame(printer: PrinterID, caller: Caller) throws(FarmError) -> FrameTicket {
        let live = try state.printer(printer, for: caller)
        guard let print = live.currentPrint else { throw .notPrinting }
        return FrameTicket(
            printerID: printer, printID: print.id, region: live.printer.settings.cameraRegion,
            verdicts: live.verdictsInForce(for: print, at: now()))
    }

    /// Analyses a frame and takes it into the statistics; returns when both are on disk. Frames of one printer are
    /// applied in the order in which they were submitted.
    /// - Throws: `FrameError` for a picture that cannot be used or a full queue; `FarmError.notPrinting` when the
    ///   ticket's print ended meanwhile, with nothing changed; `unavailable` while no model is loaded;
    ///   `FrameError.cancelled` when the task was cancelled while the frame still waited for the detector.
    /// - Parameter lastModified: the camera's own word on when it was taken.
    public func analyse(
        _ jpeg: [UInt8], ticket: FrameTicket, lastModified: String? = nil
    ) async throws -> FrameReport {
        let frame = submittedFrame(jpeg, ticket)
        return try await loadedDetector.answer(to: frame) { continuation in
            FrameApplication(
                frame: frame, ticket: ticket, lastModified: lastModified, writer: writer, logger: logger,
                answer: continuation
            ).apply
        }
    }

    /// - Throws: `unavailable` while no model is loaded.
    var loadedDetector: any FrameDetector {
        get throws(FarmError) {
            guard let detector = currentDetector else {
                throw .unavailable(reason: "The model is still being loaded.", retryAfterSeconds: 1)
            }
            return detector
        }
    }

    func submittedFrame(_ jpeg: [UInt8], _ ticket: FrameTicket) -> SubmittedFrame {
        SubmittedFrame(
            number: nextFrameNumber(), printerID: ticket.printerID, printID: ticket.printID, jpeg: jpeg,
            region: ticket.region, places: ticket.verdicts.map(\.seen.detection.box))
    }
}

/// A frame on its way from the detector to the writer: what the detector made of it becomes a command, and the command's reply
/// the answer to who sent the frame.
private struct FrameApplication: Sendable {
    let frame: SubmittedFrame
    let ticket: FrameTicket
    let lastModified: String?
    let writer: FarmWriter
    let logger: Logger
    let answer: CheckedContinuation<FrameReport, any Error>

    /// On the detector's thread, before it takes the printer's next frame: so the writer gets them in their order.
    @Sendable func apply(_ result: Result<FrameAnalysis, FrameError>) {
        switch result {
        case .failure(let error): answer.resume(throwing: error)
        case .success(let analysis):
            if let damage = analysis.damage {
                logger.warning("A damaged frame of printer \(ticket.printerID) was used: \(damage)")
            }
            let command = ApplyFrame(
                ticket: ticket, jpeg: frame.jpeg, analysis: analysis, lastModified: lastModified)
            writer.enqueue(command) { reply in
                answer.resume(with: reply)
            }
        }
    }
}
