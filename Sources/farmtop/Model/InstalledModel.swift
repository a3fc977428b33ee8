import Farm
import Foundation
import Glibc

/// A model that `model import` put into the data folder: a cfg and its weights in `model/N`, of which the highest N counts.
/// A folder appears there whole or not at all.
struct InstalledModel {
    let dataFolder: String

    private var folder: String { dataFolder + "/model" }

    /// Nil when none is installed.
    var source: ModelSource? {
        guard let newest = numbers.max(), let names = FileManager.default.subpaths(atPath: "\(folder)/\(newest)"),
            let cfg = names.sorted().first(where: { $0.hasSuffix(".cfg") })
        else { return nil }
        return ModelSource(cfgPath: "\(folder)/\(newest)/\(cfg)", weightsPath: "")
    }

    private var numbers: [Int] { (entries ?? []).compactMap { Int($0) } }

    /// Nil when the folder is not there.
    private var entries: [String]? {
        FileManager.default.subpaths(atPath: folder)?.filter { !$0.contains("/") }
    }

    /// Takes copies of the files, which are on disk when this returns, and removes what was installed before.
    /// - Parameter name: becomes the files' name: letters, digits, `-`, `_` and `.`; others become `-`.
    func install(cfg: String, weights: String, name: String) throws(CommandFailure) {
        let earlier = entries ?? []
        let target = "\(folder)/\((numbers.max() ?? 0) + 1)"
        let part = target + ".part"
        let base = "\(part)/\(Self.fileName(name))"
        do {
            try remove(part)
            try FileManager.default.createDirectory(
                atPath: part, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Self.copy(cfg, to: base + ".cfg")
            try Self.copy(weights, to: base + ".weights")
            try ModelSource(cfgPath: base + ".cfg", weightsPath: "").noteChecksum()
            var files = [base + ".cfg", base + ".weights", base + ".weights.sha256"]
            let table = ModelSource(cfgPath: cfg, weightsPath: weights).likelihoodsFile
            if FileManager.default.fileExists(atPath: table) {
                try Self.copy(table, to: base + ".likelihoods")
                files.append(base + ".likelihoods")
            }
            for path in files {
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            }
            for path in files + [part] { try Self.flush(path) }
            try FileManager.default.moveItem(atPath: part, toPath: target)
            try Self.flush(folder)
            try Self.flush(dataFolder)
            for name in earlier { try remove("\(folder)/\(name)") }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("The model cannot be installed in \(folder): \(fileReason(error))")
        }
    }

    /// False when there was none.
    func remove() throws(CommandFailure) -> Bool {
        guard source != nil else { return false }
        do {
            try remove(folder)
        } catch {
            throw .failed("\(folder) cannot be removed: \(fileReason(error))")
        }
        return true
    }

    private func remove(_ path: String) throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// The contents, also of a file that a link leads to.
    private static func copy(_ path: String, to copy: String) throws {
        try FileManager.default.copyItem(
            atPath: URL(filePath: path).resolvingSymlinksInPath().path, toPath: copy)
    }

    private static func flush(_ path: String) throws(CommandFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw .failed("\(path) cannot be written to disk: \(String(cString: strerror(errno))).")
        }
    }

    static func fileName(_ name: String) -> String {
        let harmless = name.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": Character(scalar)
            default: "-"
            }
        }
        let text = String(harmless.drop { $0 == "." }.prefix(100))
        return text.isEmpty ? "model" : text
    }
}
