import Dashboard
import Foundation
import TestSupport
import Testing

/// Compares a screen with the one kept as plain text. `FARMTOP_WRITE_GOLDEN=1` writes what is drawn instead: read
/// the difference before it is committed.
enum GoldenScreen {
    static func expect(_ grid: Grid, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = TestFiles.inTests("DashboardTests/Golden/\(name).txt")
        if ProcessInfo.processInfo.environment["FARMTOP_WRITE_GOLDEN"] != nil {
            try grid.text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        guard kept != grid.text else { return }
        Issue.record(
            Comment(
                rawValue: "\(name) differs: kept | drawn\n" + sideBySide(kept, grid.text, columns: grid.size.columns)),
            sourceLocation: sourceLocation)
    }

    /// Both screens, line by line, with a sign where they differ.
    static func sideBySide(_ left: String, _ right: String, columns: Int) -> String {
        let a = left.split(separator: "\n", omittingEmptySubsequences: false)
        let b = right.split(separator: "\n", omittingEmptySubsequences: false)
        return (0..<max(a.count, b.count)).map { index in
            let l = index < a.count ? String(a[index]) : ""
            let r = index < b.count ? String(b[index]) : ""
            return l + String(repeating: " ", count: max(0, columns - l.count)) + (l == r ? " | " : " ≠ ") + r
        }.joined(separator: "\n")
    }
}
