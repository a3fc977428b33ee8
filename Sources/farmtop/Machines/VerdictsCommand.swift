import ArgumentParser
import Farm
import Text

extension CameraCommand {
    struct Verdicts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verdicts", abstract: "List what was dismissed on a printer's camera, or forget it.",
            discussion: """
                Dismissing an alert (not a failure) remembers where the boxes were and what they looked like. In later prints a box \
                of the same size, in the same place, that looks the same counts for 30 %; one that moved, grew or changed counts \
                fully. A verdict is forgotten after 90 days, when it is taken back, when the camera is forgotten or set anew, and \
                with --forget. What would have been alerted without it is in the log, and in farmtop replay.
                """)
        @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @Option(help: "Forget this one: its number in the list.") var forget: RowNumber?
        @Flag(help: "Forget all of them.") var forgetAll = false
        @OptionGroup var options: CommonOptions

        func validate() throws {
            guard forget == nil || !forgetAll else { throw ValidationError("Give --forget or --forget-all.") }
        }

        func run() async throws {
            let (printer, forgetAll) = (printer, forgetAll)
            let only = forget.map { VerdictID($0.value) }
            let listing = try await FarmAccess.with(options.settings()) { farm in
                let view = try printer.found(in: await farm.snapshot())
                let name = view.printer.settings.name
                guard only != nil || forgetAll else {
                    guard case .verdicts(let verdicts) = try await farm.perform(.listVerdicts(view.id)) else {
                        throw CommandFailure.failed("The farm gave another answer than a list of verdicts.")
                    }
                    return Listing(verdicts: verdicts, of: name)
                }
                guard case .done(succeeded: true) = try await farm.perform(.forgetVerdicts(view.id, only: only)) else {
                    throw CommandFailure.failed(
                        only.map { "\(printable(name)) remembers no verdict \($0). " }
                            ?? "Nothing is remembered of \(printable(name)). ",
                        "List them: farmtop camera verdicts \(shellWord(name))")
                }
                return Listing(done: only == nil ? "\(name) forgot all verdicts." : "\(name) forgot the verdict.")
            }
            try listing.show(asJSON: options.isJSON)
        }
    }
}

extension CommandFailure {
    fileprivate static func failed(_ what: String, _ next: String) -> CommandFailure { .failed(what + next) }
}

extension Listing {
    init(verdicts: [RememberedVerdict], of name: String) {
        var table = Table(
            "ID#", "GIVEN", "PRINT#", "PLACE", "OF THE WIDTH#", "SURE#", "COUNTED LESS#", "LAST", "JUDGED")
        for verdict in verdicts {
            let seen = verdict.seen
            table.add(
                "\(verdict.id)", verdict.givenAt.minute, "\(verdict.printID)", seen.placeWords,
                percentWords(seen.widthShare), percentWords(seen.detection.confidence), "\(verdict.pictures)",
                verdict.lastAt?.minute ?? "-", seen.region.words)
        }
        self.init(
            text: verdicts.isEmpty ? "Nothing was dismissed on the camera of \(printable(name))." : table.text,
            json: .list(verdicts.map(JSONText.init(verdict:))))
    }
}

extension JSONText {
    fileprivate init(verdict: RememberedVerdict) {
        let (seen, box) = (verdict.seen, verdict.seen.detection.box)
        self = .object([
            ("id", .integer(verdict.id.rawValue)), ("printer_id", .integer(verdict.printerID.rawValue)),
            ("print_id", .integer(verdict.printID.rawValue)), ("given_at", JSONText(verdict.givenAt)),
            ("bbox", .list([box.x, box.y, box.width, box.height].map(JSONText.number))),
            ("confidence", .number(seen.detection.confidence)), ("width", .integer(Int64(seen.width))),
            ("height", .integer(Int64(seen.height))), ("camera_region", JSONText(region: seen.region)),
            ("pictures_counted_less", .integer(verdict.pictures)), ("last_at", JSONText(verdict.lastAt)),
        ])
    }
}
