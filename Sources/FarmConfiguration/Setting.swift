import API
import Farm
import Notifier
import Text

/// One key of the configuration file: where it stands, what it takes, and how it gets into a `Configuration`.
package struct Setting: Sendable {
    package let section: String
    package let key: String
    /// What a value must be, to follow "expected".
    package let expected: String
    /// False when the value is not what the setting takes; the configuration is then as it was.
    let read: @Sendable (TOMLNode, inout Configuration) -> Bool
    /// The value as TOML.
    package let write: @Sendable (Configuration) -> String
    /// No message may show the value.
    package var isSecret = false

    package var path: String { "\(section).\(key)" }
}

extension Setting {
    typealias Path<Value> = any WritableKeyPath<Configuration, Value> & Sendable

    static func boolean(_ section: String, _ key: String, _ path: Path<Bool>) -> Setting {
        Setting(section: section, key: key, expected: "true or false") { node, configuration in
            guard case .boolean(let value) = node else { return false }
            configuration[keyPath: path] = value
            return true
        } write: {
            "\($0[keyPath: path])"
        }
    }

    static func whole(
        _ section: String, _ key: String, _ range: ClosedRange<Int64>, unit: String = "", _ path: Path<Int64>
    ) -> Setting {
        let expected =
            "a whole number from \(range.lowerBound) to \(range.upperBound)" + (unit.isEmpty ? "" : " (\(unit))")
        return Setting(section: section, key: key, expected: expected) { node, configuration in
            guard case .integer(let value) = node, range.contains(value) else { return false }
            configuration[keyPath: path] = value
            return true
        } write: {
            "\($0[keyPath: path])"
        }
    }

    static func text(
        _ section: String, _ key: String, expected: String, _ path: Path<String>,
        where isAllowed: @escaping @Sendable (String) -> Bool
    ) -> Setting {
        Setting(section: section, key: key, expected: expected) { node, configuration in
            guard case .string(let value) = node, value.utf8.count <= 4096, !value.utf8.contains(0), isAllowed(value)
            else {
                return false
            }
            configuration[keyPath: path] = value
            return true
        } write: {
            JSONString.quoted($0[keyPath: path])
        }
    }

    /// A text that no message shows.
    static func secret(
        _ section: String, _ key: String, expected: String, _ path: Path<String>,
        where isAllowed: @escaping @Sendable (String) -> Bool
    ) -> Setting {
        var setting = text(section, key, expected: expected, path, where: isAllowed)
        setting.isSecret = true
        return setting
    }

    static func texts(
        _ section: String, _ key: String, expected: String, _ path: Path<[String]>,
        where isAllowed: @escaping @Sendable (String) -> Bool
    ) -> Setting {
        Setting(section: section, key: key, expected: expected) { node, configuration in
            guard case .array(let nodes) = node, nodes.count <= 1000 else { return false }
            var values: [String] = []
            for node in nodes {
                guard case .string(let value) = node, !value.utf8.contains(0), isAllowed(value) else { return false }
                values.append(value)
            }
            configuration[keyPath: path] = values
            return true
        } write: {
            "[" + $0[keyPath: path].map { JSONString.quoted($0) }.joined(separator: ", ") + "]"
        }
    }

    /// A file or folder: relative ones are refused, as they would mean another place from each folder.
    static func file(_ section: String, _ key: String, _ path: Path<String>) -> Setting {
        text(section, key, expected: "an absolute path, one that begins with ~/, or \"\"", path) {
            $0.isEmpty || $0.hasPrefix("/") || $0.hasPrefix("~/")
        }
    }

