internal import Farm

/// What has been done on the way to a first watched print, and what comes next.
struct FirstSteps: Equatable {
    enum Step: Int, CaseIterable { case printer, client, token, picture }

    let done: Set<Step>
    /// The printer that the commands name.
    let printer: PrinterSnapshot?
    let isConnected: Bool

    /// Nil once a picture has come: nobody needs to be led any more.
    init?(_ farm: FarmSnapshot, isRemote: Bool) {
        let hasPicture = farm.printers.contains { snapshot in
            snapshot.habit != nil || snapshot.lastFrame != nil || (snapshot.print?.frameCount ?? 0) > 0
        }
        // A farm with a past is not new, whatever its printers do now.
        let hasPast = farm.events.contains { [.ended, .failureAlerted].contains($0.kind) }
        guard !hasPicture, !hasPast, farm.printers.count <= 5 else { return nil }
        printer = farm.printers.first { $0.openPrint != nil } ?? farm.printers.first
        var done: Set<Step> = []
        if printer != nil { done.insert(.printer) }
        // farmtop talks to its machine itself: no app is needed.
        isConnected = printer?.machine != nil
        // A farm elsewhere is reached with a client's token, and does not tell of its clients.
        if isRemote || !farm.clients.isEmpty { done.insert(.client) }
        if isRemote || farm.clients.contains(where: { $0.liveTokens > 0 || $0.lastUsedAt != nil }) {
            done.formUnion([.client, .token])
        }
        self.done = done
    }

    /// In their order.
    var shown: [Step] { isConnected ? [.printer, .picture] : Step.allCases }

    var next: Step { shown.first { !done.contains($0) } ?? .picture }
}

/// From a new farm to its first watched print: the steps, with the commands to copy.
struct FirstStepsView: ContextReader {
    private enum Line {
        case step(number: Int, isDone: Bool, isNext: Bool, String)
        case text(String)
        /// Below a step.
        case note(String)
        case code(String)
        case gap
    }

    let steps: FirstSteps
    let context: Context

    /// Nil while the farm is not known, and once nobody needs to be led any more.
    init?(_ context: Context) {
        guard context.isLive, let steps = FirstSteps(context.farm, isRemote: context.options.isRemote) else {
            return nil
        }
        self.steps = steps
        self.context = context
    }

    /// The next step, in the room that the list leaves.
    func draw(in rect: Rect, canvas: inout Canvas) {
        let indent = rect.columns < 60 ? 1 : 3
        let lines = guide(steps, columns: rect.columns - indent, rows: rect.rows)
        var row = rect.row + (rect.rows > lines.count + 1 ? 1 : 0)
        for line in lines {
            guard row < rect.endRow else { return }
            let start = rect.column + indent
            switch line {
            case .step(let number, let isDone, let isNext, let text):
                canvas.put(
                    CellText(untrusted: isDone ? "✓" : "\(number)"), row: row, column: start,
                    isDone ? .success : isNext ? .key : .dim)
                canvas.put(
                    CellText(untrusted: text), row: row, column: start + 3, end: rect.endColumn,
                    isNext ? .title : .dim)
            case .text(let text):
                canvas.put(CellText(untrusted: text), row: row, column: start, end: rect.endColumn)
            case .note(let text):
                canvas.put(CellText(untrusted: text), row: row, column: start + 3, end: rect.endColumn)
            case .code(let text):
                canvas.put(CellText(untrusted: text), row: row, column: start + 5, end: rect.endColumn, .code)
            case .gap: break
            }
            row += 1
        }
    }

    private var base: String { reachable ?? "http://127.0.0.1:3334" }

    /// Where apps reach the API: where it listens on every address, this machine's own.
    private var reachable: String? {
        farm.status.address.map { address in
            guard let machine = options.machineAddress else { return address }
            return address.replacing("//0.0.0.0:", with: "//\(machine):").replacing("//[::]:", with: "//\(machine):")
        }
    }

    private func guide(_ steps: FirstSteps, columns: Int, rows: Int) -> [Line] {
        let address: [Line] = [.gap] + addressLines(columns)
        // Every command where they all fit, else that of the next step.
        var lines = self.steps(steps, columns: columns, withCommands: { !steps.done.contains($0) })
        if lines.count + address.count > rows {
            lines = self.steps(steps, columns: columns, withCommands: { $0 == steps.next })
        }
        let heading: [Line] = [.text("From here to your first watched print:"), .gap]
        if heading.count + lines.count + address.count <= rows { lines = heading + lines }
        if lines.count + address.count <= rows { lines += address }
        let folders: [Line] = [
            .gap, .text("Data           \(options.dataFolder)"), .text("Configuration  \(options.configPath)"),
        ]
        if !options.dataFolder.isEmpty, lines.count + folders.count <= rows { lines += folders }
        guard lines.count > rows else { return lines }
        // A small screen: the next step first.
        let start = lines.firstIndex { if case .step(_, _, true, _) = $0 { true } else { false } } ?? 0
        return Array(lines[start...])
    }

