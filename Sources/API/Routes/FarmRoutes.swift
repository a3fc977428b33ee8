import Farm
import FarmService
import Hummingbird
import Text

/// What the routes work with, and the tables of them.
struct FarmRoutes: Sendable {
    let service: FarmService
    let encoded: EncodedPrinters
    let pictures: PictureAddresses
    let holder: HolderDescription
    let tagged: TaggedPictures
    let streams = StreamCounts()
    let journal = EventJournal()
    let meter = RequestMeter()
    let connections = ConnectionFigures()
    /// Nil where that is not known.
    let storageFigures: @Sendable () -> StorageFigures?
    /// In place of the farm's address in what is written for every stream; nil where that address is known.
    var linkMark: String?
    /// Free bytes of the disk that a folder is on; nil where that is not known.
    let freeBytes: @Sendable (_ folder: String) -> Int64?
    let bytesInFlight: BytesInFlight
    let printersPerAccount: Int
    let crossOrigin: CrossOrigin
    /// How long a browser that waits for consent is left without an answer.
    let consentHold: Duration
    let now: @Sendable () -> Timestamp
    let answers: AnswerDesk

    /// The API, on every listener.
    var all: [Route] {
        let described =
            serviceRoutes + tokenRoutes + authorizationRoutes + printerRoutes + machineRoutes + printRoutes
            + eventRoutes + streamRoutes
            + pictureRoutes + answerRoutes
        let description = OpenAPIDocument(routes: described, version: holder.version).json
        return described + [
            .get("/openapi.json", "Describes the API (OpenAPI 3.1).", access: .open) { _ in
                .json(encoded: description)
            },
            .get("/", "Describes this server to a browser.", access: .open) { [pictures] _ in
                HomePage.page(base: pictures.publicURL).response()
            },
        ]
    }

    /// What only the control socket serves beside it.
    var control: [Route] { controlRoutes }

    /// `{"succeeded": …, "printer": Printer}`
    func changed(_ live: LivePrinter, succeeded: Bool = true) -> Response {
        .json { json in
            json.object { json in
                json.member("succeeded", succeeded)
                json.member("printer") { $0.encoded(encoded.json(live)) }
            }
        }
    }

    func changed(_ change: PrinterChange) -> Response { changed(change.live, succeeded: change.succeeded) }
}
