import Foundation
import Glibc

extension DataFolder {
    /// What only a farm leaves here, beside its database: a log with content, pictures, the key that signs their addresses.
    /// A first start that was killed leaves none of them without a database that has content.
    var belongings: [String] {
        var found: [String] = []
        var status = stat()
        if stat(database + "-wal", &status) == 0, status.st_size > 0 { found.append("farmtop.db-wal") }
        if let prints = try? FileManager.default.contentsOfDirectory(atPath: frames), !prints.isEmpty {
            found.append("frames")
        }
        if access(path + "/picture.key", F_OK) == 0 { found.append("picture.key") }
        return found
    }

    /// For a folder without a database: an empty new farm would hide that one was lost, and remove what is left of it.
    func refuseLostDatabase() throws(StorageError) {
        let found = belongings
        guard found.isEmpty else { throw .databaseLost(path: database, beside: found) }
    }
}
