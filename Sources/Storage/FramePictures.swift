import Farm
import Foundation
import Glibc

/// The frames' JPEGs: `frames/PRINT/N.jpg`, private to the user. A picture is written beside its place and renamed, so that
/// a reader sees a whole one or none; it is not forced to disk, as pictures are best effort.
struct FramePictures: Sendable {
    let folder: String

    func path(_ key: FrameKey) -> String { "\(folder(of: key.printID))/\(key.number).jpg" }

    func write(_ jpeg: [UInt8], _ key: FrameKey) throws(StorageError) {
        let part = path(key) + ".part"
        do throws(StorageError) {
            try create(part, jpeg)
            guard rename(part, path(key)) == 0 else { throw StorageError(errno: errno, path: path(key)) }
        } catch {
            unlink(part)
            throw error
        }
    }

    /// Nil when there is none of that length: a picture cut by a power loss is no picture.
    func read(_ key: FrameKey, bytes: Int64) -> [UInt8]? {
        guard FileKind(at: path(key)) == .file, let data = FileManager.default.contents(atPath: path(key)),
            data.count == bytes
        else { return nil }
        return Array(data)
    }

    /// A picture that is gone already is no error.
    func remove(_ key: FrameKey) throws(StorageError) {
        guard unlink(path(key)) == 0 || errno == ENOENT else { throw StorageError(errno: errno, path: path(key)) }
        // Fails while other pictures are in it, which is fine.
        rmdir(folder(of: key.printID))
    }

    func removeAll(of print: PrintID) throws(StorageError) {
        let path = folder(of: print)
        do { try FileManager.default.removeItem(atPath: path) } catch {
            guard access(path, F_OK) != 0 else {
                throw .notWritable(path: path, reason: "the folder cannot be removed")
            }
        }
    }

    /// The prints that have a folder here.
    func prints() -> [PrintID] { names(in: folder).compactMap { PrintID(pathSegment: $0) } }

    /// The names of the files of a print, whatever they are.
    func files(of print: PrintID) -> [String] { names(in: folder(of: print)) }

    /// Removes a file by its name in the print's folder.
    func remove(file: String, of print: PrintID) throws(StorageError) {
        let path = folder(of: print) + "/" + file
        guard unlink(path) == 0 || errno == ENOENT else { throw StorageError(errno: errno, path: path) }
        rmdir(folder(of: print))
    }

    private func folder(of print: PrintID) -> String { "\(folder)/\(print)" }

    private func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    /// Makes the print's folder when the file cannot be made without it.
    private func create(_ part: String, _ jpeg: [UInt8]) throws(StorageError) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        let parent = String(part[..<(part.lastIndex(of: "/") ?? part.startIndex)])
        if access(parent, F_OK) != 0, mkdir(parent, 0o700) != 0, errno != EEXIST {
            throw StorageError(errno: errno, path: parent)
        }
        try OpenFile(part, flags).write(jpeg)
    }
}
