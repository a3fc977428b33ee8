import Farm
import FarmService
import Imaging

/// The bed as the pictures of a print show it.
enum RegionProposal {
    /// As many as the farm keeps of a print that runs.
    private static let pictures: Int64 = 12

    /// From the pictures that are kept of a print, up to this frame.
    /// - Throws: `ProposalRefusal`; why a picture cannot be read.
    static func bed(upTo frame: FrameKey, of farm: any FarmBackend) async throws -> PictureArea {
        var pictures: [Pixels] = []
        for number in max(1, frame.number - Self.pictures + 1)...max(1, frame.number) {
            do {
                let jpeg = try await farm.picture(FrameKey(printID: frame.printID, number: number)).jpeg
                pictures.append(try await blocking { Result { try JPEG.decode(jpeg).pixels } }.get())
            } catch FarmError.noSuchPicture {
                continue
            }
        }
        let decoded = pictures
        return try await blocking { Result { try PictureArea.changing(in: decoded) } }.get()
    }
}
