public import Farm
import Foundation
import Glibc

/// Seals and opens credentials with `secrets.key` (0600) of a data folder: a file of its own, so that no copy of the database
/// holds the key. Made when the first credentials are stored.
///
/// The file is read each time: put back while farmtop runs, it works again.
public struct FolderSecrets: CredentialSealer {
    private let lock: FolderLock
    private let random: @Sendable (Int) -> [UInt8]

    /// - Parameters:
    ///   - lock: the claim on the folder, so that nobody else makes the key in the same moment.
    ///   - random: gives the bytes of a new key.
    public init(_ lock: FolderLock, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.lock = lock
        self.random = random
    }

    public func seal(_ credentials: LinkCredentials, for place: SecretPlace) throws -> StoredCredentials {
        guard credentials != .none else { return .none }
        return try key(making: true).seal(credentials, for: place)
    }

    public func open(_ stored: StoredCredentials, for place: SecretPlace) throws(LinkFault) -> LinkCredentials {
        switch stored {
        case .none: return .none
        case .leftOut: throw .keyNeeded
        case .sealed(let secret):
            guard let key = try? key(making: false), let credentials = key.open(secret, for: place) else {
                throw .keyNeeded
            }
            return credentials
        }
    }

    /// - Throws: `noSecretKey` when there is none and none is to be made; `unreadable` for a file that is no key: it is never
    ///   replaced, as what it once was may still be in a backup.
    func key(making: Bool) throws(StorageError) -> SecretKey {
        let path = lock.folder.secretsFile
        do throws(StorageError) { return try SecretKey(file: path) } catch .noSecretKey where making {}
        let bytes = random(SecretKey.length)
        guard let key = SecretKey(bytes) else { throw .failed(path: path, detail: "no key could be made") }
        try Self.write(bytes, to: path)
        return key
    }

    /// Puts a key into place: whole, on disk, and only where there is none.
    static func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
        let part = path + ".part"
        unlink(part)
        let file = try OpenFile(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        do throws(StorageError) {
            try file.write(bytes)
            guard fsync(file.descriptor) == 0 else { throw StorageError(errno: errno, path: path) }
            try file.rename(to: path, overwrites: false)
        } catch {
            unlink(part)
            throw error
        }
    }
}

extension DataFolder {
    var secretsFile: String { path + "/secrets.key" }
}

extension SecretKey {
    /// Closes a file that others can read; what is no regular file is not read.
    init(file path: String) throws(StorageError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw StorageError(errno: errno, path: path) }
            throw .noSecretKey(path: path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notReadable(path: path) }
        let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
        if status.st_mode & 0o077 != 0, fchmod(file.descriptor, 0o600) != 0 {
            throw StorageError(errno: errno, path: path)
        }
        var bytes = [UInt8](repeating: 0, count: Self.length + 1)
        let count = read(file.descriptor, &bytes, bytes.count)
        guard count == Self.length, let key = SecretKey(Array(bytes.prefix(Self.length))) else {
            throw .notReadable(path: path)
        }
        self = key
    }
}
