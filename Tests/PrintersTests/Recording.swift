import Farm
import Foundation
import Printers
import TestSupport
import Text

/// Answers and frames of a real OctoPrint (1.11.8, 2.0.0rc3) and a real Moonraker, cut to what the mapping reads.
enum Recording {
    /// The lines of a file in `Recordings`.
    static func lines(_ name: String) throws -> [MachineJSON] {
        let text = try String(contentsOf: TestFiles.inTests("PrintersTests/Recordings/\(name)"), encoding: .utf8)
        return try text.split(separator: "\n").map { try json(String($0)) }
    }

    /// The body of the answer with this number.
    static func body(_ number: String, of name: String) throws -> MachineJSON {
        for line in try lines(name) where line["n"]?.text == number { return line["body"] ?? .null }
        throw MissingLine(name: name, number: number)
    }

    struct MissingLine: Error {
        var name: String
        var number: String
    }
}

func json(_ text: String) throws -> MachineJSON { try MachineJSON(parsing: Array(text.utf8)) }

/// The moment of every reading in these tests.
let now = Timestamp(secondsSince1970: 1_795_962_000)

/// State and detail in one word, for tables.
func phase(_ reading: PrinterReading?) -> String {
    guard let reading else { return "nothing" }
    return reading.state.rawValue + (reading.detail.map { " (\($0))" } ?? "")
}
