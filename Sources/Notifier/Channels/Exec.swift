internal import Farm

/// A program of this machine, from the configuration file only: the text on its standard input, no shell, a clean environment,
/// ten seconds.
extension NotifyChannel {
    static let programDeadline = Duration.seconds(10)

    func execCall(_ message: ChannelMessage) -> ProgramCall {
        var environment = [
            "FARMTOP_TITLE=\(message.title)",
            "FARMTOP_TOPIC=\(message.notification.topicWord)",
            "FARMTOP_SEVERITY=\(message.severity.rawValue)", "FARMTOP_DELIVERY=\(message.deliveryID)",
            "FARMTOP_PRINTER=\(message.notification.subjects.count == 1 ? cleanedText(message.notification.subjects[0].printerName, limit: 256) : "")",
        ]
        var files: [ProgramCall.File] = []
        if let picture = message.picture {
            environment.append("FARMTOP_PICTURE={PICTURE}")
            files.append(ProgramCall.File(mark: "{PICTURE}", name: "frame.jpg", bytes: picture))
        }
        return ProgramCall(
            argv: argv, environment: environment, input: Array((message.plainWithLinks + "\n").utf8), files: files,
            timeout: Self.programDeadline)
    }

    func execOutcome(_ code: Int32, _ errors: [UInt8]) -> DeliveryOutcome {
        if code == 0 { return .accepted("exit code 0") }
        let said = publicWords(String(decoding: errors.prefix(2000), as: UTF8.self))
        let end = code > 128 ? "ended by signal \(code - 128)" : "ended with exit code \(code)"
        return .declined(
            words: said.isEmpty ? end : "\(end): \(said)", retryAfterSeconds: nil, isFinal: false, isForAll: false)
    }
}
