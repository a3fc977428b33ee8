public import Farm
import Wire

/// The programs that take pictures.
public enum PictureProgram {
    /// - Throws: `noPicture` when there is no such program.
    public static func path(of name: String) throws(LinkFault) -> String {
        do throws(ProgramRun.Failure) {
            return try ProgramRun.path(of: name)
        } catch {
            if name.isEmpty { throw .noPicture("no program is named") }
            guard case .notStarted(let words) = error, name.contains("/") else {
                throw .noPicture(
                    "there is no program \(cleanedText(name, limit: 60)) in \(ProgramRun.folders.joined(separator: ", "))"
                )
            }
            throw .noPicture("\(cleanedText(name, limit: 200)) cannot be started: \(words)")
        }
    }
}

/// A program that writes one JPEG to its standard output: ffmpeg, rpicam-still, v4l2-ctl. From the configuration file only.
struct PictureCommand: Sendable {
    let words: [String]
    let timeout: Duration

    func output() async throws(LinkFault) -> [UInt8] {
        _ = try PictureProgram.path(of: words.first ?? "")
        let run = ProgramRun(words, output: .whole(limit: PictureFetch.sizeLimit), timeout: timeout)
        let result: ProgramRun.Result
        do throws(ProgramRun.Failure) {
            result = try await run.result()
        } catch {
            throw fault(error)
        }
        guard !result.output.isEmpty || result.exitCode == 0 else {
            throw .noPicture("the program ended with \(Self.describe(result.exitCode))")
        }
        return result.output
    }

    private func fault(_ failure: ProgramRun.Failure) -> LinkFault {
        switch failure {
        case .notStarted(let words): .noPicture("the program cannot be started: \(words)")
        case .tooLong(let limit): .tooLarge(limit: limit)
        case .timedOut: .noAnswer(seconds: max(1, Int(timeout.components.seconds)))
        case .cancelled: .stopped
        }
    }

    private static func describe(_ code: Int32) -> String {
        code > 128 ? "signal \(code - 128)" : "exit code \(code)"
    }
}
