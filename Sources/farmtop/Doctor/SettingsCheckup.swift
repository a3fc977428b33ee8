import API
import Dashboard
import Farm
import FarmConfiguration
import Foundation
import Printers
import Text

extension Settings {
    /// What no look at the file alone can tell: whether what the settings name is there.
    func problemsOutside() -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        func add(_ key: String, _ message: String) { problems.append(ConfigurationProblem(key: key, message: message)) }
        let own = paths.configFolder.map { ThemeFiles(in: $0 + "/themes") }
        for problem in own?.problems ?? [] { add("dashboard.theme", problem) }
        let names = [ThemeFiles.automatic] + Theme.builtin.map(\.name) + (own?.themes ?? []).map(\.name)
        let theme = configuration.dashboard.theme
        if !names.contains(theme) {
            add(
                "dashboard.theme",
                "dashboard.theme is \(printable(theme).debugDescription), and there is no such theme. "
                    + "Themes: \(names.map(printable).joined(separator: ", ")).")
        }
        problems += keyProblems
        let files = [
            ("server.tls_certificate", configuration.server.tlsCertificate),
            ("server.tls_key", configuration.server.tlsKey),
            ("detector.model", configuration.detector.model), ("detector.weights", configuration.detector.weights),
            ("webhook.secret_file", configuration.webhook.secretFile),
        ]
        for (key, path) in files where !path.isEmpty {
            let absolute = (try? paths.expanded(path)) ?? path
            var isFolder = ObjCBool(false)
            let exists = FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder)
            if !exists || !FileManager.default.isReadableFile(atPath: absolute) {
                add(key, "\(key): \(printable(absolute)) is not there, or cannot be read.")
            } else if isFolder.boolValue {
                add(key, "\(key): \(printable(absolute)) is a folder. Name a file.")
            }
        }
        if problems.allSatisfy({ !$0.key.hasPrefix("server.tls_") }), let files = try? tlsFiles() {
            do throws(TLSError) { _ = try TLSCertificates(certificate: files.certificate, key: files.key) } catch {
                add("server.tls_certificate", "server.tls_certificate, server.tls_key: \(printable(error.description))")
            }
        }
        var isFolder = ObjCBool(false)
        if let folder = try? dataFolder(), FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
            !isFolder.boolValue
        {
            add(
                "storage.data_dir",
                "storage.data_dir: \(printable(folder)) is no folder. Name a folder, or a path where nothing is yet.")
        }
        for camera in configuration.cameras {
            guard let fault = camera.settings.source.faultHere else { continue }
            add(ConfiguredCameras.section, "The camera of \(printable(camera.printer)): \(printable(fault))")
        }
        return problems + problemsOfChannels()
    }

    /// Keys of the operator's own that cannot be had.
    var keyProblems: [ConfigurationProblem] {
        var options = DashboardOptions()
        return options.override(keyOverrides).map { fault in
            var message = "keys.\(printable(fault.description))"
            if fault.reason == .unknownCommand {
                let near = nearestSpelling(of: fault.command, among: DashboardOptions.commandNames)
                message =
                    "unknown key \(printable("keys.\(fault.command)")): no command of the dashboard has that name. "
                    + (near.map { "Did you mean keys.\($0)?" }
                        ?? "Remove it; the table of keys in the documentation lists the names.")
            }
            return ConfigurationProblem(
                line: configuration.keys.first { $0.command == fault.command }?.line,
                key: printable("keys.\(fault.command)"), message: message)
        }
    }

    var keyOverrides: [KeyOverride] {
        configuration.keys.map { KeyOverride(command: $0.command, keys: $0.keys) }
    }
}

extension CameraSource {
    /// Why this computer cannot give the picture; nil where it can, as far as a look tells.
    fileprivate var faultHere: String? {
        switch self {
        case .command(let words):
            do throws(LinkFault) { _ = try PictureProgram.path(of: words[0]) } catch { return error.description }
            return nil
        case .file(let path):
            return FileManager.default.isReadableFile(atPath: path) ? nil : "\(path) is not there, or cannot be read."
        case .snapshot, .mjpeg, .printer: return nil
        }
    }
}
