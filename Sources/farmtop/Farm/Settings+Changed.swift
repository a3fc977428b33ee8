import Farm
import FarmClient
import FarmConfiguration
import Foundation
import Storage
import Text

extension Settings {
    /// What an operator should know of a configuration that was changed while a farm runs: a farm reads it at its start.
    /// - Parameter start: of the farm that runs.
    /// - Returns: a sentence; nil without a file, and where it is older than the farm.
    func changedRemark(since start: Timestamp) -> String? {
        guard let configFile,
            let changed = try? FileManager.default.attributesOfItem(atPath: configFile)[.modificationDate] as? Date,
            changed.timeIntervalSince1970 > start.secondsSince1970
        else { return nil }
        return
            "\(printable(configFile)) was changed after the farm that runs was started, which goes by what it said then."
    }

    /// The same, of whichever farm runs in the data folder; nil where none does, or it does not answer.
    func changedRemark() async -> String? {
        guard let folder = try? DataFolder(existing: dataFolder()),
            let client = try? await ControlClient.connected(to: folder.controlSocket)
        else { return nil }
        let holder = try? await client.holder()
        await client.close()
        return holder.flatMap { changedRemark(since: $0.startedAt) }
    }

    /// What to do about it.
    static let changedRemedy = "Start farmtop again, then what it says now holds."
}
