import Farm

/// What a person sees who answers a notification in a browser: a question with one button, or what came of it.
enum AnswerPages {
    /// - Parameter path: where the button posts to, as seen from the page.
    static func question(_ question: String, label: String, path: String) -> HTMLPage {
        HTMLPage(
            title: "Answer to farmtop", heading: HTML(untrusted: question),
            body: """
                <p>Nothing has happened yet.</p>
                <form method="post" action="\(path)"><button type="submit">\(label)</button></form>
                <p class="dim">If you did not mean this, close the page.</p>
                """, hasForm: true)
    }

    static func done(_ text: String) -> HTMLPage {
        HTMLPage(title: "Done", body: "<p><bdi>\(text)</bdi></p>")
    }

    /// - Parameter path: where the same is tried again, as seen from the page.
    static func failed(_ text: String, path: String) -> HTMLPage {
        HTMLPage(
            title: "Nothing was changed",
            body: """
                <p><bdi>\(text)</bdi></p>
                <form method="post" action="\(path)"><button type="submit">Try again</button></form>
                """, hasForm: true)
    }

    static func refused(_ text: String) -> HTMLPage {
        HTMLPage(title: "Nothing was changed", body: "<p><bdi>\(text)</bdi></p>")
    }
}
