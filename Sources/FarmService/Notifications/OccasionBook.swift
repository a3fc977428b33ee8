import Farm
internal import HashTreeCollections

/// What there is to tell, found by its id and by its print: a switch that dies opens one for each of many prints, and each looks for
/// those of its own.
struct OccasionBook: Sendable, Equatable {
    private var byID: TreeDictionary<OccasionID, Occasion> = [:]
    private var ofPrints: TreeDictionary<PrintID, Set<OccasionID>> = [:]
    /// Oldest first; kept, as all of them are looked at in this order once a second.
    private var order: [Place] = []

    private struct Place: Comparable {
        var openedAt: SteadyTime
        var id: OccasionID

        init(_ occasion: Occasion) { (openedAt, id) = (occasion.openedSteady, occasion.id) }

        static func < (a: Place, b: Place) -> Bool { (a.openedAt, a.id.rawValue) < (b.openedAt, b.id.rawValue) }
    }

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
            let known = byID[id]
            let (before, after) = (known?.printID, newValue?.printID)
            if let before, before != after {
                let others = ofPrints[before]?.subtracting([id]) ?? []
                ofPrints[before] = others.isEmpty ? nil : others
            }
            if let after, before != after { ofPrints[after, default: []].insert(id) }
            if known?.openedSteady != newValue?.openedSteady {
                if let known { order.remove(at: index(of: Place(known))) }
                if let newValue { order.insert(Place(newValue), at: index(of: Place(newValue))) }
            }
            byID[id] = newValue
        }
    }

    /// Where it is, or belongs: behind all that are older.
    private func index(of place: Place) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if order[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Those of one print, oldest first.
    func of(_ print: PrintID) -> [Occasion] {
        (ofPrints[print] ?? []).compactMap { byID[$0] }.sorted { Place($0) < Place($1) }
    }

    /// All of them, oldest first.
    var sorted: [Occasion] { order.compactMap { byID[$0.id] } }
}
