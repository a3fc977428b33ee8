import Text

/// One thing that `farmtop doctor` looked at.
struct Finding: Equatable, Sendable {
    enum Verdict: String, Comparable, Sendable {
        case ok, warn, fail

        static func < (a: Self, b: Self) -> Bool { a.exitCode < b.exitCode }
        var exitCode: Int32 {
            switch self {
            case .ok: 0
            case .warn: 1
            case .fail: 2
            }
        }
    }

    /// What was looked at: "database".
    var check: String
    var verdict: Verdict
    /// What is the case.
    var what: String
    /// What to do; nil when there is nothing to do.
    var next: String?

    static func ok(_ check: String, _ what: String) -> Finding {
        Finding(check: check, verdict: .ok, what: what, next: nil)
    }
    static func warn(_ check: String, _ what: String, next: String) -> Finding {
        Finding(check: check, verdict: .warn, what: what, next: next)
    }
    static func fail(_ check: String, _ what: String, next: String) -> Finding {
        Finding(check: check, verdict: .fail, what: what, next: next)
    }

    /// An error's message, which says what to do itself.
    static func fail(_ check: String, _ error: any Error) -> Finding {
        let message = CommandFailure(error)?.message ?? "\(error)"
        return Finding(check: check, verdict: .fail, what: message, next: nil)
    }
}

extension Listing {
    init(findings: [Finding]) {
        let width = findings.map { displayWidth($0.check) }.max() ?? 0
        text = findings.map { finding in
            let verdict = finding.verdict.rawValue.padded(to: 4)
            let lines = finding.what.split(separator: "\n").map { printable(String($0)) }
            let margin = String(repeating: " ", count: width + 8)
            return "\(verdict)  \(finding.check.padded(to: width))  "
                + (lines + (finding.next.map { ["next: " + printable($0)] } ?? [])).joined(separator: "\n" + margin)
        }.joined(separator: "\n")
        let worst = findings.map(\.verdict).max() ?? .ok
        json = .object([
            ("verdict", .string(worst.rawValue)),
            (
                "findings",
                .list(
                    findings.map { finding in
                        .object([
                            ("check", .string(finding.check)), ("verdict", .string(finding.verdict.rawValue)),
                            ("what", .string(finding.what)), ("next", JSONText(finding.next)),
                        ])
                    })
            ),
        ])
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
