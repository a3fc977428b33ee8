import Farm
import FarmService
import OAuth

/// What a person at a browser reads while the operator is asked.
enum ConsentPages {
    /// - Parameter path: where the answer is to be had; asked for at once, and answered when there is news.
    static func waiting(_ page: ConsentPage, path: String) -> HTMLPage {
        let consent = page.consent
        let minutes = (page.secondsLeft + 59) / 60
        return HTMLPage(
            title: "\(consent.clientName) asks to use this print farm",
            heading: "<bdi>\(consent.clientName)</bdi> asks to use this print farm",
            body: """
                <p>Nothing is allowed yet. If you did not start this, close the page.</p>
                <h2>It wants to</h2>
                <ul>
                \(scopes(consent.scope))</ul>
                <p class="dim">All of this in the account <bdi>\(consent.accountName)</bdi>. Afterwards the browser goes back to
                <bdi>\(host(consent.redirectURI ?? ""))</bdi>.</p>
                <h2>To allow it, type this code in farmtop’s terminal</h2>
                <p class="code" translate="no" aria-label="\(spelled(page.code))" role="img">\(page.code)</p>
                <p>In the dashboard press <kbd>3</kbd>, then <kbd>i</kbd>; or run<br>
                <code translate="no">farmtop consent approve \(page.code)</code></p>
                <p class="dim" role="status">This page continues by itself. The code is valid for
                \(minutes == 1 ? "one more minute" : "\(minutes)\u{A0}minutes").</p>
                """,
            refresh: (1, path))
    }

    private static func scopes(_ scope: Scope) -> HTML {
        var html = ""
        if scope.contains(.read) { html += "<li>see printers, prints, pictures and history</li>\n" }
        if scope.contains(.write) {
            html +=
                "<li>add, change and remove printers and prints: start, pause, resume and cancel them, send pictures</li>\n"
        }
        return HTML(stringLiteral: html)
    }

    /// Letter by letter, for screen readers.
    private static func spelled(_ code: String) -> String {
        code.map { $0 == "-" ? "dash" : String($0) }.joined(separator: " ")
    }

    /// The part of a redirect URI that says who is behind it.
    private static func host(_ uri: String) -> String {
        guard let start = uri.firstRange(of: "://") else {
            return uri.split(separator: "/").first.map(String.init) ?? uri
        }
        let host = uri[start.upperBound...].prefix { !"/?".contains($0) }
        return host.isEmpty ? uri : String(host)
    }

    static func problem(_ problem: AuthorizationRefusal.Problem) -> HTMLPage {
        HTMLPage(
            title: "This app’s request is not valid",
            body: """
                <p><bdi>\(problem.description)</bdi></p>
                <p class="dim">Nothing was allowed, and you were not sent on. Go back to the app; its maker, or whoever runs
                this farm, can put it right: <code translate="no">farmtop client list</code> shows what is registered.</p>
                """)
    }

    static func tooManyWaiting(_ limit: ConsentLimit) -> HTMLPage {
        HTMLPage(
            title: "Too many sign-ins are waiting",
            body: """
                <p>\(limit.description)</p>
                <p class="dim">Nothing was allowed, and the requests that wait are not affected. Whoever runs this farm can answer
                them: <code translate="no">farmtop consent list</code>.</p>
                """)
    }

    static let notAPage = HTMLPage(
        title: "Open this address as a page",
        body: """
            <p>A browser asked for this as a part of another page, or ahead of time. Nothing was started, and requests
            that wait are not affected.</p>
            <p class="dim">Go back to the app and start there.</p>
            """)

    static let gone = HTMLPage(
        title: "This request is no longer open",
        body: """
            <p>This request was answered, has expired, or was started in another browser.</p>
            <p class="dim">To try again, go back to the app and start again.</p>
            """)

    static let device = HTMLPage(
        title: "The code is typed in farmtop’s terminal",
        body: """
            <p>Your device shows a code of ten letters. It is not typed here: this farm asks whoever runs it.</p>
            <ul>
            <li>In the dashboard press <kbd>3</kbd>, then <kbd>i</kbd>, and type the code,</li>
            <li>or run <code translate="no">farmtop consent approve CODE</code> on that machine.</li>
            </ul>
            <p>Check first that the app’s name, what it asks for and its address are those of your device:
            <code translate="no">farmtop consent list</code> shows them.</p>
            <p class="dim">The device continues by itself. A code is valid for five minutes.</p>
            """)
}
