public import Farm

extension BedStatus: WireObject {
    public static let schemaName = "Bed"
    public static var blank: Self { BedStatus() }

    public static let fields: WireTable<Self> = [
        .choice("state", { $0.finding.state }, { $0.finding.state = $1 }),
        .optionalChoice("reason", { $0.finding.doubt }, { $0.finding.doubt = $1 }),
        .whole("differences", { Int64($0.finding.differences.count) }),
        .optionalTime("checked_at", { $0.checkedAt }, { $0.checkedAt = $1 }),
        .whole("kept", { Int64($0.kept) }, { $0.kept = Int(clamping: $1) }),
        .optionalTime("kept_at", { $0.keptAt }, { $0.keptAt = $1 }),
    ]
}

extension WireField<ToldPrinter> {
    /// Absent is a farm from before.
    static var bed: WireField {
        WireField(
            "bed", .object(BedStatus.schemaName), write: { told, json in json.object(told.snapshot.bed) },
            read: { told, source in
                guard let source = try source.object("bed") else { return }
                told.snapshot.bed = try BedStatus(reading: source)
            })
    }
}
