import Dashboard
import Farm
import FarmConfiguration
import Foundation
import Text

/// Themes of the operator's own: `themes/*.toml` in the configuration folder. A broken file is a message and no more.
struct ThemeFiles {
    /// The theme that suits the terminal's background.
    static let automatic = "auto"

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
                problems.append("\(path) is no theme: \(reason ?? fileReason(error))")
            }
        }
    }

    private static func theme(_ fileName: String, _ path: String) throws -> Theme {
        let bytes = try Data(contentsOf: URL(filePath: path))
        guard bytes.count <= sizeLimit, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.failed("it is not text, or longer than 64 KiB.")
        }
        let entries: [TOMLEntry]
        do throws(TOMLFault) {
            entries = try TOMLReader.read(text)
        } catch {
            throw CommandFailure.failed("line \(error.line): \(printable(error.reason))")
        }
        var name = fileName
        var roles: [String: String] = [:]
        var fewColors: [String: String] = [:]
        for entry in entries {
            switch (entry.key, entry.node) {
            case ("name", .string(let text)): name = text
            case ("roles", .table(let entries)): roles = try styles(entries)
            case ("roles_16_colors", .table(let entries)): fewColors = try styles(entries)
            default:
                throw CommandFailure.failed(
                    "there is no key \(printable(entry.key)); only name, [roles] and [roles_16_colors].")
            }
        }
        return try Theme(name: name, roles: roles, fewColors: fewColors)
    }

    private static func styles(_ entries: [TOMLEntry]) throws -> [String: String] {
        var styles: [String: String] = [:]
        for role in entries {
            switch role.node {
            case .string(let style): styles[role.key] = style
            case .integer(let index): styles[role.key] = "\(index)"
            default: throw CommandFailure.failed("role \(printable(role.key)) must be a text.")
            }
        }
        return styles
    }
}
