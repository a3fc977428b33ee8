import ArgumentParser
import Farm
import FarmConfiguration
import Foundation
import OAuth
import Storage
import Text

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the farm into one file, also while it is in use.",
        discussion: """
            The copy is written beside DEST, forced to disk, read back and checked, and only then named DEST (mode 0600). It
            holds accounts, printers, prints, predictions, events, clients and tokens (digests, no secret in the clear), and
            with --frames the kept pictures. It does not hold the configuration file, an imported model,
            nor the key that signs addresses of pictures. Keys and passwords of printers and cameras are left out, and must
            be given again after a restore; with --with-secrets they are in it, and whoever has the file can read them.
            A digest over all of the file is its last line: --verify and restore compare every byte with it.
            """)
    @Argument(help: "The file to write, or with --verify to read.") var destination: String
    @Flag(help: "Write nothing: check every byte of the file, a backup made earlier.") var verify = false
    @Flag(help: "Replace the file if there is one.") var force = false
    @Flag(help: "With the kept pictures of frames.") var frames = false
    @Flag(help: "With the keys and passwords of printers and cameras, readable for whoever has the file.")
    var withSecrets = false
    @OptionGroup var options: CommonOptions

    func validate() throws {
        if verify, force || frames || withSecrets {
            throw ValidationError("--verify writes nothing: leave out --force, --frames and --with-secrets.")
        }
    }

    func run() async throws {
        let path = absolute(destination)
        if verify {
            return try Listing(verified: FarmBackup.verify(path), at: path).show(asJSON: options.isJSON)
        }
        let folder = try DataFolder(existing: options.settings().dataFolder())
        let backup = FarmBackup(
            of: folder, includesPictures: frames, includesSecrets: withSecrets, overwrites: force)
        let contents: BackupContents
        do {
            contents = try backup.make(at: path, madeAt: Timestamp.systemClock())
        } catch StorageError.alreadyExists {
            throw CommandFailure.failed(
                "\(printable(path)) exists already. Give another name, or --force to replace it.")
        }
        try Listing(backup: contents, at: path, withPictures: frames).show(asJSON: options.isJSON)
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the place of the farm.",
        discussion: """
            Refused while a farmtop holds the data folder, and when the backup does not check out. What is replaced is kept
            in a folder of the day and hour inside the data folder. Machines and cameras stay untouched until a person says
            of each printer that this farm may use them: farmtop printer confirm NAME. Until then it sends no messages either; a
            farm without machines and cameras sends them again after: farmtop notify confirm
            """)
    @Argument(help: "A file made by farmtop backup, or farmtop.db in a folder that a restore made.") var source: String
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let folder = try DataFolder(preparing: options.settings().dataFolder()) { Console.error("farmtop: \($0)") }
        let path = absolute(source)
        let outcome = try FarmRestore(into: folder.lock(), random: { SystemRandomSource().bytes($0) }).run(
            from: path, now: Timestamp.systemClock())
        try Listing(restored: outcome, from: path, folder: folder.path).show(asJSON: options.isJSON)
    }
}

/// A path of the command line, as it stands from the working folder.
func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
}

extension Listing {
    init(backup contents: BackupContents, at path: String, withPictures: Bool) {
        let pictures =
            withPictures
            ? "\(contents.pictures) pictures (\(mebibytes(contents.pictureBytes)))"
            : "no pictures (--frames takes them)"
        text = """
            \(printable(path)) holds, checked (\(mebibytes(contents.bytes)), schema \(contents.schema)):
            \(contents.rowList), \(pictures).
            Restore it with: farmtop restore \(shellWord(path))
            """
        json = .object([("file", .string(path)), ("checked", .boolean(true))] + contents.members)
    }

    init(verified contents: BackupContents, at path: String) {
        let made = contents.madeAt.map { " made \($0.minute)," } ?? ""
        let checked =
            contents.hasDigest
            ? "whole: every byte is as it was written"
            : "readable, but has no digest: it was made by farmtop 0.1 or copied otherwise, and changed values would not show"
        text = """
            \(printable(path)) is \(checked) (\(mebibytes(contents.bytes)),\(made) schema \(contents.schema)):
            \(contents.rowList), \(contents.pictures) pictures (\(mebibytes(contents.pictureBytes))).
            """
        json = .object([("file", .string(path)), ("checked", .boolean(true))] + contents.members)
    }

    init(restored outcome: FarmRestore.Outcome, from path: String, folder: String) {
        let contents = outcome.contents
        let replaced =
            outcome.replaced.map {
                "\nWhat was there is in \(printable($0)). Remove that folder when the farm is as you want it; "
                    + "to go back: farmtop restore \(shellWord($0 + "/farmtop.db"))"
            } ?? ""
        text = """
            \(printable(folder)) holds what \(printable(path)) held (schema \(contents.schema)):
            \(contents.rowList), \(contents.pictures) pictures (\(mebibytes(contents.pictureBytes))).\(replaced)
            It sends no messages until a person says that the other farm is off: farmtop notify status says how.
            """
        json = .object(
            [("data_dir", .string(folder)), ("replaced", JSONText(outcome.replaced))] + contents.members)
    }
}

extension BackupContents {
    fileprivate var rowList: String {
        let held = tables.filter {
            !["frame_pictures", "clock_readings", "unconfirmed_restore"].contains($0.name) && $0.rows > 0
        }.map {
            table in
            "\(table.rows) \(Self.words[table.name] ?? table.name.replacing("_", with: " "))"
        }
        return held.isEmpty ? "no rows" : held.joined(separator: ", ")
    }

    /// Tables whose names say little to an operator.
    private static let words = [
        "webhook_outbox": "calls of the webhook to come", "notify_outbox": "messages to be sent",
        "notify_occasions": "occasions of messages", "notify_tellings": "messages told",
        "notify_channels": "channels of messages",
    ]

    fileprivate var members: [(String, JSONText)] {
        [
            ("schema", .integer(Int64(schema))), ("has_digest", .boolean(hasDigest)), ("made_at", JSONText(madeAt)),
            ("bytes", .integer(bytes)),
            ("rows", .object(tables.map { ($0.name, .integer(Int64($0.rows))) })),
            ("pictures", .integer(Int64(pictures))), ("picture_bytes", .integer(pictureBytes)),
        ]
    }
}

/// `1.2 MiB`
func mebibytes(_ bytes: Int64) -> String { "\(decimals(Double(bytes) / 1_048_576, 1)) MiB" }
