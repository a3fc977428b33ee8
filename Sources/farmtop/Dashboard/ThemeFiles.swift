import Dashboard
import Foundation

/// Themes of the operator's own: `themes/*.toml` in the configuration folder. A broken file is a message and no more.
struct ThemeFiles {
    var themes: [Theme] = []
    var problems: [String] = []

    /// Longer files are no themes. Unit: bytes.
    private static let sizeLimit = 1 << 16

    /// - Parameter folder: need not be there.
    init(in folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where name.hasSuffix(".toml") {
            let path = "\(folder)/\(name)"
            do {
                themes.append(try Self.theme(String(name.dropLast(5)), path))
            } catch {
                let reason = (error as? ThemeError)?.description ?? (error as? CommandFailure)?.message
                problems.append("\(path) is no theme: \(reason ?? error.localizedDescription)")
            }
        }
    }

    private static func theme(_ fileName: String, _ path: String) throws -> Theme {
        let bytes = try Data(contentsOf: URL(filePath: path))
        guard bytes.count <= sizeLimit, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.failed("it is not text, or longer than 64 KiB.")
        }
        let entries: [TOMLEntry]
        do {
            entries = try TOMLNode.entries(reading: text, TOMLKeyLines(text))
        } catch {
            throw CommandFailure.failed("line \(error.line): \(printable(error.reason))")
        }
        var name = fileName
        var roles: [String: String] = [:]
        for entry in entries {
            switch (entry.key, entry.node) {
            case ("name", .string(let text)): name = text
            case ("roles", .table(let entries)):
                for role in entries {
                    switch role.node {
                    case .string(let style): roles[role.key] = style
                    case .integer(let index): roles[role.key] = "\(index)"
                    default: throw CommandFailure.failed("role \(printable(role.key)) must be a text.")
                    }
                }
            default: throw CommandFailure.failed("there is no key \(printable(entry.key)); only name and [roles].")
            }
        }
        return try Theme(name: name, roles: roles)
    }
}
