/// A link to one machine. It owns its connections, keeps the manners of its kind, and shares no state with other links.
public protocol PrinterLink: Sendable {
    /// What the machine tells. For one reader; ends when `run` returns. Bounded: of readings that nobody has taken yet only
    /// the newest is kept.
    var events: AsyncStream<LinkEvent> { get }

    /// Connects, reads, and connects again after every loss, until the task is cancelled or a person must act
    /// (`LinkEvent.needsOperator`).
    func run() async

    /// Asks the machine how it is, though that is not due yet. What it says comes as an event.
    /// - Returns: false where nothing comes of it: the machine tells of changes by itself, or cannot be asked now.
    func look() async -> Bool

    /// Sends one command and waits for the server's answer. The caller keeps the order (`MachineCommand`); a link that is
    /// not connected answers `unknown` at once.
    /// - Parameter timeout: after it the outcome is `unknown`.
    func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome

    /// The same for one job: a link that can name the job to its server does, so that no later one is hit.
    /// - Parameter job: that ran when the command was given; nil for a command that is about none.
    func send(_ command: LinkCommand, of job: MachineJob?, timeout: Duration) async -> LinkOutcome

    /// The files that can be printed, as the machine orders them.
    func files() async throws(LinkFault) -> [RemoteFile]

    /// Sends a file whole or not at all.
    /// - Parameter progress: bytes sent so far.
    /// - Returns: the file under the name that the machine gave it.
    func upload(_ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void) async throws(LinkFault) -> RemoteFile

    /// The cameras that the machine knows of, for a person to choose from.
    func cameras() async throws(LinkFault) -> [OfferedCamera]

    /// One JPEG of the machine's own camera, for `CameraSource.printer`.
    func picture() async throws(LinkFault) -> [UInt8]
}

extension PrinterLink {
    public func look() async -> Bool { false }

    public func send(_ command: LinkCommand, of job: MachineJob?, timeout: Duration) async -> LinkOutcome {
        await send(command, timeout: timeout)
    }
}
