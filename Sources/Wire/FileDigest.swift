internal import Crypto
internal import Dispatch
internal import Text

/// The sum of a whole file, read beside the tasks: a file of hundreds of megabytes stops nobody.
public enum FileDigest {
    private static let pieceLength = 1 << 20

    /// SHA-256 in lower-case hexadecimal.
    /// - Throws: `unreadableFile`.
    public static func sha256(of path: String) async throws(WireError) -> String {
        let result: Result<String, WireError> = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                let result: Result<String, WireError>
                do throws(WireError) { result = .success(try read(path)) } catch { result = .failure(error) }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private static func read(_ path: String) throws(WireError) -> String {
        let file = try FileReader(path)
        var hash = SHA256()
        while true {
            let piece = try file.read(pieceLength)
            if piece.isEmpty { break }
            hash.update(data: piece)
        }
        return Hexadecimal.text(hash.finalize())
    }
}
