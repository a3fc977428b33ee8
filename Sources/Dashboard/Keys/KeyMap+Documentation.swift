extension KeyMap {
    /// The table of keys as the documentation has it, in Markdown.
    var documentation: String {
        var lines = ["| Key | Name | What it does | Where |", "|---|---|---|---|"]
        for binding in bindings {
            let keys = binding.keys.map { "`\($0.name)`" }.joined(separator: " ")
            if binding.uses.count > 1 {
                lines.append("| \(keys) | | \(binding.meaning): | |")
                lines += binding.uses.map { "| | `\($0.command.name)` | \($0.title) | \($0.places.words) |" }
            } else {
                lines += binding.uses.map { "| \(keys) | `\($0.command.name)` | \($0.title) | \($0.places.words) |" }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Places {
    fileprivate var words: String {
        places.map { $0.map(\.name).joined(separator: ", ") } ?? "everywhere"
    }
}
