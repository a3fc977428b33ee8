import ArgumentParser
import Farm
import FarmService
import Foundation
import Imaging
import Text

/// `farmtop bed`: whether a printer's bed is clear, and how its empty bed looks.
struct BedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bed", abstract: "Look whether a printer's bed is clear.",
        discussion: """
            A picture is taken and compared with up to four pictures of the empty bed, which --keep and --cleared take. \
            Exit code 0: the bed looks clear, or it was done; 1: it is not clear, or the camera cannot tell. farmtop must be \
            running.
            """)

    enum Action: String, EnumerableFlag {
        case check, keep, cleared, forget

        static func help(for value: Action) -> ArgumentHelp? {
            switch value {
            case .check: "Compare a picture with the empty bed; this is what happens without another option."
            case .keep: "Keep a picture of the bed, which is empty now."
            case .cleared: "Say that you cleared the bed: its picture is kept too, unless something still lies there."
            case .forget: "Forget the pictures of the empty bed."
            }
        }
    }

    @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter
    @Flag(exclusivity: .exclusive) var action = Action.check
    @Option(help: "Write the picture into this file, with a frame around each difference.") var boxes: String?
    @OptionGroup var replacing: ForceOption
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let file = boxes.map { OutputFile($0, replaces: replacing.force) }
        try file?.refuseExisting()
        let (name, report) = try await FarmAccess.with(options.settings()) { farm in
            let view = try printer.found(in: await farm.snapshot())
            return (view.printer.settings.name, try await BedCommand.ask(farm, view.id, action.asked))
        }
        if let file, let picture = report.picture {
            let drawn = try JPEG.decode(picture.jpeg).pixels.drawing(report.status.finding.differences)
            try file.write(JPEG.encode(drawn))
        }
        try Listing(bedOf: name, report, action).show(asJSON: options.isJSON)
        switch action {
        case .check: if report.status.finding.state != .clear { throw ExitCode(1) }
        case .keep, .cleared: if !report.isKept { throw ExitCode(1) }
        case .forget: break
        }
    }

    /// - Throws: `CommandFailure` where no farm runs that reaches the cameras.
    static func ask(_ farm: any FarmBackend, _ printer: PrinterID, _ action: BedAction) async throws -> BedReport {
        guard !(farm is FarmService) || action == .forget else {
            throw CommandFailure.failed(
                "No farmtop runs that reaches the cameras. Start farmtop or farmtop serve, and ask again.")
        }
        guard case .bed(let report) = try await farm.perform(.machine(.bed(printer, action))) else {
            throw CommandFailure.failed("The farm gave another answer than one about the bed.")
        }
        return report
    }
}

extension BedCommand.Action {
    fileprivate var asked: BedAction {
        switch self {
        case .check: .check
        case .keep: .keep
        case .cleared: .cleared
        case .forget: .forget
        }
    }
}

extension Listing {
    fileprivate init(bedOf name: String, _ report: BedReport, _ action: BedCommand.Action) {
        let finding = report.status.finding
        let done: String
        switch action {
        case .forget: done = "The pictures of the empty bed are forgotten."
        case _ where report.isKept:
            done = "A picture of the empty bed is kept; there are \(report.status.kept) of at most \(KeptBed.most)."
        case .check: done = finding.sentence
        case .keep, .cleared:
            done = "\(finding.sentence) Nothing was kept. If it is empty: farmtop bed \(shellWord(name)) --keep"
        }
        text = ([done] + finding.differences.map(Self.place)).map { "\(printable(name)): \($0)" }.joined(
            separator: "\n")
        json = .object([
            ("printer", .string(name)), ("state", .string(finding.state.rawValue)),
            ("reason", JSONText(finding.doubt?.rawValue)), ("detail", JSONText(finding.detail)),
            ("is_kept", .boolean(report.isKept)), ("kept", .integer(Int64(report.status.kept))),
            ("kept_at", JSONText(report.status.keptAt)), ("checked_at", JSONText(report.status.checkedAt)),
            (
                "differences",
                .list(
                    finding.differences.map { difference in
                        let box = difference.box
                        return .object([
                            ("confidence", .number(difference.confidence)),
                            ("bbox", .list([box.x, box.y, box.width, box.height].map(JSONText.number))),
                        ])
                    })
            ),
        ])
    }

    private static func place(_ difference: Detection) -> String {
        let box = difference.box
        return
            "  centre \(Int(box.x)),\(Int(box.y))  size \(Int(box.width))x\(Int(box.height))  "
            + "sure by \(decimals(difference.confidence, 2))"
    }
}
