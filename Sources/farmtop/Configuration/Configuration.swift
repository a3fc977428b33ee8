import Farm

/// Every setting with its default: what a first run without any file works with.
struct Configuration: Equatable, Sendable {
    var server = Server()
    var storage = Storage()
    var retention = Retention()
    var oauth = OAuth()
    var detector = Detector()
    var alerts = Alerts()
    var webhook = Webhook()
    /// The channels, in the order of the file.
    var notify: [NotifySettings] = []
    var dashboard = Dashboard()
    /// Keys of the operator's own, in the order of their names.
    var keys: [KeySetting] = []
    var log = Log()
    /// The tables `[[camera]]`.
    var cameras: [ConfiguredCamera] = []

    struct Server: Equatable, Sendable {
        var listen = ListenAddress(host: "127.0.0.1", port: 3334)
        /// How apps and browsers reach the API, for links in answers. Empty: made from the address it listens on.
        var publicURL = ""
        /// PEM files. Empty: no TLS.
        var tlsCertificate = ""
        var tlsKey = ""
        /// A unix socket for apps. Empty: none.
        var apiSocket = ""
        /// Addresses, ranges, `unix`.
        var trustedProxies: [String] = []
        var corsOrigins: [String] = []
        /// What requests and answers under way may take together. Unit: MiB.
        var bytesInFlightMebibytes: Int64 = 128
        var printersPerAccount: Int64 = 1000
    }

    struct Storage: Equatable, Sendable {
        /// Empty: the XDG data folder.
        var dataFolder = ""
        var synchronous = Synchronous.full
        /// Pictures kept of a running print besides those around alerts.
        var recentPictures: Int64 = 12
        /// Pictures kept on each side of an alert.
        var picturesAroundAlert: Int64 = 5
    }

    /// How much of the past is kept.
    struct Retention: Equatable, Sendable {
        /// Pictures of frames. Unit: MiB.
        var framesMebibytes: Int64 = 2048
        /// The database; above it the oldest predictions go. Unit: MiB.
        var databaseMebibytes: Int64 = 16_384
        /// How long every prediction is kept; then one a minute. Unit: days.
        var fullPredictionsDays: Int64 = 30
        var eventsDays: Int64 = 365
        var events: Int64 = 1_000_000
        /// Since they expired or were revoked.
        var endedTokensDays: Int64 = 30
        var endedTokens: Int64 = 100_000
    }

    struct OAuth: Equatable, Sendable {
        /// Of a token by client_credentials whose client does not say otherwise. Unit: seconds.
        var clientCredentialsLifetimeSeconds: Int64 = 3_153_600_000
        /// Of the access tokens of the other grants. Unit: seconds.
        var accessTokenLifetimeSeconds: Int64 = 3600
        /// How long a refresh token may lie unused. Unit: seconds.
        var refreshTokenLifetimeSeconds: Int64 = 7_776_000
        var liveTokensPerClient: Int64 = 1000
    }

    struct Detector: Equatable, Sendable {
        /// A Darknet cfg file. Empty: the model inside the program.
        var model = ""
        /// Empty: the model's path with `.weights` in place of `.cfg`.
        var weights = ""
        /// 0: one fewer than the machine has cores.
        var threads: Int64 = 0
        var precision = PrecisionChoice.auto
        var queueFrames: Int64 = 64
        var queueFramesPerPrinter: Int64 = 16
    }

    /// Unit of all: seconds.
    struct Alerts: Equatable, Sendable {
        var pauseConfirmedWithinSeconds: Int64 = 30
        var staleAfterSeconds: Int64 = 60
        var doneForSeconds: Int64 = 600
    }

    struct Webhook: Equatable, Sendable {
        /// May hold a secret. Empty: no webhook.
        var url = ""
        /// Signs what is sent. Empty: the one in `secretFile`, or nothing is signed.
        var secret = ""
        var secretFile = ""
    }

    struct Dashboard: Equatable, Sendable {
        /// `auto`: light or dark, as the terminal's background is.
        var theme = "auto"
        var mouse = true
        var bell = true
        var title = true
        var ascii = false
        var pictures = Pictures.automatic
        /// `22:00-07:00` in local time; empty: none.
        var quietHours = ""
    }

    /// A command of the dashboard with other keys than those that it has.
    struct KeySetting: Equatable, Sendable {
        var command: String
        var keys: [String]
        /// Of the file; from 1.
        var line: Int?
    }

    struct Log: Equatable, Sendable {
        var level = LogLevel.info
        /// Empty: the XDG state folder. `serve` logs to its standard error unless this is set.
        var file = ""
        /// The file is put aside when it has grown to this. Unit: MiB.
        var maxMebibytes: Int64 = 10
        /// Files put aside that are kept: farmtop.log.1 is the newest.
        var keptFiles: Int64 = 5
    }

    /// What a committed write survives.
    enum Synchronous: String, CaseIterable, Sendable {
        /// The end of the process and of the power.
        case full
        /// The end of the process; the last moments may be lost with the power.
        case normal
    }

    /// How a frame's picture is drawn in cells.
    enum Pictures: String, CaseIterable, Sendable {
        /// By the terminal itself where it is known to, else in sextants.
        case automatic = "auto"
        /// By the terminal itself if it answers that it can, whichever it is.
        case kitty
        case sextants
        case quadrants
        case halfBlocks = "half-blocks"
        case ascii
    }

    enum LogLevel: String, CaseIterable, Sendable {
        case debug, info, notice, warning, error
    }
}
