import Farm
import Foundation
import GRDB

/// What a backup holds of credentials, and what a restored farm may do with them.
///
/// A backup leaves them out, unless a person asks for them; then it holds the key too, and whoever has the file has the
/// passwords. A restored farm moves no machine until a person confirms it.
enum BackupSecrets {
    /// Holds `secrets.key` in a backup that was made with secrets.
    static let table = "backup_secrets"

    private static let tables = [MachineLink.table, MachineCamera.table]

    /// Takes the credentials out of a copy, also out of the pages that they leave.
    static func leaveOut(of copy: Database) throws {
        // Otherwise SQLite would leave the bytes where they were.
        try copy.execute(sql: "PRAGMA secure_delete = ON")
        for table in tables where try copy.tableExists(table) {
            try copy.execute(sql: "UPDATE \(table) SET credentials = NULL WHERE credentials IS NOT NULL")
        }
    }

    /// Puts the key into a copy whose credentials stay. Without a key file there is nothing to put.
    static func include(_ folder: DataFolder, in copy: Database) throws {
        guard let bytes = FileManager.default.contents(atPath: folder.secretsFile), bytes.count == SecretKey.length
        else {
            return
        }
        try copy.execute(sql: "CREATE TABLE \(table) (key BLOB NOT NULL)")
        try copy.execute(sql: "INSERT INTO \(table) VALUES (?)", arguments: [bytes])
    }

    /// Makes a restored farm stand still, and its credentials ones of this folder's key.
    /// - Parameter secrets: of the folder that the farm is restored into.
    static func takeOver(_ staged: Database, _ secrets: FolderSecrets) throws {
        guard try staged.tableExists(MachineLink.table) else { return }
        try staged.execute(sql: "PRAGMA secure_delete = ON")
        for table in tables { try staged.execute(sql: "UPDATE \(table) SET is_confirmed = 0") }
        guard try staged.tableExists(table) else { return }
        let stored = try Data.fetchOne(staged, sql: "SELECT key FROM \(table)")
        if let stored, let old = SecretKey(Array(stored)) {
            for link in try MachineLink.fetch(staged, "ORDER BY printer_id") {
                var changed = link
                changed.credentials = try resealed(
                    link.credentials, .link(of: link.printerID, link.settings.address), from: old, to: secrets)
                try MachineRow.link(changed).write(staged)
            }
            for camera in try MachineCamera.fetch(staged, "ORDER BY id") {
                guard let place = SecretPlace.camera(camera.id, camera.settings.source) else { continue }
                var changed = camera
                changed.credentials = try resealed(camera.credentials, place, from: old, to: secrets)
                try MachineRow.camera(changed).write(staged)
            }
        }
        try staged.execute(sql: "DROP TABLE \(table)")
    }

    /// What the backup's key does not open stays as it is: this folder's key may.
    private static func resealed(
        _ credentials: StoredCredentials, _ place: SecretPlace, from old: SecretKey, to secrets: FolderSecrets
    ) throws -> StoredCredentials {
        guard case .sealed(let secret) = credentials, let plain = old.open(secret, for: place) else {
            return credentials
        }
        return try secrets.seal(plain, for: place)
    }
}
