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
        let analysis = try await loadedDetector.analysis(of: submittedFrame(jpeg, ticket))
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
