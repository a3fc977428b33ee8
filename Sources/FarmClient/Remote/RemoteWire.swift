import Farm
import WireSchema

/// What a remote dashboard reads beside the objects that have tables of fields. Names of members as on the wire.
enum Wire {
    /// A frame's statistics, as the list of a print's frames has them.
    struct StoredPrediction: Decodable { var fields: Told<ToldPrediction> }

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
