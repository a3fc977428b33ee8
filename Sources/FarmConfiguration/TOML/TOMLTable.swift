/// A table while it is read: what may still be added to it depends on how it came to be (TOML 1.0, "Table").
final class TOMLTable {
    enum Origin {
        /// Part of the name of another table, as `a` of `[a.b]`; may get its own header once.
        case implied
        /// By its own header.
        case header
        /// By a key with dots; more such keys may add to it.
        case dotted
        /// In braces: complete where they close.
        case inline
    }

    enum Member {
        case value(TOMLNode)
        case table(TOMLTable)
        /// The tables of `[[name]]`, never empty.
        case tables(TOMLTableList)
    }

    var origin: Origin
    private var members: [String: (member: Member, line: Int)] = [:]

    init(_ origin: Origin) { self.origin = origin }

    /// The table that a header goes through: of a list of tables the last one. Makes it where it is missing.
    /// - Returns: nil where the name is a value, or a table in braces.
    func descend(_ key: String, line: Int) -> TOMLTable? {
        switch members[key]?.member {
        case nil: return add(TOMLTable(.implied), key, line)
        case .table(let table): return table.origin == .inline ? nil : table
        case .tables(let list): return list.tables.last
        case .value: return nil
        }
    }

    /// `[key]`; nil where that would define something twice.
    func open(_ key: String, line: Int) -> TOMLTable? {
        switch members[key]?.member {
        case nil: return add(TOMLTable(.header), key, line)
        case .table(let table) where table.origin == .implied:
            table.origin = .header
            return table
        case .table, .tables, .value: return nil
        }
    }

    /// `[[key]]`; nil where the name is something else already.
    func append(_ key: String, line: Int) -> TOMLTable? {
        switch members[key]?.member {
        case nil:
            let list = TOMLTableList()
            members[key] = (.tables(list), line)
            return list.append(line: line)
        case .tables(let list): return list.append(line: line)
        case .table, .value: return nil
        }
    }

    /// A part of a key with dots, before the last one; nil where that would change a table of other origin.
    func extend(_ key: String, line: Int) -> TOMLTable? {
        switch members[key]?.member {
        case nil: return add(TOMLTable(.dotted), key, line)
        case .table(let table) where table.origin == .dotted || table.origin == .implied: return table
        case .table, .tables, .value: return nil
        }
    }

    /// False where the key has a value.
    func set(_ key: String, _ node: TOMLNode, line: Int) -> Bool {
        guard members[key] == nil else { return false }
        members[key] = (.value(node), line)
        return true
    }

    private func add(_ table: TOMLTable, _ key: String, _ line: Int) -> TOMLTable {
        members[key] = (.table(table), line)
        return table
    }

    /// Sorted by their keys.
    var entries: [TOMLEntry] {
        members.sorted { $0.key < $1.key }.map { key, found in
            switch found.member {
            case .value(let node): TOMLEntry(key: key, node: node, line: found.line)
            case .table(let table): TOMLEntry(key: key, node: .table(table.entries), line: found.line)
            case .tables(let list):
                TOMLEntry(
                    key: key, node: .array(list.tables.map { .table($0.entries) }), line: found.line,
                    headerLines: list.lines)
            }
        }
    }
}

/// The tables of one `[[name]]`, each with the line of its header.
final class TOMLTableList {
    private(set) var tables: [TOMLTable] = []
    private(set) var lines: [Int] = []

    func append(line: Int) -> TOMLTable {
        let table = TOMLTable(.header)
        tables.append(table)
        lines.append(line)
        return table
    }
}
