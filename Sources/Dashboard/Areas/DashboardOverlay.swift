internal import Farm

/// What lies over a page and takes the keys until it is answered or left: a question, a form, a list.
protocol DashboardOverlay: Sendable {
    func draw(in canvas: inout Canvas, _ context: Context)
    /// For the foot of the screen, where these keys are the only ones.
    func hints(_ context: Context) -> [KeyBar.Hint]
    /// `.close` leaves it.
    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest]
    mutating func paste(_ text: String) -> [DashboardRequest]
    /// A click on a target that was drawn.
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest]
    /// A click on nothing of it. What can be had again is left; what was typed, asked or is shown only once stays.
    mutating func clickBeside(in context: Context) -> [DashboardRequest]
    /// The mouse has moved since the click, its button held.
    mutating func drag(to position: Position, in context: Context) -> [DashboardRequest]
    mutating func release(in context: Context) -> [DashboardRequest]
    /// Arrows with shift mean something else than those without.
    var takesShiftedArrows: Bool { get }
    /// The wheel; below 0 up.
    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest]
    /// The answer to the last thing that it asked the farm.
    mutating func receive(_ result: Result<FarmReply, RequestFailure>, in context: Context) -> [DashboardRequest]
    /// Pixels of a picture that it wanted.
    mutating func receive(
        _ result: Result<Pixels, RequestFailure>, picture: Int, in context: Context
    ) -> [DashboardRequest]
    /// Where the bed may lie in the pictures up to a frame.
    mutating func receive(
        _ result: Result<PictureArea, RequestFailure>, bedIn frame: FrameKey, in context: Context
    ) -> [DashboardRequest]
    /// It wants to be told of the time.
    var isWaiting: Bool { get }
    mutating func tick(in context: Context) -> [DashboardRequest]
    /// After every event.
    /// - Parameter offers: the commands of the page below.
    mutating func settle(_ offers: () -> [CommandOffer])
}

/// A command as the help lists it.
struct CommandOffer: Equatable, Sendable {
    var command: Command
    /// The name of its key.
    var key: String
    /// Why it cannot be done now.
    var refusal: String?
}

extension DashboardOverlay {
    mutating func paste(_ text: String) -> [DashboardRequest] { [] }
    mutating func receive(_ result: Result<FarmReply, RequestFailure>, in context: Context) -> [DashboardRequest] { [] }
    mutating func receive(
        _ result: Result<Pixels, RequestFailure>, picture: Int, in context: Context
    ) -> [DashboardRequest] { [] }
    mutating func drag(to position: Position, in context: Context) -> [DashboardRequest] { [] }
    mutating func release(in context: Context) -> [DashboardRequest] { [] }
    var takesShiftedArrows: Bool { false }
    mutating func receive(
        _ result: Result<PictureArea, RequestFailure>, bedIn frame: FrameKey, in context: Context
    ) -> [DashboardRequest] { [] }
    var isWaiting: Bool { false }
    mutating func tick(in context: Context) -> [DashboardRequest] { [] }
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        if case .key(let key) = target { handle(key, in: context) } else { [] }
    }
    mutating func clickBeside(in context: Context) -> [DashboardRequest] { [] }
    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] { [] }
    mutating func settle(_ offers: () -> [CommandOffer]) {}
}
