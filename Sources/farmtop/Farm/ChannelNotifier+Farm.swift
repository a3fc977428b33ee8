import API
import Farm
import Glibc
import Imaging
import Logging
import Notifier
import OAuth
import Storage

extension ChannelNotifier {
    /// Nil without a channel; blocks for a moment.
    convenience init?(
        _ channels: [NotifyChannel], of store: SQLiteStore, _ pictures: PictureAddresses, _ signer: AnswerSigner,
        remark: String?, steady: SteadySource, _ logger: Logger
    ) throws {
        guard !channels.isEmpty else { return nil }
        let base = pictures.publicURL
        let links = NotificationLinks(
            token: { occasion, answer, isConfirmed, channel in
                signer.token(
                    AnswerToken(occasion: occasion, answer: answer, isConfirmed: isConfirmed, channel: channel),
                    // Messages are made by a farm that runs; without one their buttons are good for nothing.
                    now: steady.now ?? SteadyTime(microseconds: 0))
            },
            page: { "\(base)/answers/\($0)" },
            picture: { pictures.url(printer: $0, frame: $1, at: Timestamp.systemClock()) },
            randomID: { SystemRandomSource().deliveryID() }, remark: remark)
        try self.init(
            channels, outbox: store, links: links, version: Farmtop.version,
            testPicture: JPEG.encode(DrawnScene.draw(seed: 1, progress: 0.6, tangle: 0, frame: 1)),
            temporaryFolder: Self.temporaryFolder, now: Timestamp.systemClock, steady: steady,
            logger: logger)
    }

    private static var temporaryFolder: String {
        getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    }
}
