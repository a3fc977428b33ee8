import HTTPTypes

/// What a browser says of the place from which it asks (W3C, Fetch Metadata Request Headers). A page cannot forge these
/// fields; other programs and old browsers leave them out, and then nothing is known.
struct BrowserContext: Equatable, Sendable {
    private let destination: String?
    private let mode: String?
    private let site: String?
    private let origin: String?
    /// Asked for before anybody wants to see it.
    private let isAheadOfTime: Bool

    init(_ headers: HTTPFields) {
        destination = headers[.secFetchDest]
        mode = headers[.secFetchMode]
        site = headers[.secFetchSite]
        origin = headers[.origin]
        isAheadOfTime = headers[.secPurpose] != nil || headers[.purpose] != nil || headers[.xMoz] != nil
    }

    /// False for what another page loads: an image, a frame, a script, a prefetch.
    var isPageOfItsOwn: Bool {
        !isAheadOfTime && destination ?? "document" == "document" && mode ?? "navigate" == "navigate"
    }

    /// True for a form or script of another site that is not listed.
    func isForeignPage(allowing origins: Set<String>) -> Bool {
        guard let site, site != "same-origin", site != "none" else { return false }
        return !(origin.map(origins.contains) ?? false)
    }
}

extension HTTPField.Name {
    static let secFetchDest = HTTPField.Name("Sec-Fetch-Dest")!
    static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode")!
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let secPurpose = HTTPField.Name("Sec-Purpose")!
    /// What browsers from before `Sec-Purpose` send.
    static let purpose = HTTPField.Name("Purpose")!
    static let xMoz = HTTPField.Name("X-Moz")!
}
