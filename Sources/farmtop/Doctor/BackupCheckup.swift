import Storage

/// A backup that an operator keeps somewhere.
struct BackupCheckup {
    let path: String

    func finding() -> Finding {
        do {
            let contents = try FarmBackup.verify(path)
            let made = contents.madeAt.map { ", made \($0.minute)" } ?? ""
            guard contents.hasDigest else {
                return .warn(
                    "backup", "\(path) can be read\(made); it has no digest, so changed values would not show.",
                    next: "Make a new one: farmtop backup DEST")
            }
            return .ok("backup", "\(path) is whole\(made).")
        } catch {
            return .fail("backup", error)
        }
    }
}