    private func steps(
        _ steps: FirstSteps, columns: Int, withCommands: (FirstSteps.Step) -> Bool
    ) -> [Line] {
        steps.shown.enumerated().flatMap { index, step -> [Line] in
            let commands = withCommands(step) ? commands(step, steps, columns: columns) : []
            let title = title(step, steps, isShort: columns < 60, withCommand: !commands.isEmpty)
            return [.step(number: index + 1, isDone: steps.done.contains(step), isNext: step == steps.next, title)]
                + commands
        }
    }

    private func title(_ step: FirstSteps.Step, _ steps: FirstSteps, isShort: Bool, withCommand: Bool) -> String {
        let (add, oauth, make) = (keys.name(.newPrinter), keys.name(.area(.oauth)), keys.name(.newClient))
        let text =
            switch step {
            case .printer where isShort && withCommand: "Add a printer: press \(add), or run"
            case .printer where withCommand:
                "Add a printer: press \(add), or run, for OctoPrint, Moonraker or PrusaLink"
            case .printer: "Add a printer"
            case .client:
                isShort
                    ? "Make a client for the app: \(oauth), \(make)"
                    : "Make a client for the app that drives it: press \(oauth), then \(make)"
            case .token: isShort ? "Get a token with the client" : "Get a token with the client's id and secret"
            case .picture where steps.isConnected:
                steps.printer?.cameras.isEmpty == true
                    ? "Name its camera, then start a print" : "Start a print; its camera's pictures are judged"
            case .picture:
                isShort
                    ? "Start a print, send a picture"
                    : "Start a print (\(keys.name(.start)), or the app) and send a picture"
            }
        guard withCommand else { return text + "." }
        return text + (step == .client && !isShort ? ", or run:" : ":")
    }

    private func commands(_ step: FirstSteps.Step, _ steps: FirstSteps, columns: Int) -> [Line] {
        let printer = "\(base)/api/v1/printers/\(steps.printer.map { "\($0.id)" } ?? "1")"
        switch step {
        case .printer where columns < 60: return [.code("farmtop printer connect --help")]
        case .printer:
            return [
                .code("farmtop printer connect mk4 --kind octoprint --url http://octopi.local"),
                .note("\(keys.name(.newPrinter)) adds one that an app drives, too."),
            ]
        case .client: return [.code("farmtop client add my-app --json")]
        case .token:
            return command("curl -u ID:SECRET -d grant_type=client_credentials", "\(base)/o/token/", columns: columns)
        case .picture where steps.isConnected:
            guard let connected = steps.printer, connected.cameras.isEmpty else { return [] }
            return command("farmtop camera add \(connected.id)", "http://CAMERA/snapshot.jpg", columns: columns)
        case .picture:
            let start =
                steps.printer?.openPrint == nil
                ? command(
                    "curl -H 'X-API-KEY: TOKEN' -d filename=benchy.gcode", "\(printer)/start_print/", columns: columns)
                : []
            return start
                + command("curl -H 'X-API-KEY: TOKEN' -F img=@snapshot.jpg", "\(printer)/predict/", columns: columns)
        }
    }

    /// A command in one line, or where that is too long in two, as a shell takes it.
    private func command(_ start: String, _ end: String, columns: Int) -> [Line] {
        let whole = start + " " + end
        return CellText(untrusted: whole).width <= columns - 6
            ? [.code(whole)] : [.code(start + " \\"), .code("    " + end)]
    }

    private func addressLines(_ columns: Int) -> [Line] {
        guard let address = reachable else {
            return [.text("The API is not listening; see the log (\(keys.name(.area(.log)))) or run farmtop doctor.")]
        }
        guard Self.isLocal(address) else { return [.text("Apps reach the API at \(address).")] }
        guard columns >= 60 else { return [.text("API \(Self.host(address)), this machine only")] }
        return [
            .text("Apps reach the API at \(address), on this machine only."),
            .text("To open it to your network: farmtop --listen 0.0.0.0:\(Self.port(address))"),
        ]
    }

    private static func port(_ address: String) -> Substring {
        address.last?.isNumber == true ? address.split(separator: ":").last ?? "3334" : "3334"
    }

    private static func isLocal(_ address: String) -> Bool {
        let host = host(address)
        return host.hasPrefix("127.") || host.hasPrefix("localhost") || host.hasPrefix("[::1]")
    }
}
