import Farm
import FarmService
import HTTPTypes
import Hummingbird

/// Answers to notifications: the token in the address is the right to give one answer. A GET shows a page and acts on nothing, so
/// that previews of links in chats do no harm.
extension FarmRoutes {
    var answerRoutes: [Route] {
        [
            .get(
                "/answers/{token}",
                "Asks whether the answer to a notification that the token stands for is meant so. It acts on nothing; 410 when the "
                    + "token has expired (a day), is none, or its matter is answered or over.", access: .open,
                Self.shape
            ) { request in
                Self.page(answers.ask(request.parameters.first ?? ""), request.parameters.first ?? "")
            },
            .post(
                "/answers/{token}",
                "Gives the answer: the first one counts, later ones are 410. resume and cancel are asked for once more, with the "
                    + "token of the second tap in the page's form. 503: it could not be carried out now, and may be tried again.",
                access: .open, Self.shape
            ) { request in
                Self.page(
                    await answers.act(request.parameters.first ?? "", person: nil), request.parameters.first ?? "")
            },
        ]
    }

    private static let shape = RouteShape(reply: "Page", replyType: "text/html", errors: [410, 503])

    /// - Parameter path: of the page, as seen from itself.
    private static func page(_ reply: AnswerReply, _ path: String) -> Response {
        switch reply {
        case .done(let text): AnswerPages.done(text).response()
        case .refused(let text): AnswerPages.refused(text).response(.gone)
        case .failed(let text): AnswerPages.failed(text, path: path).response(.serviceUnavailable)
        case .confirm(let question, let yes, _):
            AnswerPages.question(question, label: yes.label, path: yes.token).response()
        }
    }
}
