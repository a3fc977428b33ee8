internal import Farm
import Text

extension ContextReader {
    /// What the pictures showed at the moment under the time cursor, and what had happened until then.
    func momentSentences(_ detail: PrinterDetail, at point: ScorePoint) -> [WhySentences.Sentence] {
        let time = local(point.at).hourMinuteSecond
        let points = points(detail).prefix { $0.frame <= point.frame }
        var sentences: [WhySentences.Sentence] = []
        if let words = StrandCount(points).words {
            sentences.append(WhySentences.Sentence(text: "At \(time): \(words.lowercasedFirst)."))
        }
        sentences.append(numberSentence(detail, at: point))
        if let event = events(of: detail).last(where: {
            $0.createdAt <= point.at && $0.printID == print(of: detail)?.id
        }) {
            sentences.append(
                WhySentences.Sentence(
                    text: "Last event until then, at \(local(event.createdAt).hourMinuteSecond): \(event.words).",
                    role: .dim))
        }
        if !isCalibrated { sentences.append(WhySentences.uncalibrated) }
        return sentences
    }

    private func numberSentence(_ detail: PrinterDetail, at point: ScorePoint) -> WhySentences.Sentence {
        guard let probability = point.failureProbability else {
            return WhySentences.Sentence(text: "Its failure probability is not known: it is from before 0.2.")
        }
        let percent = percentWords(probability)
        guard let thresholds = print(of: detail).flatMap({ printer($0.printerID)?.thresholds }) else {
            return WhySentences.Sentence(text: "The failure probability was \(percent).")
        }
        return WhySentences.Sentence(
            text: "Alerts at \(percentWords(thresholds.alert)); it was \(percent) then.",
            role: thresholds.role(probability))
    }
}

extension String {
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
