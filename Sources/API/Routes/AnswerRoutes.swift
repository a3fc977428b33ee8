import Farm
import FarmService
import HTTPTypes
import Hummingbird

/// Answers to notifications: the token in the address is the right to give one answer. A GET shows a page and acts on nothing, so
/// that previews of links in chats do no harm.
extension FarmRoutes {
    var answerRoutes: [Route] {
        guard let answers else { return [] }
        return [
            .get("/answers/{token}", "Asks whether an answer to a notification is meant so.", access: .open) {
                request in
                Self.page(answers.ask(request.parameters.first ?? ""))
            },
            .post("/answers/{token}", "Answers a notification.", access: .open) { request in
                Self.page(await answers.act(request.parameters.first ?? "", person: nil))
            },
        ]
    }

    private static func page(_ reply: AnswerReply) -> Response {
        switch reply {
        case .done(let text): AnswerPages.done(text).response()
        case .refused(let text): AnswerPages.refused(text).response(.gone)
        case .confirm(let question, let label, let token):
            AnswerPages.question(question, label: label, path: token).response()
        }
    }
}
