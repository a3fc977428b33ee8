import Farm
import WireSchema

/// What is read of answers that have no table of fields.
enum Received {
    /// An access token (RFC 6749 §5.1).
    struct Token: WireReadable {
        var accessToken: String
        var scope: String?

        init(reading source: any WireSource) throws {
            accessToken = try source.required("access_token", source.text("access_token"))
            scope = try source.text("scope")
        }
    }

    /// Why there is no token (RFC 6749 §5.2).
    struct TokenRefusal: WireReadable {
        var reason: String

        init(reading source: any WireSource) throws {
            let error = try source.required("error", source.text("error"))
            reason = try source.text("error_description") ?? error
        }
    }

    /// A frame's statistics, as the list of a print's frames has them.
    struct StoredPrediction: WireReadable {
        var fields: ToldPrediction

        init(reading source: any WireSource) throws {
            fields = try ToldPrediction(reading: source.required("fields", source.object("fields")))
        }
    }

    struct MachineFile: WireReadable {
        var file: RemoteFile

        init(reading source: any WireSource) throws {
            file = RemoteFile(
                path: try source.required("path", source.text("path")),
                name: try source.required("name", source.text("name")), size: try source.whole("size"),
                modifiedAt: try source.time("modified_at"), estimate: try source.number("estimate_s"),
                filamentType: try source.text("filament_type"))
        }
    }

    struct Removed: WireReadable {
        var printer: PrinterID

        init(reading source: any WireSource) throws {
            printer = PrinterID(try source.required("printer", source.whole("printer")))
        }
    }

    struct Version: WireReadable {
        var version: String

        init(reading source: any WireSource) throws {
            version = try source.required("version", source.text("version"))
        }
    }

    struct Service: WireReadable {
        /// Nil from a farm that does not tell.
        var isDatabaseDamaged: Bool?

        init(reading source: any WireSource) throws { isDatabaseDamaged = try source.flag("database_damaged") }
    }

    struct PrinterChange: WireReadable {
        var succeeded: Bool

        init(reading source: any WireSource) throws {
            succeeded = try source.required("succeeded", source.flag("succeeded"))
        }
    }

    /// An object that nobody reads.
    struct Nothing: WireReadable {
        init(reading source: any WireSource) {}
    }
}
