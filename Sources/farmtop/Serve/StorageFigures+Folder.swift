import API
import Glibc
import Storage

extension StorageFigures {
    /// Nil when the system does not say.
    init?(of folder: DataFolder) {
        var disk = statvfs()
        guard statvfs(folder.path, &disk) == 0 else { return nil }
        let bytes = ["", "-wal", "-shm"].compactMap { suffix -> Int64? in
            var file = stat()
            return lstat(folder.database + suffix, &file) == 0 ? Int64(file.st_size) : nil
        }
        self.init(
            databaseBytes: bytes.reduce(0, +), freeBytes: Int64(disk.f_bavail) * Int64(disk.f_frsize))
    }
}
