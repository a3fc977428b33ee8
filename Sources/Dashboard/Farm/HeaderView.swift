internal import Farm

extension ContextReader {
    /// The top line: where we are, how many printers are in which state, and what the serving process does.
    /// - Parameter filtered: the printers that a filter leaves; nil while all are shown.
    func drawHeader(in rect: Rect, filtered: FilteredPrinters? = nil, canvas: inout Canvas) {
        var left = Segments()
        left.add("FARM", .title, priority: 100)
        let tally = filtered?.tally ?? tally
        left.add(CellText(untrusted: headerCount(filtered)), .header, priority: 90)
        for (place, headline) in Headline.all.enumerated() {
            let count = tally.count(headline)
            guard count > 0 else { continue }
            left.add(
                CellText(untrusted: "\(count) \(headline.counted)"), headline.role,
                priority: place < Headline.troubles ? 80 : headline == .machine(.printing) ? 70 : 30 - place)
        }
        // The line below has it while nothing is wrong.
        if !tally.alerting.isEmpty, let next = nextToFinish(1) {
            left.add(CellText(untrusted: "next \(next)"), .dim, priority: 5)
        }
        var right = serviceSegments
        // The states of printers come before what the service says of itself, but the address stays readable.
        right.fit(max(rect.columns * 3 / 8, rect.columns - left.width - 4))
        left.fit(max(10, rect.columns - right.width - 4))
        left.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn, in: &canvas)
        if right.width + left.width + 3 <= rect.columns {
            right.draw(row: rect.row, column: rect.endColumn - right.width - 1, in: &canvas)
        }
    }

    /// The API's address and rate, the detector, and the clock, which runs only while something prints.
    var serviceSegments: Segments {
        var parts = Segments()
        let status = farm.status
        if let address = status.address {
            parts.add(CellText(untrusted: "api \(Self.host(address))"), .header, priority: 60)
            if !options.isRemote {
                parts.add(
                    CellText(untrusted: "\(Numerals.fixed(status.requestsPerSecond, 1)) req/s"), .dim, priority: 40)
            }
        } else if case .live = link {
            parts.add("api off", .warning, priority: 60)
        }
        if status.load.queuedFrames > 0 {
            parts.add(CellText(untrusted: "queue \(status.load.queuedFrames)"), .dim, priority: 35)
        }
        if status.load.lastMilliseconds > 0 {
            parts.add(
                CellText(untrusted: "detector \(Numerals.fixed(status.load.lastMilliseconds, 0)) ms"), .dim,
                priority: 20)
        }
        if let webhook = status.webhook, webhook.isFailing {
            parts.add(CellText(untrusted: "webhook: \(webhook.pending) waiting"), .warning, priority: 55)
        }
        if let model = status.model { parts.add(CellText(untrusted: "model \(model.name)"), .dim, priority: 15) }
        if status.databaseDamage != nil {
            parts.add(CellText(untrusted: "! database damaged: \(keys.name(.area(.system)))"), .error, priority: 64)
        }
        if deadChannelWords != nil, context.area != .system {
            parts.add(CellText(untrusted: "! messages: \(keys.name(.area(.system)))"), .error, priority: 63)
        }
        for notice in context.notices {
            parts.add(CellText(untrusted: notice.text), notice.role, priority: notice.priority)
        }
        if options.isReadOnly { parts.add("read-only", .warning, priority: 50) }
        if isAnythingPrinting { parts.add(CellText(untrusted: local(now).hourMinute), .header, priority: 65) }
        return parts
    }

    /// How many printers there are; of a filtered list also how many are shown, which the sums behind it are of.
    private func headerCount(_ filtered: FilteredPrinters?) -> String {
        let all = count(farm.printers.count, "printer")
        return filtered.map { "\($0.words): \($0.count) of \(all)" } ?? all
    }

    /// An address without its scheme.
    static func host(_ address: String) -> String {
        guard let range = address.firstRange(of: "://") else { return address }
        return String(address[range.upperBound...])
    }
}

/// The part of the farm that the list shows, and its sums.
struct FilteredPrinters {
    var words: String
    var count: Int
    var tally: FarmTally

    /// Nil while nothing is filtered.
    init?(_ table: FarmTable, _ context: Context) {
        guard !table.filter.isEmpty else { return nil }
        words = table.filter.text
        count = table.rows.count
        tally = FarmTally(table.rows.map { context.farm.printers[$0] }, now: context.now)
    }
}
