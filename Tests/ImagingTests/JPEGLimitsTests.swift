import Farm
import Testing

@testable import Imaging

@Suite("A JPEG over the limits is refused by its header", .timeLimit(.minutes(20)))
struct JPEGLimitsTests {
    private func isTooLarge(_ jpeg: [UInt8], limits: JPEGLimits = .standard) -> Bool {
        do throws(FrameError) {
            _ = try JPEG.decode(jpeg, limits: limits)
            return false
        } catch {
            guard case .tooLarge = error else { return false }
            return true
        }
    }

    @Test("10 MiB are read, one byte more is not")
    func bytes() throws {
        let jpeg = try GoldenPicture.baseline.jpeg
        let padding = [UInt8](repeating: 0, count: 10 * 1024 * 1024 - jpeg.count)
        #expect(try JPEG.decode(jpeg + padding).damage == nil)
        #expect(isTooLarge(jpeg + padding + [0]))
    }

    @Test("24 megapixels may be tried, one column more may not")
    func pixels() throws {
        let jpeg = try GoldenPicture.baseline.jpeg
        #expect(try !isTooLarge(JPEGSurgery.changingFrame(of: jpeg, width: 6000, height: 4000)))
        #expect(try isTooLarge(JPEGSurgery.changingFrame(of: jpeg, width: 6001, height: 4000)))
        #expect(try isTooLarge(JPEGSurgery.changingFrame(of: jpeg, width: 65_535, height: 65_535)))
    }

    @Test("progressive ones may have 8 megapixels")
    func progressivePixels() throws {
        let jpeg = try GoldenPicture.progressive.jpeg
        #expect(try !isTooLarge(JPEGSurgery.changingFrame(of: jpeg, width: 4000, height: 2000)))
        #expect(try isTooLarge(JPEGSurgery.changingFrame(of: jpeg, width: 4001, height: 2000)))
    }

    @Test("a huge claim is too large whatever else is wrong with the file")
    func claimsFirst() throws {
        let jpeg = try JPEGSurgery.changingFrame(
            of: GoldenPicture.baseline.jpeg, precision: 12, width: 9000, height: 9000)
        let frame = try #require(JPEGSurgery.offset(of: 0xC0, in: jpeg))
        #expect(isTooLarge(jpeg))
        #expect(isTooLarge(Array(jpeg[..<(frame + 10)])))
    }

    @Test("scans are counted before any is decoded, of progressive and of sequential pictures")
    func scans() throws {
        let progressive = try GoldenPicture.progressive.jpeg
        let ends = JPEGSurgery.scanEnds(of: progressive)
        let lastScan = try #require(JPEGSurgery.offset(of: 0xDA, in: progressive, from: ends[ends.count - 2]))
        let again = progressive[lastScan..<ends[ends.count - 1]]
        let bomb = progressive[..<lastScan] + Array(repeating: again, count: 70).joined() + [0xFF, 0xD9]
        #expect(isTooLarge(Array(bomb)))
        let survey = try JPEG.size(of: Array(bomb)).surveyScans(in: Array(bomb), upTo: 65)
        #expect(survey.count == 65)

        var limits = JPEGLimits()
        limits.maxScans = ends.count
        #expect(!isTooLarge(progressive, limits: limits))
        limits.maxScans = ends.count - 1
        #expect(isTooLarge(progressive, limits: limits))
        limits.maxScans = 2
        #expect(try isTooLarge(GoldenPicture(name: "sequential-several-scans").jpeg, limits: limits))
    }
}
