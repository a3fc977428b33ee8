import ArgumentParser

/// What one run of the dashboard does otherwise than configured.
struct DashboardFlags: ParsableArguments {
    @Flag(name: .customLong("readonly"), help: "Look only: no key changes anything.") var isReadOnly = false

    @Flag(
        name: .customLong("plain"),
        help: "No screen: a line on standard output for each change, for screen readers and pipes.")
    var isPlain = false

    @Flag(name: .customLong("ascii"), help: "Draw with ASCII characters only.") var isASCII = false

    @Option(
        name: .customLong("theme"), help: "The theme to start with; auto: as the terminal's background is.",
        completion: CompleteCommand.completion(.themes))
    var theme: String?
}

/// A farm elsewhere.
struct RemoteFlags: ParsableArguments {
    @Option(
        name: .customLong("connect"),
        help: "Show the farm at this URL, over its API, with what a client's scopes allow.")
    var url: String?

    @Flag(name: .customLong("wait"), help: "With --connect: wait for a farm that does not answer yet.")
    var waits = false

    @Option(
        name: .customLong("credentials"),
        help: """
            The client's file, as 'farmtop client add NAME --json' writes it. Otherwise FARMTOP_CLIENT_ID and
            FARMTOP_CLIENT_SECRET say.
            """)
    var file: String?
}
