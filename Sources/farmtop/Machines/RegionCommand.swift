import ArgumentParser
import Farm
import Text

extension CameraCommand {
    struct Region: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "region", abstract: "Say which part of a camera's picture is judged.",
            discussion: """
                The bed is cut out at full resolution and judged alone, so that what is small in the picture is seen; what is \
                found in an area to ignore does not count. Without an option the region is shown. Both are replaced: give the bed \
                and all areas together.

                What was learned about a camera belongs to its region: another region begins anew, and an earlier one goes on \
                from what it knew.
                """)
        @Argument(help: "The printer's name or number.", completion: CompleteCommand.completion(.printers))
        var printer: NamedPrinter
        @OptionGroup var region: RegionOptions
        @Flag(help: "Judge the whole picture again.") var clear = false
        @Flag(help: "Show the region that is in use.") var show = false
        @Flag(help: "Look for the bed in the last pictures of the print; changes nothing.") var propose = false
        @OptionGroup var options: CommonOptions

        func validate() throws {
            guard [region.isGiven, clear, show, propose].filter(\.self).count <= 1 else {
                throw ValidationError("Give --bed and --ignore, or one of --clear, --show and --propose.")
            }
        }

        func run() async throws {
            let wanted: CameraRegion? = region.isGiven ? try region.region() : clear ? .whole : nil
            let (printer, proposes) = (printer, propose)
            let listing = try await FarmAccess.with(options.settings()) { farm in
                let view = try printer.found(in: await farm.snapshot())
                if proposes { return try await Listing(proposalFor: view, farm) }
                guard let wanted else { return Listing(region: view.printer.settings.cameraRegion, of: view) }
                let before = view.printer.settings
                var settings = before
                settings.cameraRegion = wanted
                _ = try await farm.perform(.updatePrinter(view.id, settings: settings, from: before))
                return Listing(region: wanted, of: view)
            }
            try listing.show(asJSON: options.isJSON)
        }
    }
}

extension Listing {
    fileprivate init(region: CameraRegion, of view: PrinterSnapshot) {
        let name = printable(view.printer.settings.name)
        let judged =
            region.bed.map { "the bed, \($0.words) of the picture, is judged" } ?? "the whole picture is judged"
        var lines = ["\(name): \(judged)."]
        lines += region.ignored.map { "ignored: \($0.words)" }
        self.init(
            text: lines.joined(separator: "\n"),
            json: .object([
                ("id", .integer(view.id.rawValue)), ("name", .string(view.printer.settings.name)),
                ("camera_region", JSONText(region: region)),
            ]))
    }

    fileprivate init(proposalFor view: PrinterSnapshot, _ farm: any FarmBackend) async throws {
        let name = view.printer.settings.name
        guard let print = view.print, let last = view.lastFrame else {
            throw CommandFailure.failed("\(printable(name)) has sent no picture yet. Ask again while it prints.")
        }
        let bed = try await RegionProposal.bed(
            upTo: FrameKey(printID: print.id, number: last.number), of: farm)
        self.init(
            text: "Things move in \(bed.words) of the picture. To take it: farmtop camera region \(shellWord(name)) "
                + "--bed \(bed.perCent)",
            json: .object([
                ("id", .integer(view.id.rawValue)), ("name", .string(name)), ("proposed_bed", JSONText(area: bed)),
            ]))
    }
}

extension JSONText {
    /// As in the API; null for the whole picture.
    init(region: CameraRegion) {
        self =
            region.isWhole
            ? .null
            : .object([
                ("bed", region.bed.map(JSONText.init(area:)) ?? .null),
                ("ignored", .list(region.ignored.map(JSONText.init(area:)))),
            ])
    }

    init(area: PictureArea) {
        func fraction(_ number: Int) -> JSONText { .number(Double(number) / Double(PictureArea.side)) }
        self = .object([
            ("x", fraction(area.x)), ("y", fraction(area.y)), ("width", fraction(area.width)),
            ("height", fraction(area.height)),
        ])
    }
}
