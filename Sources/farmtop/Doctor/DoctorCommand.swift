import ArgumentParser
import Farm
import FarmConfiguration
import Text

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at everything the farm stands on, and say what to do.",
        discussion: """
            Changes nothing; may run beside a farmtop that is in use. Exit code 0 when all is well, 1 when something wants
            attention, 2 when something does not work.
            """)
    @Option(
        name: .customLong("backup"), parsing: .singleValue,
        help: ArgumentHelp("Also check this backup, every byte of it; may be repeated.", valueName: "file"))
    var backups: [String] = []
    @OptionGroup var options: CommonOptions

    func run() async throws {
        var findings = await Doctor(options: options, now: Timestamp.systemClock()).examine()
        findings += backups.map { BackupCheckup(path: absolute($0)).finding() }
        try Listing(findings: findings).show(asJSON: options.isJSON)
        let worst = findings.map(\.verdict).max() ?? .ok
        if worst != .ok { throw ExitCode(worst.exitCode) }
    }
}

/// Goes from the configuration to what it names. Each check stands on its own: one that fails hides no other.
struct Doctor {
    let options: CommonOptions
    let now: Timestamp

    func examine() async -> [Finding] {
        let (settings, configuration) = options.examined()
        guard let settings else { return [configuration] }
        var findings = [configuration]
        let path: String
        do throws(ConfigurationError) {
            path = try settings.dataFolder()
        } catch {
            return findings + [.fail("data folder", error)]
        }
        findings += SecretsCheckup(settings: settings).findings()
        let folder = FolderCheckup(path: path)
        findings += folder.findings()
        let holder = await HolderCheckup(path: path).run()
        findings += holder.findings
        findings += DatabaseCheckup(path: path, now: now, isHeld: holder.isHeld).findings()
        findings.append(ModelCheckup(settings: settings).finding())
        findings.append(
            ListenCheckup(
                address: settings.configuration.server.listen, listening: holder.address,
                hasTLS: !settings.configuration.server.tlsCertificate.isEmpty
            ).finding())
        for remark in settings.linkRemarks {
            findings.append(.warn("links", remark, next: "Set server.public_url in the configuration."))
        }
        if let remark = holder.startedAt.flatMap(settings.changedRemark) {
            findings.append(.warn("configuration", remark, next: Settings.changedRemedy))
        }
        for problem in settings.problemsOfChannels() {
            findings.append(.fail("notify", problem.message, next: "Put it right, or remove the [[notify]] table."))
        }
        for remark in RuleCheckup(settings: settings).remarks() {
            findings.append(.warn("notify", remark, next: MissingNames.remedy))
        }
        for channel in holder.channels {
            guard let words = channel.deadWords(at: now) else { continue }
            findings.append(.warn("notify", words, next: "farmtop notify test \(shellWord(channel.name))"))
        }
        for problem in settings.problemsOutside() where problem.key.hasPrefix("dashboard.") {
            findings.append(.warn("theme", problem.message, next: "Set another one: theme in [dashboard]."))
        }
        findings.append(LogCheckup(settings: settings).finding())
        return findings
    }
}

extension CommonOptions {
    /// The settings and what is to be said of them; with a faulty file, those that hold without it.
    fileprivate func examined() -> (Settings?, Finding) {
        do throws(ConfigurationError) {
            let settings = try settings()
            return (
                settings,
                .ok(
                    "configuration",
                    settings.configFile.map { "\($0) is valid." }
                        ?? "There is no file; every setting is at its default.")
            )
        } catch {
            let finding = Finding.fail(
                "configuration", error.description,
                next: "Fix it (farmtop config check names each fault). The rest is checked without it.")
            do throws(ConfigurationError) {
                return (try settingsWithoutFile(), finding)
            } catch {
                return (nil, finding)
            }
        }
    }
}
