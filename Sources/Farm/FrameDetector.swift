/// A frame as an app sent it, for the queue before the detector.
public struct SubmittedFrame: Sendable {
    /// Names the submission for `FrameDetector.cancel`; no two of one process are the same.
    public var number: UInt64
    /// For fairness and order: frames of one printer are analysed one after another.
    public var printerID: PrinterID
    /// The print that was open when the frame came.
    public var printID: PrintID
    /// As it was sent; not checked yet.
    public var jpeg: [UInt8]
    /// What of the picture is judged.
    public var region: CameraRegion
    /// Where people have said that something is no failure, in pixels of the upright picture: what it looks like there now is told.
    public var places: [BoundingBox]

    public init(
        number: UInt64, printerID: PrinterID, printID: PrintID, jpeg: [UInt8], region: CameraRegion = .whole,
        places: [BoundingBox] = []
    ) {
        self.number = number
        self.printerID = printerID
        self.printID = printID
        self.jpeg = jpeg
        self.region = region
        self.places = places
    }
}

/// What the detector found in a frame.
public struct FrameAnalysis: Equatable, Sendable {
    /// Pixels of the upright frame.
    public var width: Int
    /// As `width`.
    public var height: Int
    /// Confidence > 0.08 after non-maximum suppression at IoU 0.45, highest first, without those outside the region; in
    /// pixels of the whole frame.
    public var detections: [Detection]
    /// What was wrong with a picture that was usable all the same; nil when nothing was.
    public var damage: String?
    /// What is judged of the picture shows nothing: the lens is covered, or it is dark.
    public var isBlack: Bool
    /// What the picture looks like in the places that were asked for, in their order; empty where nothing was detected.
    public var looks: [BoxLook?]
    /// From the JPEG to pixels.
    public var decodeMilliseconds: Double
    /// From pixels to detections; resizing is part of it.
    public var networkMilliseconds: Double

    public init(
        width: Int, height: Int, detections: [Detection], damage: String? = nil, isBlack: Bool = false,
        looks: [BoxLook?] = [], decodeMilliseconds: Double = 0, networkMilliseconds: Double = 0
    ) {
        self.width = width
        self.height = height
        self.detections = detections
        self.damage = damage
        self.isBlack = isBlack
        self.looks = looks
        self.decodeMilliseconds = decodeMilliseconds
        self.networkMilliseconds = networkMilliseconds
    }
}

/// Why a frame was not analysed.
public enum FrameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not a JPEG, or too damaged to judge.
    case notUsable(reason: String)
    /// Over the limits of bytes, pixels or scans.
    case tooLarge(reason: String)
    /// The queue is full; try again after so many seconds.
    case queueFull(retryAfterSeconds: Int)
    /// The program is shutting down or the caller went away.
    case cancelled

    public var description: String {
        switch self {
        case .notUsable(let reason): "The picture cannot be used: \(reason). Send a whole JPEG."
        case .tooLarge(let reason): "The picture is too large: \(reason). Send a smaller JPEG."
        case .queueFull(let seconds): "Too many frames wait for the detector. Send the frame again in \(seconds) s."
        case .cancelled: "The frame was not analysed: the caller went away or farmtop is stopping. Send it again."
        }
    }
}

/// Which network is in use.
public struct ModelDescription: Equatable, Sendable, Codable {
    public var name: String
    /// Pixels of the network's input; frames are resized to it.
    public var inputWidth: Int
    /// As `inputWidth`.
    public var inputHeight: Int
    /// Multiply-adds times two, in 10⁹.
    public var gflop: Double
    /// Numbers in the weights' file.
    public var parameters: Int
    /// In how many bits its 1×1 convolutions multiply.
    public var precision: Precision
    /// SHA-256 of configuration and weights, 64 hex digits: names the network whose scores these are.
    public var digest: String
    /// Its scores were fitted to failure probabilities; else the number is a guess by the rule of 0.1.
    public var isCalibrated: Bool

    public init(
        name: String, inputWidth: Int, inputHeight: Int, gflop: Double, parameters: Int,
        precision: Precision = .float32,
        digest: String = "", isCalibrated: Bool = false
    ) {
        self.name = name
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.gflop = gflop
        self.parameters = parameters
        self.precision = precision
        self.digest = digest
        self.isCalibrated = isCalibrated
    }
}

/// The queue and the detector, in numbers.
public struct DetectorLoad: Equatable, Sendable, Codable {
    /// Not yet answered, the ones under way included.
    public var queuedFrames = 0
    /// What their JPEGs take together.
    public var queuedBytes = 0
    /// Since the start, those that gave a result.
    public var analysedFrames: Int64 = 0
    /// Since the start: the queue was full, or the picture could not be used.
    public var rejectedFrames: Int64 = 0
    /// Taken out of the queue because their clients went away.
    public var cancelledFrames: Int64 = 0
    /// How long the last frame took: decoding plus network.
    public var lastMilliseconds = 0.0
    /// How long all analysed frames took together, on all threads.
    public var busyMilliseconds = 0.0

    public init() {}
}

/// What is to happen with a frame's result. Called exactly once, on a thread of the detector, in the order of submission for
/// one printer; must return soon.
public typealias FrameCompletion = @Sendable (Result<FrameAnalysis, FrameError>) -> Void

/// Finds failures in frames: bounded, in order for one printer, fair between printers.
public protocol FrameDetector: Sendable {
    var model: ModelDescription { get }
    var load: DetectorLoad { get }

    /// Queues a frame.
    /// - Throws: `FrameError.queueFull` at once, without calling `completion`.
    func submit(_ frame: SubmittedFrame, completion: @escaping FrameCompletion) throws(FrameError)

    /// Takes a frame that still waits out of the queue and answers it `.cancelled`; one under way is computed to its end.
    func cancel(_ number: UInt64)
}

extension FrameDetector {
    /// Submits a frame and waits for its result. The result may come after that of a later frame of the same printer: who needs
    /// their order takes them by a completion.
    /// - Throws: `FrameError`; `cancelled` when the task was cancelled while the frame still waited.
    public func analysis(of frame: SubmittedFrame) async throws -> FrameAnalysis {
        try await answer(to: frame) { continuation in { continuation.resume(with: $0) } }
    }

    /// Submits a frame and waits until its completion has given an answer.
    /// - Parameter makeCompletion: from what resumes the waiting task, which the completion must do exactly once.
    public func answer<Answer: Sendable>(
        to frame: SubmittedFrame,
        completing makeCompletion: (CheckedContinuation<Answer, any Error>) -> FrameCompletion
    ) async throws -> Answer {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do throws(FrameError) {
                    try submit(frame, completion: makeCompletion(continuation))
                } catch {
                    continuation.resume(throwing: error)
                }
                // A cancellation that came before the submission found nothing to take out.
                if Task.isCancelled { cancel(frame.number) }
            }
        } onCancel: {
            cancel(frame.number)
        }
    }
}
