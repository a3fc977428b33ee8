import Farm
import FarmConfiguration
import Notifier
import Storage

/// Whether the printers and tags that channels name are there: a rule that names nobody is silent for ever.
struct RuleCheckup {
    let settings: Settings

    /// A sentence for each channel whose rule names what the farm does not have; none where there is no farm yet, or its database
    /// cannot be read, which other checks say.
    func remarks() -> [String] {
        let rules = settings.configuration.notify.map(\.channel.rule).filter(\.isSelective)
        guard !rules.isEmpty, let names else { return [] }
        return rules.compactMap { rule in
            MissingNames(rule, in: names).map { "Channel \(rule.channel): \($0.words)." }
        }
    }

    private var names: PrinterNames? {
        guard let path = try? settings.dataFolder(), let folder = try? DataFolder(existing: path),
            let database = try? DatabaseInspection(folder)
        else { return nil }
        return try? database.printerNames()
    }
}
