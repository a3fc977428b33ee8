import Foundation
import TestSupport
import Testing

@Suite("The tests themselves", .timeLimit(.minutes(5)))
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
}
