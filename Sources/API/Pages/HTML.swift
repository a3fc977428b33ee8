import Farm
import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Text

/// A page for a browser: no scripts, nothing loaded, one style sheet inside, in light and dark.
struct HTMLPage: Sendable {
    /// Already escaped, as all that follows. Text only: a title element shows its tags as they stand.
    var title: HTML
    /// Nil: the title.
    var heading: HTML?
    /// What comes after the heading.
    var body: HTML
    /// The browser goes to this path after so many seconds.
    var refresh: (seconds: Int, path: String)?
    /// It has a form that goes back to this farm.
    var hasForm = false

    func response(_ status: HTTPResponse.Status = .ok, cookie: String? = nil) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .pragma: "no-cache",
            .contentSecurityPolicy: Self.policy(hasForm: hasForm), .xContentTypeOptions: "nosniff",
            .referrerPolicy: "no-referrer",
            .xFrameOptions: "DENY",
        ]
        if let cookie { headers[.setCookie] = cookie }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private var text: String {
        let refresh = refresh.map {
            "<meta http-equiv=\"refresh\" content=\"\($0.seconds);url=\(HTML(untrusted: $0.path))\">\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            \(refresh ?? "")<title>\(title) · farmtop</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(heading ?? title)</h1>
            \(body)
            </main>
            <footer>farmtop</footer>
            </body>
            </html>

            """
    }

    /// CSP level 3: nothing but this style sheet, known by its hash; no frame, no base, no form but one that goes back here.
    private static func policy(hasForm: Bool) -> String { policyStart + (hasForm ? "'self'" : "'none'") }

    private static let policyStart =
        "default-src 'none'; style-src 'sha256-\(BaseEncoding.base64(TokenDigest(of: style).bytes))'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action "

    private static let style = """

        :root { color-scheme: light dark; --ink: #1c2126; --dim: #56606a; --paper: #f4f5f6; --card: #fff; --line: #cfd5da;
          --strong: #0b5c8a; --code: #eaf3f9; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6eaee; --dim: #a3adb7; --paper: #14181c; --card: #1d2329; --line: #3a444d; --strong: #7cc4f0;
            --code: #10222e; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; min-height: 100vh; padding: 1rem; display: flex; flex-direction: column; align-items: center;
          justify-content: center; background: var(--paper); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main { width: 100%; max-width: 34rem; padding: clamp(1.1rem, 5vw, 1.75rem); background: var(--card); border: 1px solid var(--line);
          border-radius: .75rem; }
        h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25; overflow-wrap: anywhere; text-wrap: balance; }
        h2 { margin: 1.5rem 0 .4rem; font-size: 1rem; }
        p { margin: .5rem 0; overflow-wrap: anywhere; }
        ul { margin: .4rem 0; padding-left: 1.2rem; }
        .code { margin: .6rem 0; padding: .8rem .5rem; text-align: center; background: var(--code); color: var(--strong);
          border: 1px solid var(--line); border-radius: .5rem; letter-spacing: .06em; white-space: nowrap;
          font: 700 clamp(1.5rem, 8vw, 2.4rem)/1.2 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        code { padding: .1rem .3rem; background: var(--code); border-radius: .25rem; overflow-wrap: anywhere;
          -webkit-box-decoration-break: clone; box-decoration-break: clone;
          font: .92em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        kbd { padding: .05rem .4rem; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: .3rem;
          font: .92em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        button { width: 100%; margin: .8rem 0; padding: .9rem; font: inherit; font-weight: 700; color: var(--paper);
          background: var(--strong); border: 0; border-radius: .5rem; cursor: pointer; }
        .dim, footer { color: var(--dim); }
        footer { margin-top: .8rem; font-size: .85rem; }

        """
}

/// Text that is safe inside HTML elements and quoted attributes.
struct HTML: Sendable, CustomStringConvertible, ExpressibleByStringInterpolation {
    let description: String

    init(stringLiteral text: String) { description = text }

    /// What is put into a page with `\(…)` is escaped unless it is HTML already.
    init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }
        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ html: HTML) { text += html.description }
        mutating func appendInterpolation(_ untrusted: String) { text += HTML(untrusted: untrusted).description }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
    }

    /// Escapes what HTML reads as more than text, and replaces what turns the writing round or cannot be seen.
    init(untrusted text: String) {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                    result += "\u{FFFD}"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        description = result
    }
}

extension HTTPField.Name {
    static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
