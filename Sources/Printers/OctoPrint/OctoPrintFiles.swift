public import Farm
public import Text

/// `GET /api/files?recursive=true`: a tree, made flat.
public enum OctoPrintFiles {
    /// Files that can be printed, in the order of the tree; of more than `limit` the newest.
    public static func list(_ body: MachineJSON, limit: Int = RemoteFile.listed) -> [RemoteFile] {
        var found: [RemoteFile] = []
        collect(body["files"] ?? body["local"]?["files"], folder: "", into: &found)
        return found.newest(limit)
    }

    private static func collect(_ entries: MachineJSON?, folder: String, into found: inout [RemoteFile]) {
        for entry in entries?.elements ?? [] {
            let shown = entry["display"]?.words(limit: 255) ?? entry["name"]?.words(limit: 255)
            if let children = entry["children"] {
                collect(children, folder: folder + (shown ?? "?") + "/", into: &found)
            } else if let file = RemoteFile(octoPrint: entry, folder: folder, shown: shown) {
                found.append(file)
            }
        }
    }
}

extension RemoteFile {
    /// Nil for folders, models, and what lies on the printer's own card.
    fileprivate init?(octoPrint entry: MachineJSON, folder: String, shown: String?) {
        guard let path = entry["path"]?.text, !path.isEmpty, path.utf8.count <= 4096,
            (entry["type"]?.text ?? "machinecode") == "machinecode", (entry["origin"]?.text ?? "local") == "local"
        else { return nil }
        self.init(
            path: path, name: folder + (shown ?? cleanedText(path, limit: 255)),
            size: entry["size"]?.number(in: 0...1e15).map { Int64($0) }, modifiedAt: entry["date"]?.moment,
            estimate: entry["gcodeAnalysis"]?["estimatedPrintTime"]?.seconds)
    }
}
