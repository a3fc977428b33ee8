import Farm
import WireSchema

/// What a remote dashboard reads beside the objects that have tables of fields. Names of members as on the wire.
enum Wire {
    /// A frame's statistics, as the list of a print's frames has them.
    struct StoredPrediction: Decodable { var fields: Told<ToldPrediction> }

    struct MachineFile: Decodable {
        var path: String
        var name: String
        var size: Int64?
        var modified_at: String?
        var estimate_s: Double?
        var filament_type: String?

        var value: RemoteFile {
            RemoteFile(
                path: path, name: name, size: size, modifiedAt: modified_at.flatMap(Timestamp.init(rfc3339:)),
                estimate: estimate_s, filamentType: filament_type)
        }
    }

    struct Removed: Decodable { var printer: Int64 }
    struct Version: Decodable { var version: String }
    struct Service: Decodable { var database_damaged: Bool? }
    struct PrinterChange: Decodable { var succeeded: Bool }
    struct Token: Decodable {
        var access_token: String
        var scope: String?
    }
    /// An answer that nobody reads, or an empty one.
    struct Nothing: Decodable {
        init() {}
        init(from decoder: any Decoder) {}
    }
}
