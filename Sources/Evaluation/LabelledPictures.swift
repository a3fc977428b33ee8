import Farm
import Foundation
import Text

/// A picture of which somebody has said what it shows.
public struct LabelledPicture: Equatable, Sendable {
    /// What it shows.
    public enum Label: Equatable, Sendable {
        case failure, clean
        /// Something else that the model does not look for; reported by itself.
        case other(String)
    }
    /// As the manifest names it, or relative to the folder.
    public var file: String
    /// Where to read it: below the folder, or beside the manifest unless that names it absolutely.
    public var path: String
    /// From the name of its folder, or from the manifest.
    public var label: Label
    /// Which kind of failure, when the manifest says.
    public var subtype: String?
    /// Where it comes from; a camera, as a rule.
    public var source: String

    /// Under which heading it is counted.
    public var group: String {
        switch label {
        case .failure: subtype ?? "failure"
        case .clean: "clean"
        case .other(let name): name
        }
    }
}

/// Pictures to judge a model by.
public struct LabelledPictures: Equatable, Sendable {
    /// Those of which the label is known.
    public var pictures: [LabelledPicture]
    /// Left out, and why; for people.
    public var notes: [String]

    static let failureWords: Set<String> = [
        "failure", "failures", "failed", "fail", "spaghetti", "spaghetti_or_stringing", "stringing", "positive", "bad",
    ]
    static let cleanWords: Set<String> = ["clean", "negative", "ok", "good", "normal", "success"]

    /// - Parameter path: a folder with one folder a label, or a JSON manifest.
    /// - Parameter split: of a manifest; nil takes all.
    public static func read(_ path: String, split: String?) throws(LabelledPicturesError) -> LabelledPictures {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .missing(path: path)
        }
        let found = isFolder.boolValue ? try folder(path) : try manifest(path, split: split)
        guard found.pictures.contains(where: { $0.label == .failure || $0.label == .clean }) else {
            throw .nothingLabelled(path: path)
        }
        return found
    }

    private static func folder(_ path: String) throws(LabelledPicturesError) -> LabelledPictures {
        var result = LabelledPictures(pictures: [], notes: [])
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .unreadable(path: path, reason: fileReason(error))
        }
        for name in names {
            let inner = "\(path)/\(name)"
            guard let files = FileManager.default.enumerator(atPath: inner) else { continue }
            let label = label(name)
            for case let file as String in files where isJPEG(file) {
                let source = file.contains("/") ? String(file.prefix { $0 != "/" }) : name
                result.pictures.append(
                    LabelledPicture(
                        file: "\(name)/\(file)", path: "\(inner)/\(file)", label: label, subtype: nil, source: source))
            }
        }
        result.pictures.sort { $0.file < $1.file }
        return result
    }

    /// In capitals or small letters.
    private static func label(_ name: String) -> LabelledPicture.Label {
        let word = name.lowercased()
        return failureWords.contains(word) ? .failure : cleanWords.contains(word) ? .clean : .other(name)
    }

    private static func isJPEG(_ file: String) -> Bool {
        let name = file.lowercased()
        return name.hasSuffix(".jpg") || name.hasSuffix(".jpeg")
    }

    /// One entry of a manifest. Further members are allowed.
    private struct Entry: Decodable {
        var file: String
        var label: String?
        var subtype: String?
        var source: String?
        var split: String?
        /// Pictures of one number show nearly the same.
        var cluster: Int?
        /// The picture that stands for its cluster.
        var rep: Bool?
    }

    private static func manifest(
        _ path: String, split: String?
    ) throws(LabelledPicturesError) -> LabelledPictures {
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .noManifest(path: path, reason: fileReason(error))
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        var result = LabelledPictures(pictures: [], notes: [])
        var (unlabelled, alike) = (0, 0)
        var clusters: Set<[String]> = []
        for entry in entries where split == nil || entry.split == split {
            guard let label = entry.label else {
                unlabelled += 1
                continue
            }
            let word = label.lowercased()
            let source = entry.source ?? ""
            let isChosen = entry.rep ?? true
            let isNew = entry.cluster.map { clusters.insert([source, word, "\($0)"]).inserted } ?? true
            // A cluster with a chosen picture is told by it; of the others the first is taken.
            guard isChosen && (isNew || entry.rep != nil) else {
                alike += 1
                continue
            }
            result.pictures.append(
                LabelledPicture(
                    file: entry.file, path: entry.file.hasPrefix("/") ? entry.file : "\(folder)/\(entry.file)",
                    label: Self.label(label), subtype: entry.subtype, source: source))
        }
        if unlabelled > 0 { result.notes.append("\(unlabelled) pictures without a label were left out.") }
        if alike > 0 { result.notes.append("\(alike) pictures like another one were left out.") }
        return result
    }
}

/// Why there are no pictures to judge a model by.
public enum LabelledPicturesError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case noManifest(path: String, reason: String)
    case nothingLabelled(path: String)

    public var description: String {
        switch self {
        case .missing(let path): "\(printable(path)): there is no such file or folder."
        case .unreadable(let path, let reason): "\(printable(path)) cannot be read: \(reason)"
        case .noManifest(let path, let reason):
            "\(printable(path)) is not a manifest: \(reason) Give a JSON list of {\"file\", \"label\"}."
        case .nothingLabelled(let path):
            "\(printable(path)) holds no labelled pictures. Give a folder with the folders failure/ and clean/, or a "
                + "JSON list of {\"file\", \"label\"}."
        }
    }
}
