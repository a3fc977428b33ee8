import CModel
import Crypto
import Detector
import Farm
import Foundation
import Text

/// The network: does it load, and is it the one it says it is?
struct ModelCheckup {
    let settings: Settings

    func finding() -> Finding {
        do {
            let source = try settings.modelSource()
            let network = try source.load(threads: 1)
            let model = network.model
            let name =
                "\(model.name) loads (\(model.inputWidth)x\(model.inputHeight), \(model.parameters) parameters, "
                + "\(model.precision.rawValue))"
            switch try source.checksum() {
            case .equal: return .ok("model", "\(name) and equals its checksum.")
            case .unknown(let file):
                return .ok("model", "\(name). There is no \(file) to compare it with.")
            case .different(let file):
                return .fail(
                    "model", "\(name), but \(file) has not the checksum that was noted for it.",
                    next:
                        "Fetch the files again, or go back to the model inside the program: farmtop model reset, and no detector.model."
                )
            }
        } catch {
            return Finding(
                check: "model", verdict: .fail, what: CommandFailure(error)?.message ?? "\(error)",
                next:
                    "Frames are rejected until it loads. Fix detector.model or leave it empty, or: farmtop model reset"
            )
        }
    }
}

extension ModelSource {
    enum Checksum: Equatable {
        case equal
        /// Nothing was noted; the file in which it would be.
        case unknown(String)
        case different(String)
    }

    /// Compares SHA-256 digests with those noted: for the model inside the program in `SHA256SUMS`, for files in
    /// `FILE.weights.sha256`, both as `sha256sum` writes them.
    func checksum() throws -> Checksum {
        guard !cfgPath.isEmpty else { return Self.bundledChecksum }
        let noted = weightsFile + ".sha256"
        guard let list = FileManager.default.contents(atPath: noted) else { return .unknown(noted) }
        let found = try Self.digest(ofFile: weightsFile)
        return String(decoding: list, as: UTF8.self).lowercased().contains(found) ? .equal : .different(weightsFile)
    }

    /// Writes down the digest of the weights beside them, for later comparison.
    func noteChecksum() throws {
        let name = URL(filePath: weightsFile).lastPathComponent
        try Data("\(Self.digest(ofFile: weightsFile))  \(name)\n".utf8).write(
            to: URL(filePath: weightsFile + ".sha256"))
    }

    private static func digest(ofFile path: String) throws -> String {
        var hash = SHA256()
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        try file.close()
        return Hexadecimal.text(hash.finalize())
    }

    private static var bundledChecksum: Checksum {
        var counts = (cfg: 0, weights: 0, list: 0)
        let list = UnsafeRawBufferPointer(start: farmtop_model_checksums(&counts.list), count: counts.list)
        let files = [
            ("cfg", UnsafeRawBufferPointer(start: farmtop_model_cfg(&counts.cfg), count: counts.cfg)),
            ("weights", UnsafeRawBufferPointer(start: farmtop_model_weights(&counts.weights), count: counts.weights)),
        ]
        let noted = String(decoding: list, as: UTF8.self)
        for (name, bytes) in files where !noted.contains(Hexadecimal.text(SHA256.hash(data: bytes))) {
            return .different("the \(name) inside the program")
        }
        return .equal
    }
}
