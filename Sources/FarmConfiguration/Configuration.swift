package import Farm

/// Every setting with its default: what a first run without any file works with.
package struct Configuration: Equatable, Sendable {
    package var server = Server()
    package var storage = Storage()
    package var retention = Retention()
    package var oauth = OAuth()
    package var detector = Detector()
    package var alerts = Alerts()
    package var webhook = Webhook()
    /// The channels, in the order of the file.
    package var notify: [NotifySettings] = []
    package var dashboard = Dashboard()
    /// Keys of the operator's own, in the order of their names.
    package var keys: [KeySetting] = []
    package var log = Log()
    /// The tables `[[camera]]`.
    package var cameras: [ConfiguredCamera] = []

    package init() {}

    package struct Server: Equatable, Sendable {
        package var listen = ListenAddress(host: "127.0.0.1", port: 3334)
        /// How apps and browsers reach the API, for links in answers. Empty: made from the address it listens on.
        package var publicURL = ""
        /// PEM files. Empty: no TLS.
        package var tlsCertificate = ""
        package var tlsKey = ""
        /// A unix socket for apps. Empty: none.
        package var apiSocket = ""
        /// Addresses, ranges, `unix`.
        package var trustedProxies: [String] = []
        package var corsOrigins: [String] = []
        /// What requests and answers under way may take together. Unit: MiB.
        package var bytesInFlightMebibytes: Int64 = 128
        package var printersPerAccount: Int64 = 1000
    }

    package struct Storage: Equatable, Sendable {
        /// Empty: the XDG data folder.
        package var dataFolder = ""
        package var synchronous = Synchronous.full
        /// Pictures kept of a running print besides those around alerts.
        package var recentPictures: Int64 = 12
        /// Pictures kept on each side of an alert.
        package var picturesAroundAlert: Int64 = 5
    }

    /// How much of the past is kept.
    package struct Retention: Equatable, Sendable {
        /// Pictures of frames. Unit: MiB.
        package var framesMebibytes: Int64 = 2048
        /// The database; above it the oldest predictions go. Unit: MiB.
        package var databaseMebibytes: Int64 = 16_384
        /// How long every prediction is kept; then one a minute. Unit: days.
        package var fullPredictionsDays: Int64 = 30
        package var eventsDays: Int64 = 365
        package var events: Int64 = 1_000_000
        /// Since they expired or were revoked.
        package var endedTokensDays: Int64 = 30
        package var endedTokens: Int64 = 100_000
    }

    package struct OAuth: Equatable, Sendable {
        /// The life of a token by client_credentials whose client does not say otherwise. Unit: seconds.
        package var clientCredentialsLifetimeSeconds: Int64 = 3_153_600_000
        /// The life of the access tokens of the other grants. Unit: seconds.
        package var accessTokenLifetimeSeconds: Int64 = 3600
        /// How long a refresh token may lie unused. Unit: seconds.
        package var refreshTokenLifetimeSeconds: Int64 = 7_776_000
        package var liveTokensPerClient: Int64 = 1000
    }

    package struct Detector: Equatable, Sendable {
        /// A Darknet cfg file. Empty: the model inside the program.
        package var model = ""
        /// Empty: the model's path with `.weights` in place of `.cfg`.
        package var weights = ""
        /// 0: one fewer than the machine has cores.
        package var threads: Int64 = 0
        package var precision = PrecisionChoice.auto
        package var queueFrames: Int64 = 64
        package var queueFramesPerPrinter: Int64 = 16
    }

    /// Unit of all: seconds.
    package struct Alerts: Equatable, Sendable {
        package var pauseConfirmedWithinSeconds: Int64 = 30
        package var staleAfterSeconds: Int64 = 60
        package var doneForSeconds: Int64 = 600
    }

    package struct Webhook: Equatable, Sendable {
        /// May hold a secret. Empty: no webhook.
        package var url = ""
        /// Signs what is sent. Empty: the one in `secretFile`, or nothing is signed.
        package var secret = ""
        package var secretFile = ""
    }

    package struct Dashboard: Equatable, Sendable {
        /// `auto`: light or dark, as the terminal's background is.
        package var theme = "auto"
        package var mouse = true
        package var bell = true
        package var title = true
        package var ascii = false
        package var pictures = Pictures.automatic
        /// `22:00-07:00` in local time; empty: none.
        package var quietHours = ""
    }

    /// A command of the dashboard with other keys than those that it has.
    package struct KeySetting: Equatable, Sendable {
        package var command: String
        package var keys: [String]
        /// The line of the file, from 1.
        package var line: Int?

        package init(command: String, keys: [String], line: Int? = nil) {
            self.command = command
            self.keys = keys
            self.line = line
        }
    }

    package struct Log: Equatable, Sendable {
        package var level = LogLevel.info
        /// Empty: the XDG state folder. `serve` logs to its standard error unless this is set.
        package var file = ""
        /// The file is put aside when it has grown to this. Unit: MiB.
        package var maxMebibytes: Int64 = 10
        /// Files put aside that are kept: farmtop.log.1 is the newest.
        package var keptFiles: Int64 = 5
    }

    /// What a committed write survives.
    package enum Synchronous: String, CaseIterable, Sendable {
        /// The end of the process and of the power.
        case full
        /// The end of the process; the last moments may be lost with the power.
        case normal
    }

    /// How a frame's picture is drawn in cells.
    package enum Pictures: String, CaseIterable, Sendable {
        /// By the terminal itself where it is known to, else in sextants.
        case automatic = "auto"
        /// By the terminal itself if it answers that it can, whichever it is.
        case kitty
        case sextants
        case quadrants
        case halfBlocks = "half-blocks"
        case ascii
    }

    package enum LogLevel: String, CaseIterable, Sendable {
        case debug, info, notice, warning, error
    }
}
