import Foundation
import Glibc

extension DataFolder {
    var restorePart: String { path + "/restore.part" }
    var framesPart: String { path + "/frames.part" }
    /// What SQLite keeps beside a database: the ends of the names.
    static let logs = ["-wal", "-shm", "-journal"]

    /// Where restores keep the farms that they replaced, the newest last.
    fileprivate var replacedFolders: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasPrefix("replaced-") }.sorted().map { "\(path)/\($0)" }
    }

    /// What a restore that was killed left behind; empty where none was. While one runs, what it has made so far.
    public var restoreRemains: [String] {
        ([framesPart] + ["-journal", "-wal", "-shm", ""].map { restorePart + $0 }).filter { access($0, F_OK) == 0 }
    }
}

extension FolderLock {
    /// Pictures first: without their database beside them they would count as those of the farm.
    func removeRestoreRemains() throws {
        for path in folder.restoreRemains {
            do { try FileManager.default.removeItem(atPath: path) } catch {
                throw StorageError.notWritable(path: path, reason: "it cannot be removed")
            }
        }
    }

    /// Brings to an end what a killed restore left: once its database is the farm's, the pictures follow; before, all of it goes.
    /// - Returns: what was found; nil for nothing.
    func endRestore() -> StorageWarning? {
        let remains = folder.restoreRemains
        guard !remains.isEmpty else { return nil }
        if remains == [folder.framesPart] {
            return takeRestoredPictures() ? .restoreEnded(path: folder.path) : .restoreLeft(paths: remains)
        }
        takeBackExchange()
        do { try removeRestoreRemains() } catch { return .restoreLeft(paths: folder.restoreRemains) }
        return .restoreRemoved(paths: remains)
    }

    /// The pictures of the restored database. Those that lie in their place are of the farm that it replaced.
    private func takeRestoredPictures() -> Bool {
        // A folder takes the place of an empty one only.
        if rename(folder.framesPart, folder.frames) == 0 { return true }
        guard let place = folder.replacedFolders.last(where: { access($0 + "/frames", F_OK) != 0 }),
            rename(folder.frames, place + "/frames") == 0
        else { return false }
        return rename(folder.framesPart, folder.frames) == 0
    }

    /// The database has a second name beside the farms that were replaced, and was not replaced: what went there comes back.
    private func takeBackExchange() {
        guard let database = FileIdentity(at: folder.database) else { return }
        for place in folder.replacedFolders where FileIdentity(at: place + "/farmtop.db") == database {
            for suffix in DataFolder.logs where access(folder.database + suffix, F_OK) != 0 {
                _ = rename("\(place)/farmtop.db\(suffix)", folder.database + suffix)
            }
            _ = rename(place + "/frames", folder.frames)
            unlink(place + "/farmtop.db")
            rmdir(place)
        }
    }
}
