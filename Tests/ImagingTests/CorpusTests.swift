import Farm
import Foundation
import TestSupport
import Testing

@testable import Imaging

/// A line of the corpus's manifest.
private struct CorpusFile {
    let path: String
    let kind: String
    let components: String
    /// What libjpeg's djpeg made of it: "ok", "warn", "error(1)".
    let verdict: String

    init?(line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count > 15 else { return nil }
        (path, kind, components, verdict) = (fields[0], fields[1], fields[5], fields[10])
    }
}

private enum Outcome: String {
    case whole, damaged, notUsable, tooLarge, other
}

/// The corpus of 1,146 valid, odd, malformed and hostile files beside the checkout.
private struct Corpus {
    let folder: URL
    let files: [CorpusFile]

    static let isHere = TestFiles.shared("jpeg-corpus") != nil

    init() throws {
        folder = try #require(TestFiles.shared("jpeg-corpus"))
        let manifest = try String(contentsOf: folder.appending(path: "MANIFEST.tsv"), encoding: .utf8)
        files = manifest.split(whereSeparator: \.isNewline).dropFirst().compactMap(CorpusFile.init)
    }

    func bytes(_ file: CorpusFile) throws -> [UInt8] {
        let handle = try FileHandle(forReadingFrom: folder.appending(path: file.path))
        defer { try? handle.close() }
        return [UInt8](try handle.readToEnd() ?? Data())
    }
}

private func decode(_ bytes: [UInt8]) -> (Outcome, Pixels?) {
    do throws(FrameError) {
        let image = try JPEG.decode(bytes)
        return (image.damage == nil ? .whole : .damaged, image.pixels)
    } catch {
        switch error {
        case .notUsable: return (.notUsable, nil)
        case .tooLarge: return (.tooLarge, nil)
        default: return (.other, nil)
        }
    }
}

@Suite(
    "Every file of the JPEG corpus behaves as its manifest expects",
    .enabled(if: Corpus.isHere, "the corpus is not beside this checkout"), .timeLimit(.minutes(20)))
struct CorpusTests {
    @Test("whole ones decode, damaged ones say so or are refused, hostile ones are refused")
    func outcomes() throws {
        let corpus = try Corpus()
        #expect(corpus.files.count > 1000)
        for file in corpus.files {
            let outcome = decode(try corpus.bytes(file)).0
            let allowed: [Outcome] =
                switch (file.kind, file.verdict) {
                case ("bomb", _): [.tooLarge]
                case (_, "ok"): [.whole]
                case (_, "warn"): [.damaged, .notUsable, .tooLarge]
                default: [.notUsable, .tooLarge]
                }
            #expect(allowed.contains(outcome), "\(file.path): \(outcome)")
        }
    }

    @Test(
        "every pixel of what is used equals djpeg's within 1",
        .enabled(if: Djpeg() != nil, "djpeg is not on the PATH (package libjpeg-turbo-progs)"))
    func pixels() throws {
        let corpus = try Corpus()
        let djpeg = try #require(Djpeg())
        var compared = 0
        for file in corpus.files where file.verdict != "error(1)" {
            let bytes = try corpus.bytes(file)
            guard let pixels = decode(bytes).1 else { continue }
            let stored = try djpeg.decode(corpus.folder.appending(path: file.path), isCMYK: file.components == "4")
            let reference = uprightReference(stored, try JPEG.size(of: bytes).orientation)
            let difference = largestDifference(pixels, reference)
            #expect(difference.map { $0 <= 1 } == true, "\(file.path): \(difference as Int?)")
            compared += 1
        }
        #expect(compared > 150)
    }

    @Test("one scene stored in eight orientations looks the same")
    func sameScene() throws {
        let corpus = try Corpus()
        let scenes = try corpus.files.filter { $0.path.hasPrefix("exif/Landscape_") }
            .map { try JPEG.decode(corpus.bytes($0)).pixels.fitted(longestSide: 60) }
        let first = try #require(scenes.first)
        #expect(scenes.count >= 7)
        for scene in scenes.dropFirst() {
            #expect(scene.width == first.width && scene.height == first.height)
            let sum = zip(scene.bytes, first.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(Double(sum) / Double(first.bytes.count) < 6)
        }
    }
}

/// libjpeg's own decoder as a program.
private struct Djpeg {
    private let program: URL

    init?() {
        let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
        let found = folders.map { URL(filePath: String($0)).appending(path: "djpeg") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        guard let found else { return nil }
        program = found
    }

    func decode(_ file: URL, isCMYK: Bool) throws -> Pixels {
        let arguments = (isCMYK ? [] : ["-rgb"]) + ["-pnm", file.path]
        return try readPPM(try ChildProcess.run(program.path, arguments, environment: []).output)
    }
}
