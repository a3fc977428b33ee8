import Foundation

/// What a database's first 100 bytes say (sqlite.org/fileformat.html §1.3), read without SQLite so that nothing is touched.
struct DatabaseHeader {
    /// Big-endian at 60.
    let userVersion: Int
    /// Big-endian at 68.
    let applicationID: Int

    /// Nil when the bytes are not the start of a database.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) else { return nil }
        func number(at offset: Int) -> Int { bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) } }
        userVersion = number(at: 60)
        applicationID = number(at: 68)
    }

    /// Passes for no file, an empty one, and a database of farmtop that is not newer than this program.
    ///
    /// Not while this process has the database open: closing the file here would end the locks of its connections.
    /// - Parameter isStrict: refuses an empty file, and a database whose mark is still in the log beside it: one file has to
    ///   be all there is.
    /// - Returns: whether there is a database.
    @discardableResult
    static func check(_ path: String, isStrict: Bool = false) throws(StorageError) -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        try FileKind.requireFile(at: path, followsLinks: true)
        let bytes: [UInt8]
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            bytes = Array(try file.read(upToCount: 100) ?? Data())
            try file.close()
        } catch {
            throw .notWritable(path: path, reason: "it cannot be read")
        }
        if bytes.isEmpty && !isStrict { return false }
        guard let header = DatabaseHeader(bytes) else { throw .notFarmtop(path: path) }
        // Zero: made by SQLite, and the first migration is still in the log beside it.
        guard header.applicationID == Schema.applicationID || (header.applicationID == 0 && !isStrict) else {
            throw .notFarmtop(path: path)
        }
        guard header.userVersion <= Schema.version else {
            throw .newerVersion(path: path, found: header.userVersion, supported: Schema.version)
        }
        return true
    }
}
