import Farm

extension PrinterSnapshot {
    /// A change that is worth an event of the stream, and not just another frame's numbers.
    func hasNews(since previous: PrinterSnapshot?) -> Bool {
        guard let previous else { return true }
        return printer.settings != previous.printer.settings || printer.archivedAt != previous.printer.archivedAt
            || printer.currentPrintID != previous.printer.currentPrintID
            || notWatchingReason != previous.notWatchingReason || states != previous.states
            || pauseDeadline != previous.pauseDeadline || print?.id != previous.print?.id
            || (machine != previous.machine && machine?.told != previous.machine?.told) || bed != previous.bed
    }
}

extension MachineSnapshot {
    /// What is worth telling: progress in whole per cent, times in minutes and temperatures in degrees, as screens show them.
    var told: MachineSnapshot {
        var machine = self
        guard var reading else { return machine }
        reading.at = Timestamp(microseconds: 0)
        reading.progress = reading.progress.map { ($0 * 100).rounded(.down) }
        reading.elapsed = nil
        reading.remaining = reading.remaining.map { ($0 / 60).rounded() }
        reading.filament = nil
        func whole(_ temperature: ReadTemperature) -> ReadTemperature {
            ReadTemperature(actual: temperature.actual?.rounded(), target: temperature.target)
        }
        reading.nozzles = reading.nozzles.map(whole)
        reading.bed = reading.bed.map(whole)
        machine.reading = reading
        return machine
    }
}
