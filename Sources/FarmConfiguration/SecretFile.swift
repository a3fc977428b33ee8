import Glibc
import Notifier
import Text

/// A file that holds a secret, as the file system shows it.
package struct SecretFile: Equatable, Sendable {
    /// "The TLS key"
    package var what: String
    package var path: String

    package init(what: String, path: String) {
        self.what = what
        self.path = path
    }

    package struct Remark: Equatable, Sendable {
        package var text: String
        package var remedy: String
        package var sentence: String { "\(text) Close it: \(remedy)" }
    }

    /// Nil when it is for its owner and its group alone, or is no file, as a pipe of a shell.
    package var remark: Remark? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let mode = status.st_mode & 0o777
        let verb: String
        if mode & 0o002 != 0 {
            verb = "changed by every user of this machine"
        } else if mode & 0o020 != 0 {
            verb = "changed by its group"
        } else if mode & 0o004 != 0 {
            verb = "read by every user of this machine"
        } else {
            return nil
        }
        return Remark(
            text: "\(what) \(printable(path)) can be \(verb) (mode \(String(mode, radix: 8))).",
            remedy: "chmod g-w,o-rwx \(shellWord(path))")
    }
}

extension Settings {
    /// The files with secrets that the configuration names, and the configuration where it holds one itself.
    package func secretFiles() throws(ConfigurationError) -> [SecretFile] {
        var files: [SecretFile] = []
        if let key = try tlsFiles()?.key { files.append(SecretFile(what: "The TLS key", path: key)) }
        let webhook = configuration.webhook
        if !webhook.secretFile.isEmpty {
            files.append(SecretFile(what: "The webhook's secret", path: try paths.expanded(webhook.secretFile)))
        }
        for settings in configuration.notify {
            for path in [settings.urlFile, settings.tokenFile] where !path.isEmpty {
                files.append(
                    SecretFile(
                        what: "The secret of the channel \(settings.channel.name),", path: try paths.expanded(path)))
            }
        }
        if let configFile, webhook.url.isEmpty, webhook.secret.isEmpty,
            configuration.notify.contains(where: { !$0.channel.url.isEmpty })
        {
            files.append(SecretFile(what: "The configuration with the channels' addresses,", path: configFile))
        }
        // The address of a receiver is a secret to many services.
        if let configFile, !webhook.secret.isEmpty || !webhook.url.isEmpty {
            files.append(SecretFile(what: "The configuration with the webhook's secrets,", path: configFile))
        }
        return files
    }
}
