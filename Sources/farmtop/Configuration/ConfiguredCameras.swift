import Farm
import Text

/// The tables `[[camera]]` of a configuration file: programs and files that give pictures. They stand nowhere else, so that nobody
/// who reaches the API can have a program run.
struct ConfiguredCameras {
    static let section = "camera"
    static let limit = 1000
    private static let keys = [
        "printer", "name", "command", "file", "interval_s", "rotate", "flip_horizontal", "flip_vertical", "second",
    ]

    private(set) var cameras: [ConfiguredCamera] = []
    private(set) var problems: [ConfigurationProblem] = []
    private var line: Int?

    /// - Parameters:
    ///   - lines: of each table's header.
    ///   - first: where the section is named first, for what is no list of tables.
    init(_ node: TOMLNode, lines: [Int], first: Int?) {
        line = lines.first ?? first
        guard case .array(let tables) = node, tables.count <= Self.limit else {
            add(nil, "\(node.description) stands for cameras; write [[camera]] on a line of its own for each.")
            return
        }
        for (index, table) in tables.enumerated() {
            line = index < lines.count ? lines[index] : lines.last ?? first
            guard case .table(let entries) = table else {
                add(nil, "\(table.description) is no camera. Write [[camera]] on a line of its own and its keys below.")
                continue
            }
            if let camera = camera(entries) { cameras.append(camera) }
        }
    }

    private mutating func camera(_ entries: [TOMLEntry]) -> ConfiguredCamera? {
        let before = problems.count
        for entry in entries where !Self.keys.contains(entry.key) {
            let near = nearestSpelling(of: entry.key, among: Self.keys)
            add(
                entry.key,
                "unknown key \(printable(entry.key)). "
                    + (near.map { "Did you mean \($0)?" } ?? "A camera knows \(Self.keys.joined(separator: ", "))."))
        }
        let printer = text(entries, "printer", isRequired: true)
        let name = text(entries, "name", isRequired: false) ?? "camera"
        let source = source(entries)
        let orientation = CameraOrientation(
            flipHorizontal: flag(entries, "flip_horizontal"), flipVertical: flag(entries, "flip_vertical"),
            rotation: rotation(entries))
        let interval = interval(entries)
        let isSecond = flag(entries, "second")
        guard problems.count == before, let printer, let source,
            let settings = CameraSettings(
                name: name, source: source, orientation: orientation, intervalSeconds: interval, isPrimary: !isSecond)
        else { return nil }
        return ConfiguredCamera(printer: printer, settings: settings)
    }

    private mutating func source(_ entries: [TOMLEntry]) -> CameraSource? {
        let (command, file) = (value(entries, "command"), value(entries, "file"))
        guard (command == nil) != (file == nil) else {
            add("command", "Give either a command, as [\"ffmpeg\", \"-i\", …], or a file with its absolute path.")
            return nil
        }
        if let file {
            guard case .string(let path) = file, path.hasPrefix("/"), path.utf8.count <= 4000 else {
                add("file", "\(file.kind); expected an absolute path, as \"/run/cameras/mk4.jpg\".")
                return nil
            }
            return .file(path)
        }
        guard case .array(let nodes)? = command, (1...200).contains(nodes.count) else {
            add("command", "expected a list of words, as [\"ffmpeg\", \"-i\", \"/dev/video0\"]. No shell reads them.")
            return nil
        }
        let words = nodes.map { node in if case .string(let word) = node { word } else { "\0" } }
        guard words[0] != "", !words.contains(where: { $0.contains("\0") || $0.utf8.count > 4000 }) else {
            add("command", "each word is a string; the first one names the program.")
            return nil
        }
        return .command(words)
    }

    private mutating func rotation(_ entries: [TOMLEntry]) -> CameraOrientation.Rotation {
        guard let node = value(entries, "rotate") else { return .none }
        guard case .integer(let degrees) = node, let turn = CameraOrientation.Rotation(rawValue: Int(degrees)) else {
            add("rotate", "\(node.description); expected 0, 90, 180 or 270, clockwise.")
            return .none
        }
        return turn
    }

    private mutating func interval(_ entries: [TOMLEntry]) -> Int {
        guard let node = value(entries, "interval_s") else { return CameraSettings.standardInterval }
        guard case .integer(let seconds) = node, CameraSettings.intervals.contains(Int(clamping: seconds)) else {
            add("interval_s", "\(node.description); expected a whole number from 1 to 300 (seconds).")
            return CameraSettings.standardInterval
        }
        return Int(seconds)
    }

    private mutating func flag(_ entries: [TOMLEntry], _ key: String) -> Bool {
        guard let node = value(entries, key) else { return false }
        guard case .boolean(let flag) = node else {
            add(key, "\(node.description); expected true or false.")
            return false
        }
        return flag
    }

    private mutating func text(_ entries: [TOMLEntry], _ key: String, isRequired: Bool) -> String? {
        guard let node = value(entries, key) else {
            if isRequired { add(key, "The camera names no printer. Give the printer's name or number.") }
            return nil
        }
        guard case .string(let text) = node, (1...256).contains(text.unicodeScalars.count) else {
            add(key, "\(node.description); expected a text of 1 to 256 characters.")
            return nil
        }
        return text
    }

    private func value(_ entries: [TOMLEntry], _ key: String) -> TOMLNode? { entries.first { $0.key == key }?.node }

    private mutating func add(_ key: String?, _ message: String) {
        let path = Self.section + (key.map { ".\(printable($0))" } ?? "")
        problems.append(ConfigurationProblem(line: line, key: path, message: "\(path): \(message)"))
    }
}
