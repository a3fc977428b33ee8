import Farm
internal import HashTreeCollections

/// What there is to tell, found by its id and by its print: a switch that dies opens one for each of many prints, and each looks for
/// those of its own.
struct OccasionBook: Sendable, Equatable {
    private var byID: TreeDictionary<OccasionID, Occasion> = [:]
    private var ofPrints: TreeDictionary<PrintID, Set<OccasionID>> = [:]

    init() {}

    /// - Parameter occasions: of one id the first counts.
    init(_ occasions: [Occasion]) {
        for occasion in occasions where byID[occasion.id] == nil { self[occasion.id] = occasion }
    }

    var isEmpty: Bool { byID.isEmpty }

    /// Setting nil forgets it.
    subscript(id: OccasionID) -> Occasion? {
        get { byID[id] }
        set {
            let (before, after) = (byID[id]?.printID, newValue?.printID)
            if let before, before != after {
                let others = ofPrints[before]?.subtracting([id]) ?? []
                ofPrints[before] = others.isEmpty ? nil : others
            }
            if let after, before != after { ofPrints[after, default: []].insert(id) }
            byID[id] = newValue
        }
    }

    /// Those of one print, oldest first.
    func of(_ print: PrintID) -> [Occasion] {
        (ofPrints[print] ?? []).compactMap { byID[$0] }.sorted(by: Self.isOlder)
    }

    /// All of them, oldest first.
    var sorted: [Occasion] { byID.values.sorted(by: Self.isOlder) }

    private static func isOlder(_ a: Occasion, _ b: Occasion) -> Bool {
        (a.openedSteady, a.id.rawValue) < (b.openedSteady, b.id.rawValue)
    }
}
