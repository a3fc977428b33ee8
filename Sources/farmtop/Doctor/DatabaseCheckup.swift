import Farm
import Storage
import Text

/// The database and the pictures beside it.
struct DatabaseCheckup {
    let path: String
    let now: Timestamp
    let isHeld: Bool
    /// A log that the writer could not take into the database for long; unit: bytes.
    static let largeLog: Int64 = 256 << 20

    func findings() -> [Finding] {
        do {
            let folder: DataFolder
            do throws(StorageError) {
                folder = try DataFolder(existing: path)
            } catch {
                // The folder's own finding says why.
                return []
            }
            guard let database = try DatabaseInspection(folder) else {
                return [.ok("database", "There is none yet; the first start makes it.")]
            }
            try database.check()
            return [schema(try database.schema()), log(database), try pictures(database), try clock(database)]
                + restored(try database.unconfirmedMachines(), at: try database.unconfirmedRestore())
                + keys(try database.printersWithoutKey())
        } catch {
            return [.fail("database", error)]
        }
    }

    private func schema(_ schema: Int) -> Finding {
        let supported = DatabaseInspection.supportedSchema
        guard schema < supported else { return .ok("database", "Whole; schema \(schema).") }
        return .warn(
            "database", "Whole; schema \(schema), which the next start brings to \(supported).",
            next: "Make a backup first, as there is no way back without one: farmtop backup DEST")
    }

    /// After a restore: machines and cameras that this farm leaves alone until a person says that no other farm uses them; or nothing
    /// but messages, which wait for a word as well.
    private func restored(_ printers: [String], at moment: Timestamp?) -> [Finding] {
        guard let first = printers.first else {
            guard let moment else { return [] }
            return [
                .warn(
                    "messages",
                    "Restored from a backup (\(moment.minute)), and held since: channels and webhook send nothing.",
                    next: "Make sure that the farm of the backup is off, then: farmtop notify confirm")
            ]
        }
        return [
            .warn(
                "machines",
                "Restored from a backup and left alone since: \(Self.list(printers)). Channels and webhook are held.",
                next: "Make sure that no other farmtop uses them, then: farmtop printer confirm \(shellWord(first))")
        ]
    }

    private func keys(_ printers: [String]) -> [Finding] {
        guard !printers.isEmpty else { return [] }
        return [
            .warn(
                "keys",
                "The stored key or password of \(Self.list(printers)) cannot be read: the backup left it out, or secrets.key is gone.",
                next:
                    "Put \(path)/secrets.key back, or give the keys again: farmtop printer connect, farmtop camera add")
        ]
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and others" : "")
    }

    private func log(_ database: DatabaseInspection) -> Finding {
        let text = "\(mebibytes(database.logBytes)) wait in the write-ahead log."
        guard database.logBytes > Self.largeLog else { return .ok("write-ahead log", text) }
        return .warn(
            "write-ahead log", text,
            next: isHeld
                ? "Something reads the database without end: close other programs that have it open."
                : "Start the farm once; it takes them in.")
    }

    private func pictures(_ database: DatabaseInspection) throws -> Finding {
        let found = try database.pictures(now: now)
        let text =
            "\(found.kept) pictures (\(mebibytes(found.bytes))), \(found.missing) without their file, "
            + "\(found.orphans) files that belong to no print."
        if found.missing > 0 {
            return .warn(
                "pictures", text,
                next: "They are shown as not kept. Restore a backup made with --frames to have them back.")
        }
        if found.orphans > 0 { return .warn("pictures", text, next: "The next start removes those files.") }
        return .ok("pictures", text)
    }

    private func clock(_ database: DatabaseInspection) throws -> Finding {
        let newest = try database.newestMoment()
        if let newest, now < newest - .seconds(60) {
            return .warn(
                "clock", "It says \(now.minute); the newest row is of \(newest.minute).",
                next: "Set the clock (timedatectl). Until then new prints stand below older ones in the history.")
        }
        guard CivilTime(now).year >= 2025 else {
            return .warn("clock", "It says \(now.minute).", next: "Set the clock (timedatectl set-ntp true).")
        }
        return .ok("clock", "It says \(now.minute), after all that is stored.")
    }
}
