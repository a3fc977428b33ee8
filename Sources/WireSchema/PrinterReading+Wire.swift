import Farm

extension PrinterReading {
    /// What Obico's `status` says, which is `JSONWriter.status` the other way round.
    /// - Parameter state: of the same printer; the words of `status` are fewer than the states.
    /// - Throws: `WireError` where a part is missing; whatever the source throws.
    init(status: any WireSource, state: MachineState) throws {
        let seconds = try status.required("_ts", status.whole("_ts"))
        let told = try status.required("state", status.object("state"))
        self.init(state: state, error: try told.text("error"), at: Timestamp(microseconds: seconds &* 1_000_000))
        let progress = try status.required("progress", status.object("progress"))
        if let completion = try progress.number("completion") { self.progress = completion / 100 }
        elapsed = try progress.number("printTime")
        remaining = try progress.number("printTimeLeft")
        for (name, heater) in try status.required("temperatures", status.objects("temperatures")) {
            let temperature = ReadTemperature(actual: try heater.number("actual"), target: try heater.number("target"))
            if name.hasPrefix("tool") { nozzles.append(temperature) }
            if name == "bed" { bed = temperature }
        }
    }
}
