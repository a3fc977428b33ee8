import Farm

extension FieldReader {
    /// The query of an address, read like a form.
    init(query target: RequestTarget) throws(APIError) {
        self.init(RequestFields(try target.parameters()))
    }

    /// `timezone`, UTC when absent.
    mutating func calendar() -> FarmCalendar? {
        let name = text("timezone", limit: 64, isRequired: false, numbersAsText: true) ?? "UTC"
        if let calendar = FarmCalendar(zone: name) { return calendar }
        fail("timezone", "\"\(name)\" is not a valid time zone.")
        return nil
    }

    /// Where a day begins, so many days later.
    mutating func day(_ name: String, plusDays: Int = 0, _ calendar: FarmCalendar?) -> Timestamp? {
        guard let day = text(name, limit: 32, isRequired: false, numbersAsText: true), let calendar else { return nil }
        if let start = calendar.start(of: day, plusDays: plusDays) { return start }
        fail(name, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
        return nil
    }

    /// `start` and `limit` of a page.
    mutating func page(defaultLimit: Int64 = 12) -> (start: Int, limit: Int) {
        let start = integer("start", atLeast: 0, atMost: 1 << 53) ?? 0
        let limit = integer("limit", atLeast: 0) ?? defaultLimit
        return (Int(start), Int(min(limit, 1000)))
    }

    /// Every value of a repeated parameter, `name[]`; nil when absent.
    mutating func choices<Choice: RawRepresentable<String>>(_ name: String, _: Choice.Type) -> [Choice]? {
        guard let texts = allTexts("\(name)[]") ?? allTexts(name) else { return nil }
        return texts.flatMap { text in
            if let choice = Choice(rawValue: text) { return [choice] }
            fail(name, "\"\(text)\" is not a valid choice.")
            return []
        }
    }
}
