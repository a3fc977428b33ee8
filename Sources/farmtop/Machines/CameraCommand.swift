import ArgumentParser
import Farm
import FarmConfiguration
import Foundation
import Text

struct CameraCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camera", abstract: "The cameras that farmtop reads.",
        subcommands: [Test.self, Add.self, List.self, Remove.self, Region.self, Verdicts.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Take one picture with a camera and show what came.")
        @Argument(help: "The address of a snapshot or an MJPEG stream.") var url: TypedAddress
        @OptionGroup var credentials: CredentialOptions
        @Option(help: "Keep the picture in this file.") var save: String?
        @OptionGroup var replacing: ForceOption
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let address = try url.address()
            guard let camera = CameraSettings(name: "camera", source: .snapshot(address)) else { return }
            let file = save.map { OutputFile($0, replaces: replacing.force) }
            try file?.refuseExisting()
            let given = try credentials.cameraCredentials()
            var fingerprint = credentials.trustFingerprint?.value
            let picture = try await PictureTest.take(camera, given.credentials ?? .none, &fingerprint, at: address)
            try file?.write(picture.jpeg)
            try Listing(done: "A picture of \(picture.sentence).", [("picture", picture.json)])
                .show(asJSON: options.isJSON)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Let farmtop read a camera while the printer prints.",
            discussion: """
                The first camera judges the print and may alert; with --second another one is only shown. The address is
                tried first.
                """)
        @Argument(help: "The printer's name, or its number in the list.") var printer: NamedPrinter
        @Argument(help: "The address of a snapshot or an MJPEG stream; or: printer, for PrusaLink's own.")
        var url: TypedAddress
        @Option(help: "What people call it.") var name = "camera"
        @Option(help: "Seconds from picture to picture, 1 to 300.") var interval = CameraSettings.standardInterval
        @Option(help: "Degrees clockwise: 0, 90, 180 or 270.") var rotate = 0
        @Flag(help: "Mirror left to right, before it is rotated.") var flipHorizontal = false
        @Flag(help: "Mirror top to bottom, before it is rotated.") var flipVertical = false
        @Flag(help: "Show it only; another camera judges.") var second = false
        @OptionGroup var credentials: CredentialOptions
        @OptionGroup var options: CommonOptions

        func validate() throws { _ = try settings(.printer) }

        private func settings(_ source: CameraSource) throws -> CameraSettings {
            guard let rotation = CameraOrientation.Rotation(rawValue: rotate) else {
                throw ValidationError("--rotate takes 0, 90, 180 or 270.")
            }
            guard
                let settings = CameraSettings(
                    name: name, source: source,
                    orientation: CameraOrientation(
                        flipHorizontal: flipHorizontal, flipVertical: flipVertical, rotation: rotation),
                    intervalSeconds: interval, isPrimary: !second)
            else { throw ValidationError("--interval takes 1 to 300.") }
            return settings
        }

        func run() async throws {
            let isOfPrinter = url.text == "printer"
            var camera = try settings(isOfPrinter ? .printer : .snapshot(try url.address()))
            camera.fingerprint = credentials.trustFingerprint?.value
            let given = try credentials.cameraCredentials()
            // The printer's own comes through its link, which the farm has.
            var picture: PictureTest?
            if !isOfPrinter {
                picture = try await PictureTest.take(
                    camera, given.credentials ?? .none, &camera.fingerprint, at: try url.address())
            }
            let (added, taken) = (camera, picture)
            let listing = try await FarmAccess.with(options.settings()) { farm in
                let view = try printer.found(in: await farm.snapshot())
                _ = try await farm.perform(.machine(.putCamera(view.id, id: nil, added, given)))
                return Listing(
                    done: "\(view.printer.settings.name) has a camera named \(name)"
                        + (taken.map { ": \($0.sentence)." } ?? "."),
                    [("picture", taken?.json ?? .null)])
            }
            try listing.show(asJSON: options.isJSON)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the cameras.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let farm = try await FarmAccess.with(options.settings()) { try await $0.snapshot() }
            try Listing(camerasOf: farm.printers).show(asJSON: options.isJSON)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "remove", abstract: "Stop reading a camera.")
        @Argument(help: "The printer's name, or its number in the list.") var printer: NamedPrinter
        @Argument(help: "The camera's number in the list.") var id: RowNumber
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let listing = try await FarmAccess.with(options.settings()) { farm in
                let view = try printer.found(in: await farm.snapshot())
                let reply = try await farm.perform(.machine(.removeCamera(view.id, CameraID(id.value))))
                guard reply == .done(succeeded: true) else {
                    throw CommandFailure.failed(
                        "\(printable(view.printer.settings.name)) has no camera \(id.value). List them: farmtop camera list"
                    )
                }
                return Listing(done: "Camera \(id.value) of \(view.printer.settings.name) is removed.")
            }
            try listing.show(asJSON: options.isJSON)
        }
    }
}
