import Dashboard
import Farm
import Testing

@Suite("Screens", .timeLimit(.minutes(20)))
struct ScreenTests {
    static let sizes = [
        GridSize(rows: 24, columns: 80), GridSize(rows: 48, columns: 160), GridSize(rows: 10, columns: 40),
    ]

    private func name(_ area: String, _ size: GridSize) -> String { "\(area)-\(size.columns)x\(size.rows)" }

    private func dashboard(_ size: GridSize, _ farm: FarmSnapshot = FarmFixture.farm) -> DashboardState {
        FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows)
    }

    @Test("The farm shows the worst printer first, at every size", arguments: sizes)
    func farm(size: GridSize) throws {
        var state = dashboard(size)
        state.answerLoads(state.handle(.tick(FarmFixture.now)))
        state.answerLoads([.loadPicture(FrameKey(printID: 101, number: 240))])
        try GoldenScreen.expect(state.draw(), name("farm", size))
    }

    @Test("Tab shows the farm as cards where there is room for them", arguments: sizes)
    func cards(size: GridSize) throws {
        var state = dashboard(size)
        state.answerLoads(state.press(.tab) + [.loadPicture(FrameKey(printID: 101, number: 240))])
        _ = state.press(.down)
        try GoldenScreen.expect(state.draw(), name("cards", size))
    }

    @Test("A second tab shows every camera's last picture, with score and state", arguments: sizes)
    func cameras(size: GridSize) throws {
        var state = dashboard(size)
        _ = state.press(.tab)
        state.answerLoads(state.press(.tab) + [.loadPicture(FrameKey(printID: 101, number: 240))])
        state.answerLoads(state.press(.right))
        try GoldenScreen.expect(state.draw(), name("cameras", size))
    }

    @Test("The log has the program's lines and the farm's events, newest first", arguments: sizes)
    func log(size: GridSize) throws {
        var state = dashboard(size)
        _ = state.handle(.log(FarmFixture.logLines))
        state.answerLoads(state.press(.character("4")))
        _ = state.press(.down)
        try GoldenScreen.expect(state.draw(), name("log", size))
    }

    @Test("The system area has API, detector, webhook, farm and screen in numbers", arguments: sizes)
    func system(size: GridSize) throws {
        var farm = FarmFixture.farm
        farm.status.version = "0.9.0"
        farm.status.rejectedCredentials = 7
        farm.status.model = ModelDescription(
            name: "farmtop-spaghetti", inputWidth: 256, inputHeight: 256, gflop: 1.32, parameters: 3_192_732,
            precision: .bfloat16)
        farm.status.load.analysedFrames = 20_474
        farm.status.load.busyMilliseconds = 225_214
        farm.status.load.rejectedFrames = 12
        farm.status.load.queuedFrames = 3
        farm.status.load.queuedBytes = 138_000
        var webhook = ChannelStatus.webhook(receiver: "https://hooks.example.org", isSigned: true)
        webhook.pending = 2
        webhook.delivered = 1204
        webhook.failedTries = 5
        webhook.noteSuccess(at: FarmFixture.now - .seconds(3600))
        webhook.noteFailure("answered 502", at: FarmFixture.now - .seconds(60), isGivenUp: false)
        webhook.nextTryAt = FarmFixture.now + .seconds(64)
        farm.status.webhook = webhook
        var state = dashboard(size, farm)
        state.answerLoads(state.press(.character("5")))
        _ = state.press(.down)
        try GoldenScreen.expect(state.draw(), name("system", size))
    }

    @Test("What a farm elsewhere does not tell of itself is not made up", arguments: sizes)
    func remoteSystem(size: GridSize) throws {
        var options = DashboardOptions()
        options.isRemote = true
        var farm = FarmFixture.farm
        farm.status = ServiceStatus()
        farm.status.address = "https://farm.example.org"
        farm.clients = []
        var state = FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows, options: options)
        state.answerLoads(state.press(.character("5")))
        try GoldenScreen.expect(state.draw(), name("system-remote", size))
        for invented in ["GFLOP", "0 analysed", "webhook", "live token"] {
            #expect(!state.draw().text.contains(invented))
        }
    }

    @Test("Tab sums the history up by day, week or month", arguments: sizes)
    func periods(size: GridSize) throws {
        var state = dashboard(size)
        _ = state.press(.character("2"))
        state.answerLoads(state.press(.tab))
        try GoldenScreen.expect(state.draw(), name("periods", size))
    }

    @Test("An empty farm says what to do next", arguments: sizes)
    func empty(size: GridSize) throws {
        var farm = FarmSnapshot()
        farm.status.address = "http://127.0.0.1:3334"
        try GoldenScreen.expect(dashboard(size, farm).draw(), name("empty", size))
    }

    @Test("A printer shows picture, scores, reason and events", arguments: sizes)
    func detail(size: GridSize) throws {
        var state = dashboard(size)
        state.answerLoads(state.press(.enter) + [.loadPicture(FrameKey(printID: 101, number: 240))])
        try GoldenScreen.expect(state.draw(), name("detail", size))
    }

    @Test("The history lists prints with result, time, highest p and verdict", arguments: sizes)
    func history(size: GridSize) throws {
        var state = dashboard(size)
        state.answerLoads(state.press(.character("2")))
        _ = state.press(.down)
        state.answerLoads(state.press(.down))
        try GoldenScreen.expect(state.draw(), name("history", size))
    }

    @Test("The OAuth area lists clients and the tokens of the selected one", arguments: sizes)
    func oauth(size: GridSize) throws {
        var state = dashboard(size)
        state.answerLoads(state.press(.character("3")))
        try GoldenScreen.expect(state.draw(), name("oauth", size))
    }

    @Test("The help lists every key, and why one cannot act now", arguments: sizes)
    func help(size: GridSize) throws {
        var state = dashboard(size)
        _ = state.press(.character("?"))
        try GoldenScreen.expect(state.draw(), name("help", size))
    }

    @Test("A lost link is named, and what is shown stays", arguments: sizes)
    func disconnected(size: GridSize) throws {
        var state = dashboard(size)
        _ = state.handle(.farm(.disconnected(reason: "connection refused")))
        try GoldenScreen.expect(state.draw(), name("disconnected", size))
    }

    @Test("The form of a printer", arguments: sizes)
    func form(size: GridSize) throws {
        var state = dashboard(size)
        _ = state.press(.character("e"))
        try GoldenScreen.expect(state.draw(), name("edit", size))
    }

    @Test("With --ascii nothing but ASCII is on the screen", arguments: sizes)
    func ascii(size: GridSize) throws {
        var options = DashboardOptions()
        options.isASCIIOnly = true
        options.colors = .mono
        var state = FarmFixture.dashboard(columns: size.columns, rows: size.rows, options: options)
        state.answerLoads(state.press(.enter) + [.loadPicture(FrameKey(printID: 101, number: 240))])
        let text = state.draw().text
        #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
        try GoldenScreen.expect(state.draw(), name("ascii", size))
    }

    /// What lies over an area, and states of it that no other screen shows: name, keys, and the first words of it.
    private static let scenes: [(name: String, keys: [Key], text: String)] = [
        ("zoom", [.enter, .character("z")], ""),
        ("past", [.enter, .home], ""),
        ("print", [.character("2"), .down, .enter], ""),
        ("tokens", [.character("3"), .enter], ""),
        ("rotate", [.character("3"), .character("o")], ""),
        ("new-client", [.character("3"), .character("c")], ""),
        ("revoke", [.character("3"), .character("X")], ""),
        ("start", [.end, .character("s")], "benchy.gcode"),
        ("finish", [.character("f")], ""),
        ("remove", [.character("D")], ""),
        ("marked", [.character(" "), .character(" "), .character("p")], ""),
        ("sort", [.character("S")], ""),
        ("filter", [.character("/")], "state:print"),
        ("nothing-found", [.character("/")], "zzz"),
        ("command", [.character(":"), .character("s"), .tab], ""),
        ("palette", [.character("?")], "print"),
        ("adding", [.character("c")], ""), ("new-printer", [.character("c"), .character("a")], ""),
        ("fault", [.character("c"), .character("a"), .enter], ""),
        ("message", [.character("r")], ""),
        ("function-keys", [.function(9)], ""),
        ("export", [.character("2"), .character("E")], ""),
        ("log-filter", [.character("4"), .character("v"), .character("/")], "disk"),
    ]

    @Test("Whatever else the keys lead to, at every size", arguments: scenes.map(\.name), sizes)
    func scene(name: String, size: GridSize) throws {
        let scene = try #require(Self.scenes.first { $0.name == name })
        var state = dashboard(size)
        _ = state.handle(.log(FarmFixture.logLines))
        for key in scene.keys { state.answerLoads(state.press(key)) }
        _ = state.type(scene.text)
        try GoldenScreen.expect(state.draw(), self.name(name, size))
    }

    @Test("A new client's secret is whole at every size", arguments: sizes)
    func secret(size: GridSize) throws {
        var state = dashboard(size)
        state.answerLoads(state.type("3cmy-app"))
        guard case .perform(_, let id)? = state.press(.enter).first else {
            Issue.record("the farm was asked nothing")
            return
        }
        let secret = "S" + String(repeating: "0123456789abcdef", count: 4)
        let credentials = ClientCredentials(client: FarmFixture.client(9, "my-app", tokens: 0), secret: secret)
        _ = state.handle(.reply(id, .success(.credentials(credentials))))
        try GoldenScreen.expect(state.draw(), name("secret", size))
        let shown = state.draw().text.filter { !" │\n".contains($0) }
        #expect(shown.contains(secret))
    }

    @Test("Without colour no cell has a colour", arguments: sizes)
    func mono(size: GridSize) {
        var options = DashboardOptions()
        options.colors = .mono
        var state = FarmFixture.dashboard(columns: size.columns, rows: size.rows, options: options)
        state.answerLoads(state.press(.enter) + [.loadPicture(FrameKey(printID: 101, number: 240))])
        let grid = state.draw()
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                #expect(grid[row, column].paint.foreground == .terminalDefault)
                #expect(grid[row, column].paint.background == .terminalDefault)
            }
        }
    }

    @Test("Every size from 1x1 up is drawn without a fault", arguments: [1, 3, 4, 9, 15, 16, 17, 23, 31, 45])
    func anySize(rows: Int) {
        for columns in [1, 19, 20, 33, 59, 60, 61, 71, 79, 119, 120, 121, 200] {
            var state = FarmFixture.dashboard(columns: columns, rows: rows)
            for keys in ["", "\t", "\t", "?", "1e", "\u{1}", "f", "1/", "2", "2\t", "3c", "4", "4/x", "5", "5G"] {
                state.answerLoads(state.type(keys) + state.press(.enter))
                let grid = state.draw()
                #expect(grid.size == GridSize(rows: rows, columns: columns))
                _ = state.press(.escape)
                _ = state.press(.escape)
            }
        }
    }
}
