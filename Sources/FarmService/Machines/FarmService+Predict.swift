import Farm

extension FarmService {
    /// A frame that an app sends. Where farmtop reads the printer's camera itself, the frame is answered, stored nowhere, and
    /// judges nothing: two cameras in one history would spoil both.
    /// - Throws: as `analyse`.
    public func predict(_ jpeg: [UInt8], ticket: FrameTicket) async throws -> FrameReport {
        guard let live = state.printers[ticket.printerID], live.judgingCamera != nil else {
            return try await analyse(jpeg, ticket: ticket)
        }
        return try await look(jpeg, ticket: ticket)
    }

    private func look(_ jpeg: [UInt8], ticket: FrameTicket) async throws -> FrameReport {
        guard let detector = currentDetector else {
            throw FarmError.unavailable(reason: "The model is still being loaded.", retryAfterSeconds: 1)
        }
        let frame = SubmittedFrame(
            number: nextFrameNumber(), printerID: ticket.printerID, printID: ticket.printID, jpeg: jpeg)
        let analysis = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do throws(FrameError) {
                    try detector.submit(frame) { continuation.resume(with: $0) }
                } catch {
                    continuation.resume(throwing: error)
                }
                // A cancellation that came before the submission found nothing to take out.
                if Task.isCancelled { detector.cancel(frame.number) }
            }
        } onCancel: {
            detector.cancel(frame.number)
        }
        guard let live = state.printers[ticket.printerID], let print = live.currentPrint, print.id == ticket.printID
        else {
            throw FarmError.notPrinting
        }
        return FrameReport(
            detections: analysis.detections, statistics: live.printer.statistics,
            failureProbability: live.failureProbability ?? LivePrinter.probabilityBeforePictures, alert: false,
            alertStanding: print.hasStandingAlert, pauseRequested: print.awaitsPause, damage: analysis.damage)
    }
}
