import Farm
import Text

/// The file that OctoPrint has chosen and how far it is: `job` and `progress` of REST and push.
struct OctoPrintJob: Equatable, Sendable {
    var file: ReadFile?
    /// 0...100, by bytes read.
    private var completion: Double?
    private var printTime: Double?
    private var printTimeLeft: Double?

    init() {}

    init(job: MachineJSON?, progress: MachineJSON?) {
        file = ReadFile(octoPrint: job?["file"])
        completion = progress?["completion"]?.number(in: 0...100)
        printTime = progress?["printTime"]?.seconds
        printTimeLeft = progress?["printTimeLeft"]?.seconds
    }

    /// The payload of `PrintStarted`: a new job of which nothing is known yet.
    init(started payload: MachineJSON?) {
        file = ReadFile(octoPrint: payload)
    }

    var isComplete: Bool { completion == 100 }

    func fill(_ reading: inout PrinterReading) {
        reading.progress = completion.map { $0 / 100 }
        reading.elapsed = printTime
        reading.remaining = printTimeLeft
    }
}

extension ReadFile {
    /// `display` is the name as it was uploaded, `path` the sanitised one that commands take.
    init?(octoPrint file: MachineJSON?) {
        guard let path = file?["path"]?.text ?? file?["name"]?.text, !path.isEmpty, path.utf8.count <= 4096 else {
            return nil
        }
        self.init(name: file?["display"]?.words(limit: 1000) ?? cleanedText(path, limit: 1000), path: path)
    }
}
