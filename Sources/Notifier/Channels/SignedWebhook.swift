internal import Farm
internal import Text

/// A message as JSON to any receiver, signed as the webhook's notices are.
extension NotifyChannel {
    func webhookCall(_ message: ChannelMessage) -> HTTPCall {
        let body = JSON.object(webhookBody(message)).bytes
        var headers = [
            HTTPCall.Header(name: "X-Farmtop-Event", value: message.notification.topicWord),
            HTTPCall.Header(name: "X-Farmtop-Delivery", value: message.deliveryID),
        ]
        if !token.isEmpty {
            headers.append(
                HTTPCall.Header(
                    name: "X-Farmtop-Signature",
                    value: WebhookSignature.header(of: body, secret: Array(token.utf8))))
        }
        return HTTPCall(url, type: "application/json", headers, body: body)
    }

    private func webhookBody(_ message: ChannelMessage) -> [String: JSON] {
        var body: [String: JSON] = [
            "topic": .text(message.notification.topicWord), "severity": .text(message.severity.rawValue),
            "title": .text(message.title), "text": .text(message.body),
            "created_at": .text(message.notification.createdAt.description),
            "subjects": .list(
                message.notification.subjects.map {
                    Self.json($0, isTest: message.notification.form == .test)
                }),
            "count": .number(Int64(message.notification.count)),
            "answers": .list(
                message.answers.map {
                    .object(["answer": .text($0.answer.rawValue), "url": .text($0.page)])
                }),
        ]
        if let address = message.pictureURL { body["img_url"] = .text(address) }
        return body
    }

    private static func json(_ subject: NotificationSubject, isTest: Bool) -> JSON {
        var object: [String: JSON] = [
            "topic": .text(isTest ? "test" : subject.topic.rawValue), "severity": .text(subject.severity.rawValue),
            "text": .text(subject.text),
        ]
        if let printer = subject.printerID {
            object["printer"] = .object(["id": .number(printer.rawValue), "name": .text(subject.printerName)])
        }
        if let print = subject.printID {
            object["print"] = .object(["id": .number(print.rawValue), "filename": .text(subject.filename ?? "")])
        }
        // Whole percent: exact in every reader.
        if let number = subject.probability.flatMap(wholePercent) {
            object["probability_percent"] = .number(Int64(number))
        }
        if let number = subject.progress.flatMap(wholePercent) { object["progress_percent"] = .number(Int64(number)) }
        if let left = subject.secondsLeft, left.isFinite { object["seconds_left"] = .number(Int64(min(left, 1e9))) }
        if let answered = subject.answered { object["answered"] = .text(answered) }
        return .object(object)
    }
}
