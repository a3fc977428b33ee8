internal import Farm

/// Which printers are shown: words that must all hold. `text` is looked for in the name, the file and the account;
/// `!text` must not be there; `#rack-a` or `group:rack-a` for a group, or the beginning of its name; `state:failing`, `account:lab`, `file:gear`; `p>40`, `p<10` in percent, or `p>0.4`.
struct PrinterFilter: Equatable, Sendable {
    private enum Term: Equatable, Sendable {
        case text(String)
        case state(String)
        case account(String)
        case file(String)
        case group(String)
        /// Every group whose name begins so: none has the very name.
        case groupsFrom(String)
        case above(Double)
        case below(Double)
    }
    let text: String
    private var terms: [(term: Term, isWanted: Bool)]

    init(_ text: String = "") {
        self.text = text
        terms = text.lowercased().split(separator: " ").compactMap { word in
            let isWanted = !word.hasPrefix("!")
            let body = String(isWanted ? word : word.dropFirst())
            return body.isEmpty ? nil : (Self.term(body), isWanted)
        }
    }

    static func == (a: Self, b: Self) -> Bool { a.text == b.text }

    var isEmpty: Bool { terms.isEmpty }

    private static func term(_ word: String) -> Term {
        if let value = number(word, after: "p>") { return .above(value) }
        if let value = number(word, after: "p<") { return .below(value) }
        for (prefix, make) in [
            ("state:", Term.state), ("account:", Term.account), ("file:", Term.file), ("group:", Term.group),
            ("#", Term.group),
        ] where word.hasPrefix(prefix) {
            return make(String(word.dropFirst(prefix.count)))
        }
        return .text(word)
    }

    private static func number(_ word: String, after prefix: String) -> Double? {
        guard word.hasPrefix(prefix) else { return nil }
        let digits = word.dropFirst(prefix.count)
        let isPercent = digits.hasSuffix("%")
        guard let value = Double(isPercent ? digits.dropLast() : digits) else { return nil }
        return isPercent || value > 1 ? value / 100 : value
    }

    /// A group that is not there stands for all whose names begin so, as while it is typed. A group that is there is never more
    /// than itself: `#rack-1` is not `#rack-10`.
    func resolved(_ printers: [PrinterSnapshot]) -> PrinterFilter {
        var next = self
        for (index, entry) in terms.enumerated() {
            guard case .group(let word) = entry.term, !word.isEmpty,
                !printers.contains(where: { $0.printer.settings.tags.contains(word) })
            else { continue }
            next.terms[index].term = .groupsFrom(word)
        }
        return next
    }

    func matches(_ snapshot: PrinterSnapshot) -> Bool {
        terms.allSatisfy { matches(snapshot, $0.term) == $0.isWanted }
    }

    private func matches(_ snapshot: PrinterSnapshot, _ term: Term) -> Bool {
        switch term {
        case .text(let word):
            snapshot.printer.settings.name.lowercased().contains(word)
                || snapshot.print?.filename.lowercased().contains(word) == true
                || snapshot.accountName.lowercased().contains(word)
        case .state(let word):
            [snapshot.machineWord.rawValue, snapshot.cameraWord.description].contains {
                $0.lowercased().hasPrefix(word)
            }
        case .account(let word): snapshot.accountName.lowercased().contains(word)
        case .group(let word):
            word.isEmpty
                ? !snapshot.printer.settings.tags.isEmpty
                : snapshot.printer.settings.tags.contains(word)
        case .groupsFrom(let word): snapshot.printer.settings.tags.all.contains { $0.hasPrefix(word) }
        case .file(let word): snapshot.print?.filename.lowercased().contains(word) == true
        case .above(let value): snapshot.shownProbability.map { $0 > value } ?? false
        case .below(let value): snapshot.shownProbability.map { $0 < value } ?? false
        }
    }
}
