/// Which parts of a picture in several scans have arrived.
struct ScanCoverage: Equatable {
    /// One scan, read to its end or to where its data stopped.
    struct Scan: Equatable {
        /// A bit for each colour component.
        var components: UInt32
        var firstCoefficient = 0
        /// The scan refines coefficients that an earlier one brought.
        var isRefinement = false
        /// Rows of pixels before the data stopped; nil when it did not.
        var rowsBeforeCut: Int?
    }

    let height: Int
    /// Rows of pixels of each component; all when its first scan of DC coefficients was whole.
    private var rows: [Int]

    init(components: Int, height: Int) {
        self.height = height
        rows = Array(repeating: 0, count: components)
    }

    mutating func add(_ scan: Scan) {
        guard scan.firstCoefficient == 0, !scan.isRefinement else { return }
        for component in rows.indices where scan.components >> UInt32(component) & 1 == 1 {
            rows[component] = max(rows[component], min(height, scan.rowsBeforeCut ?? height))
        }
    }

    /// Rows that every component has.
    var wholeRows: Int { rows.min() ?? 0 }
}
