internal import Farm

extension ContextReader {
    /// What is wrong with the channels that reach nobody, as all of them after a restore; nil while all of them deliver.
    var deadChannelWords: String? {
        guard !options.isRemote else { return nil }
        if let hold = farm.status.hold, farm.status.webhook != nil || !farm.status.channels.isEmpty {
            return hold.words
        }
        let dead = farm.status.channels.compactMap { $0.deadWords(at: now) }
        return dead.first.map { dead.count > 1 ? "\($0)  +\(dead.count - 1) more" : $0 }
    }
}

/// Where the alert line is, while no printer calls for an answer: nobody would hear of one.
struct DeadChannelLine: ContextReader {
    let context: Context

    func draw(_ words: String, in rect: Rect, canvas: inout Canvas) {
        let answer = CellText(untrusted: "[\(keys.name(.area(.system)))] go there ")
        canvas.putRight(answer, row: rect.row, end: rect.endColumn, .warning)
        canvas.put(
            CellText(untrusted: " NOT TOLD \(words)"), row: rect.row, column: rect.column,
            end: rect.endColumn - answer.width - 1, .warning)
    }
}
