public import Farm
public import Text

/// One folder of `GET /api/v1/files/STORAGE/PATH`.
public enum PrusaFiles {
    /// What one folder holds.
    public struct Folder: Equatable, Sendable {
        /// In the server's order.
        public var files: [RemoteFile]
        /// To be asked next; full paths, with the storage's name.
        public var folders: [String]
    }

    /// - Parameter path: of the folder, as `/usb` or `/usb/ORDERS~1`.
    /// - Parameter shown: its name for people, without the storage's: "" or "orders/".
    public static func list(_ body: MachineJSON, path: String, shown: String = "") -> Folder {
        var folder = Folder(files: [], folders: [])
        for entry in body["children"]?.elements ?? [] {
            guard let name = entry["name"]?.text, !name.isEmpty, name != ".", name != "..", !name.contains("/"),
                name.utf8.count <= 1024
            else { continue }
            let entryPath = path.hasSuffix("/") ? path + name : path + "/" + name
            switch entry["type"]?.text {
            case "FOLDER": folder.folders.append(entryPath)
            case "PRINT_FILE", nil:
                folder.files.append(
                    RemoteFile(
                        path: entryPath,
                        name: shown + (entry["display_name"]?.words(limit: 255) ?? cleanedText(name, limit: 255)),
                        size: entry["size"]?.number(in: 0...1e15).map { Int64($0) },
                        modifiedAt: entry["m_timestamp"]?.moment,
                        estimate: entry["meta"]?["estimated_print_time"]?.seconds,
                        filamentType: entry["meta"]?["filament_type"]?.words(limit: 40)))
            default: continue
            }
        }
        return folder
    }
}
