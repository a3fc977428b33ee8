extension Key {
    /// A key by the name that the bar gives it.
    init?(name: String) {
        switch name {
        case "enter": self = .enter
        case "esc": self = .escape
        case "tab": self = .tab
        case "space": self = .character(" ")
        case "^space": self = .control(" ")
        case _ where name.count == 1: self = .character(name.first ?? " ")
        case _ where name.first == "F":
            guard let number = Int(name.dropFirst()) else { return nil }
            self = .function(number)
        case _ where name.first == "^" && name.count == 2: self = .control(Character(name.dropFirst().lowercased()))
        default: return nil
        }
    }
}
