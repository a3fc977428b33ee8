public import Farm

/// An event as the API tells it.
public struct ToldEvent: WireObject {
    /// As it is stored.
    public var event: FarmEvent
    /// The address of the picture that it is about.
    public var imageURL: String?

    public init(_ event: FarmEvent, imageURL: String?) {
        self.event = event
        self.imageURL = imageURL
    }

    public static let schemaName = "Event"
    public static var blank: Self {
        ToldEvent(
            FarmEvent(
                id: 0, kind: .started, severity: .info, title: "", text: "", createdAt: Timestamp(microseconds: 0),
                accountID: 0, printerID: 0, printID: nil), imageURL: nil)
    }

    public static let fields: WireTable<Self> = [
        .id("id", { $0.event.id }, { $0.event.id = $1 }),
        .choice("event_type", { $0.event.kind }, { $0.event.kind = $1 }, kind: .text),
        .choice("event_class", { $0.event.severity }, { $0.event.severity = $1 }, kind: .text),
        .text("event_title", { $0.event.title }, { $0.event.title = $1 }),
        .text("event_text", { $0.event.text }, { $0.event.text = $1 }),
        .actor,
        .optionalText("image_url") { $0.imageURL },
        .null("info_url"),
        .time("created_at", { $0.event.createdAt }, { $0.event.createdAt = $1 }),
        .optionalID("print", { $0.event.printID }, { $0.event.printID = $1 }),
        .id("printer", { $0.event.printerID }, { $0.event.printerID = $1 }),
    ]
}

extension WireField<ToldEvent> {
    fileprivate static var actor: WireField {
        .group(
            "actor", schema: "Actor",
            [.text("kind") { $0.event.actor.kind }, .optionalText("name") { $0.event.actor.name }]
        ) { told, source in
            let actor = try source.required("actor", source.object("actor"))
            let kind = try source.required("actor.kind", actor.text("kind"))
            // A newer farm may know kinds that are unknown here.
            told.event.actor = EventActor(kind: kind, name: try actor.text("name")) ?? .farmtop
        }
    }
}
