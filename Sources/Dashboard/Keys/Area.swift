/// Names an area. The areas themselves are in `Areas.all`.
struct Area: Hashable, Sendable {
    /// In the line of areas and behind `:`.
    let name: String

    var title: String { name.uppercased() }
}

/// Where a key is pressed: an area, or a page that is open over one.
struct Place: Hashable, Sendable {
    /// In the documentation.
    let name: String
    /// Behind "does nothing here": an area by its key, a page in words.
    let area: Area?

    init(_ name: String, area: Area? = nil) {
        self.name = name
        self.area = area
    }

    func words(_ keys: KeyMap) -> String { area.map { "in \(keys.name(.area($0))) \($0.name)" } ?? "on \(name)" }

    static let printer = Place("a printer's page")
    static let print = Place("a print's page")
}

/// In which places a key means something.
struct Places: Equatable, Sendable, ExpressibleByArrayLiteral {
    /// Nil: everywhere.
    private(set) var places: [Place]?

    init(_ place: Place) { places = [place] }
    private init(places: [Place]?) { self.places = places }
    init(arrayLiteral elements: Places...) { places = elements.flatMap { $0.places ?? [] } }

    func contains(_ place: Place) -> Bool { places?.contains(place) ?? true }
    func meets(_ other: Places) -> Bool { places.map { $0.contains(where: other.contains) } ?? true }

    static let farm = Places(.farm)
    /// The list of printers, and a printer's page.
    static let printers: Places = [farm, Places(.printer)]
    static let history = Places(.history)
    /// The list of prints, and a print's page.
    static let prints: Places = [history, Places(.print)]
    static let pages: Places = [Places(.printer), Places(.print)]
    static let oauth = Places(.oauth)
    static let log = Places(.log)
    static let everywhere = Places(places: nil)
}
