import Dashboard
import Farm
import Foundation

extension PrintExport {
    /// Reads every page of the query and writes a new file. A file that is there already is left as it is.
    /// - Returns: how many prints are in the file.
    func write(_ query: PrintQuery, from backend: any FarmBackend, home: String?) async throws -> Int {
        let path = path.hasPrefix("~/") ? (home ?? "~") + self.path.dropFirst() : path
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure.failed("\(path) is there already. Choose another name.")
        }
        var query = query
        var prints: [Print] = []
        while true {
            let page = try await backend.prints(query)
            prints += selected(page)
            guard page.count == query.limit else { break }
            query.start += page.count
        }
        do {
            try Data(text(prints).utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
        } catch {
            throw CommandFailure.failed("\(path) cannot be written: \(fileReason(error))")
        }
        return prints.count
    }
}
