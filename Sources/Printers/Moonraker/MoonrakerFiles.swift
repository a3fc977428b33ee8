public import Farm
public import Text

/// `server.files.list`: a flat list of paths below `gcodes`.
public enum MoonrakerFiles {
    /// - Parameter result: the array, or the whole answer of a REST call.
    public static func list(_ result: MachineJSON, limit: Int = RemoteFile.listed) -> [RemoteFile] {
        let files = (result["result"] ?? result).elements.compactMap { entry -> RemoteFile? in
            guard let path = entry["path"]?.text, !path.isEmpty, path.utf8.count <= 4096 else { return nil }
            return RemoteFile(
                path: path, name: cleanedText(path, limit: 1000),
                size: entry["size"]?.number(in: 0...1e15).map { Int64($0) },
                modifiedAt: entry["modified"]?.moment)
        }
        return files.newest(limit)
    }
}
