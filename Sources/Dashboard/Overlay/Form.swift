internal import Farm

/// Questions asked together. Enter saves, Esc leaves, Tab and the arrows move, Space and the arrows choose.
struct Form: DashboardOverlay, Equatable {
    enum Purpose: Equatable, Sendable {
        case newPrinter
        case editPrinter(PrinterID)
        case newClient
        case editClient(String)
    }
    enum Value: Equatable, Sendable {
        case text(TextField)
        case choice([String], Int)
    }
    struct Field: Equatable, Sendable {
        var label: String
        var value: Value
        /// What the field takes; shown while it has the focus.
        var hint: String
        var fault: String?

        var text: String {
            switch value {
            case .text(let field): field.text
            case .choice(let choices, let index): choices[index]
            }
        }
        /// Position of the choice; 0 for text.
        var index: Int {
            if case .choice(_, let index) = value { index } else { 0 }
        }
    }
    var purpose: Purpose
    var title: String
    var fields: [Field]
    var focus = 0

    enum Outcome: Equatable { case stays, left, saved }

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch handle(key) {
        case .stays: []
        case .left: [.close]
        case .saved: saved(context)
        }
    }

    mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .escape, .control("c"): return .left
        case .enter, .control("s"): return .saved
        case .tab, .down: focus = (focus + 1) % fields.count
        case .backTab, .up: focus = (focus + fields.count - 1) % fields.count
        default: edit(key)
        }
        return .stays
    }

    mutating func paste(_ text: String) -> [DashboardRequest] {
        guard case .text(var field) = fields[focus].value else { return [] }
        field.paste(text)
        fields[focus].value = .text(field)
        fields[focus].fault = nil
        return []
    }

    /// Puts the insertion point where the text was clicked. The first click goes to a choice; once there, clicks step through it.
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        switch target {
        case .key(let key): return handle(key, in: context)
        case .text(let field, let first, let columns):
            focus = field
            guard case .text(var text) = fields[field].value else { break }
            text.moveCursor(after: columns, from: first)
            fields[field].value = .text(text)
        case .choice(let field, let step):
            if focus == field { _ = handle(step < 0 ? .left : .right) }
            focus = field
        case .line, .point, .panel: break
        }
        return []
    }

    private mutating func edit(_ key: Key) {
        switch fields[focus].value {
        case .text(var field):
            if field.handle(key) { fields[focus].fault = nil }
            fields[focus].value = .text(field)
        case .choice(let choices, let index):
            switch key {
            case .right, .character(" "), .character("l"):
                fields[focus].value = .choice(choices, (index + 1) % choices.count)
            case .left, .character("h"):
                fields[focus].value = .choice(choices, (index + choices.count - 1) % choices.count)
            default: break
            }
        }
    }

    /// - Returns: whether every field is as it should be; the first faulty one gets the focus.
    mutating func check(_ faults: [Int: String]) -> Bool {
        for index in fields.indices { fields[index].fault = faults[index] }
        guard let first = faults.keys.min() else { return true }
        focus = first
        return false
    }
}