    static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ section: String, _ key: String, _ path: Path<Value>
    ) -> Setting where Value.RawValue == String {
        let words = Value.allCases.map { JSONString.quoted($0.rawValue) }.joined(separator: ", ")
        return Setting(section: section, key: key, expected: "one of \(words)") { node, configuration in
            guard case .string(let word) = node, let value = Value(rawValue: word) else { return false }
            configuration[keyPath: path] = value
            return true
        } write: {
            JSONString.quoted($0[keyPath: path].rawValue)
        }
    }

    static let listen = Setting(
        section: "server", key: "listen",
        expected: "\"HOST:PORT\", as \"127.0.0.1:3334\" or \"[::1]:3334\", or \"none\""
    ) { node, configuration in
        guard case .string(let text) = node, let address = ListenAddress(text) else { return false }
        configuration.server.listen = address
        return true
    } write: {
        JSONString.quoted($0.server.listen.description)
    }

    static let bytesInFlight = whole(
        "server", "bytes_in_flight_mib", 16...16_384, unit: "MiB", \.server.bytesInFlightMebibytes)

    /// Keys of earlier versions, which stand for these where the file does not have both.
    static let renamed: [String: Setting] = ["detector.queue_mib": .bytesInFlight]

    /// Every key, in the order of `config.example.toml`.
    package static let all: [Setting] = [
        .listen,
        .text("server", "public_url", expected: "a URL as \"https://farm.example.org\", or \"\"", \.server.publicURL) {
            $0.isEmpty || isPublicURL($0)
        },
        .file("server", "tls_certificate", \.server.tlsCertificate),
        .file("server", "tls_key", \.server.tlsKey),
        .file("server", "api_socket", \.server.apiSocket),
        .texts(
            "server", "trusted_proxies",
            expected: "a list of addresses, ranges and \"unix\", as [\"127.0.0.1\", \"10.0.0.0/8\"]",
            \.server.trustedProxies
        ) { TrustedProxies([$0]) != nil },
        .texts(
            "server", "cors_origins", expected: "a list of origins, as [\"https://app.example.org\"]",
            \.server.corsOrigins, where: CrossOrigin.isOrigin),
        .bytesInFlight,
        .whole("server", "printers_per_account", 1...100_000, \.server.printersPerAccount),

        .file("storage", "data_dir", \.storage.dataFolder),
        .choice("storage", "synchronous", \.storage.synchronous),
        .whole("storage", "recent_pictures", 1...1000, unit: "frames", \.storage.recentPictures),
        .whole("storage", "pictures_around_alert", 0...100, unit: "frames", \.storage.picturesAroundAlert),

        .whole("retention", "frames_mib", 1...16_777_216, unit: "MiB", \.retention.framesMebibytes),
        .whole("retention", "database_mib", 16...16_777_216, unit: "MiB", \.retention.databaseMebibytes),
        .whole("retention", "full_predictions_days", 1...36_500, unit: "days", \.retention.fullPredictionsDays),
        .whole("retention", "events_days", 1...36_500, unit: "days", \.retention.eventsDays),
        .whole("retention", "events", 200...1_000_000_000, \.retention.events),
        .whole("retention", "ended_tokens_days", 0...36_500, unit: "days", \.retention.endedTokensDays),
        .whole("retention", "ended_tokens", 0...1_000_000_000, \.retention.endedTokens),

        .whole(
            "oauth", "client_credentials_lifetime_s", 60...3_153_600_000, unit: "seconds",
            \.oauth.clientCredentialsLifetimeSeconds),
        .whole(
            "oauth", "access_token_lifetime_s", 60...3_153_600_000, unit: "seconds",
            \.oauth.accessTokenLifetimeSeconds),
        .whole(
            "oauth", "refresh_token_lifetime_s", 60...3_153_600_000, unit: "seconds",
            \.oauth.refreshTokenLifetimeSeconds),
        .whole("oauth", "live_tokens_per_client", 1...100_000, \.oauth.liveTokensPerClient),

        .file("detector", "model", \.detector.model),
        .file("detector", "weights", \.detector.weights),
        .whole("detector", "threads", 0...256, \.detector.threads),
        .choice("detector", "precision", \.detector.precision),
        .whole("detector", "queue_frames", 1...10_000, \.detector.queueFrames),
        .whole("detector", "queue_frames_per_printer", 1...10_000, \.detector.queueFramesPerPrinter),

        .whole(
            "alerts", "pause_confirmed_within_s", 1...86_400, unit: "seconds", \.alerts.pauseConfirmedWithinSeconds),
        .whole("alerts", "stale_after_s", 1...86_400, unit: "seconds", \.alerts.staleAfterSeconds),
        .whole("alerts", "done_for_s", 0...604_800, unit: "seconds", \.alerts.doneForSeconds),

        .secret(
            "webhook", "url", expected: "a URL as \"https://hooks.example.org/farm\", or \"\"", \.webhook.url
        ) { $0.isEmpty || WebhookTarget(url: $0) != nil },
        .secret("webhook", "secret", expected: "a text", \.webhook.secret) { _ in true },
        .file("webhook", "secret_file", \.webhook.secretFile),

        .text("dashboard", "theme", expected: "the name of a theme", \.dashboard.theme) {
            !$0.isEmpty && !$0.contains("/") && !$0.hasPrefix(".")
        },
        .boolean("dashboard", "mouse", \.dashboard.mouse),
        .boolean("dashboard", "bell", \.dashboard.bell),
        .boolean("dashboard", "title", \.dashboard.title),
        .boolean("dashboard", "ascii", \.dashboard.ascii),
        .choice("dashboard", "pictures", \.dashboard.pictures),
        .text("dashboard", "quiet_hours", expected: "\"HH:MM-HH:MM\", or \"\"", \.dashboard.quietHours) {
            $0.isEmpty || DailyHours($0) != nil
        },

        .choice("log", "level", \.log.level),
        .file("log", "file", \.log.file),
        .whole("log", "max_mib", 1...65_536, unit: "MiB", \.log.maxMebibytes),
        .whole("log", "kept_files", 0...1000, unit: "files", \.log.keptFiles),
    ]
}

extension Setting {
    /// Keys of earlier versions that mean nothing any more: a file that has them is right still.
    static let retired: Set<String> = ["alerts.cool_down_s"]
}

/// `http://` or `https://`, a host, perhaps a port and a path; neither query nor fragment nor user name.
private func isPublicURL(_ text: String) -> Bool {
    guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return false }
    let rest = text.utf8.dropFirst(scheme.utf8.count)
    guard let first = rest.first, first != UInt8(ascii: "/"),
        rest.allSatisfy({ $0 > 32 && $0 < 127 && !"?#@\"<>\\".utf8.contains($0) })
    else { return false }
    do { _ = try WebAddress.parse(text) } catch { return false }
    return true
}
