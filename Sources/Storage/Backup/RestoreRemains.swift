import Foundation
import Glibc

extension DataFolder {
    var restorePart: String { path + "/restore.part" }
    var framesPart: String { path + "/frames.part" }

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
        // The folder of an exchanged farm is empty, and a folder takes the place of an empty one only.
        if remains == [folder.framesPart], rename(folder.framesPart, folder.frames) == 0 {
            return .restoreEnded(path: folder.path)
        }
        do { try removeRestoreRemains() } catch { return .restoreLeft(paths: folder.restoreRemains) }
        return .restoreRemoved(paths: remains)
    }
}
