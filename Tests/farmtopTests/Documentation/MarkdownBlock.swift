/// A fenced block of a Markdown page.
///
/// The words behind the fence say what it is: ```` ```sh ```` is run by the tests; ```` ```sh in-another-terminal ```` is a farm
/// that serves meanwhile; ```` ```sh not-run: REASON ```` is for people only.
struct MarkdownBlock: Equatable {
    enum Role: Equatable {
        case run
        case inAnotherTerminal
        case notRun(reason: String)
        /// Words that the tests do not know.
        case unknown(String)
    }

    var language: String
    var role: Role
    var text: String
    /// The number of its first line in the page, from 1.
    var line: Int

    static func all(in page: String) -> [MarkdownBlock] {
        var blocks: [MarkdownBlock] = []
        var open: MarkdownBlock?
        for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(block)
                    open = nil
                } else {
                    let words = line.dropFirst(3).split(separator: " ", maxSplits: 1).map(String.init)
                    open = MarkdownBlock(
                        language: words.first ?? "", role: role(words.count > 1 ? words[1] : ""), text: "",
                        line: index + 2)
                }
            } else {
                open?.text += line + "\n"
            }
        }
        return blocks
    }

    private static func role(_ words: String) -> Role {
        if words.isEmpty { return .run }
        if words == "in-another-terminal" { return .inAnotherTerminal }
        guard words.hasPrefix("not-run: "), words.count > 9 else { return .unknown(words) }
        return .notRun(reason: String(words.dropFirst(9)))
    }
}
