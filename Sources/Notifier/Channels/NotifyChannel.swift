public import Farm

/// A way to people, as the configuration describes it. Address and token are secrets: no description shows them.
public struct NotifyChannel: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The service that it goes through; the raw value is the configuration's word.
    public enum Kind: String, CaseIterable, Sendable {
        case ntfy, telegram, discord, slack, email, apprise, webhook, exec
    }

    /// Shown everywhere, and the key of what is stored.
    public var name: String
    /// Decides which of the fields below count.
    public var kind: Kind
    /// Where it is sent to: the topic, hook or server. Empty with Telegram means its own API; a program needs none.
    public var url = ""
    /// ntfy: an access token; Telegram: the bot's token; e-mail: the password; webhook: the secret that signs.
    public var token = ""
    /// ntfy and e-mail: whom the password is of.
    public var user = ""
    /// E-mail addresses.
    public var from = ""
    /// E-mail: the addresses of the receivers. Other kinds leave it empty.
    public var to: [String] = []
    /// Telegram: the chat that is written to.
    public var chat: Int64 = 0
    /// Telegram: who may answer; empty: whoever is in the chat.
    public var users: [Int64] = []
    /// The program and its arguments.
    public var argv: [String] = []
    /// PEM file with the certificates that an e-mail server is trusted by; empty: those of the system.
    public var caFile = ""
    /// The frame goes along with messages that are about one, where the service takes pictures.
    public var sendsPicture = true
    /// In place of farmtop's own words; nil: those.
    public var title: MessageTemplate?
    /// In place of farmtop's own words; nil: those.
    public var text: MessageTemplate?
    /// When it speaks, and of what.
    public var rule: NotificationRule

    public init(name: String, kind: Kind, rule: NotificationRule) {
        self.name = name
        self.kind = kind
        self.rule = rule
    }

    /// `https://ntfy.sh`, `smtps://mail.example.org`, `/usr/local/bin/page-me`
    public var receiver: String {
        if kind == .exec { return argv.first ?? "" }
        let address = kind == .telegram && url.isEmpty ? Self.telegramAddress : url
        guard let start = address.firstRange(of: "://") else { return "" }
        let rest = address[start.upperBound...].prefix { $0 != "/" && $0 != "?" }
        return String(address[..<start.upperBound]) + rest
    }

    /// Its messages have buttons or links that are pressed on a phone and come back over the network. farmtop asks Telegram itself;
    /// programs and receivers are on whatever machine they are.
    public var answersByLink: Bool {
        switch kind {
        case .ntfy, .discord, .slack, .email, .apprise: !rule.answers.isEmpty
        case .telegram, .webhook, .exec: false
        }
    }

    /// For channels without `url`; a Bot API server of one's own has another.
    public static let telegramAddress = "https://api.telegram.org"

    public var description: String { "\(name) (\(kind.rawValue), \(receiver))" }
    /// Name and kind only, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: ["name": name, "kind": kind.rawValue]) }

    /// What no text may show: whatever could open something.
    var secrets: [String] {
        var found = [token, url].filter { $0.utf8.count > 3 }
        // The path of an address is the secret of many services.
        if let start = url.firstRange(of: "://"),
            let slash = url[start.upperBound...].firstIndex(where: { $0 == "/" || $0 == "?" })
        {
            found += url[slash...].split { "/?&=".contains($0) }.map(String.init).filter { $0.utf8.count > 7 }
        }
        return found
    }

    /// Words of a service as they may be logged: short, on one line, without secrets.
    func publicWords(_ text: some StringProtocol) -> String {
        var words = String(text)
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            words = words.replacing(secret, with: "…")
        }
        return cleanedText(words, limit: 200)
    }
}
