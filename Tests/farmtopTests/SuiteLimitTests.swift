import Foundation
import TestSupport
import Testing

@Suite("The tests themselves", .timeLimit(.minutes(20)))
struct SuiteLimitTests {
    @Test("every suite has a time limit, so that a run ends and says where it stood")
    func limits() throws {
        let root = TestFiles.inTests("")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var without: [String] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for part in text.components(separatedBy: "\n@Suite").dropFirst() {
                let head = part.components(separatedBy: "\nstruct ")[0].components(separatedBy: "\nfinal class ")[0]
                if !head.contains(".timeLimit(") { without.append("\(file.lastPathComponent): \(head.prefix(60))") }
            }
        }
        #expect(without.isEmpty, "\(without.joined(separator: "\n"))")
    }

    /// A machine that has no /etc/hosts does not know the name, and what waits for a server that could not start never ends.
    @Test("no test needs the name localhost to be found")
    func localhost() throws {
        let root = TestFiles.inTests("")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var found: [String] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            // Hummingbird's live way of testing listens there.
            if text.contains(".test(" + ".live") { found.append(file.lastPathComponent) }
        }
        #expect(found.isEmpty, "\(found)")
    }
}
