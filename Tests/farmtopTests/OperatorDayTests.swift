import Farm
import FarmService
import Foundation
import Logging
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Detector
@testable import FarmConfiguration
@testable import farmtop

@Suite("What a machine may lack", .timeLimit(.minutes(20)))
struct OperatorDayTests {
    private let root = FileManager.default.temporaryDirectory.appending(
        path: "farmtop-day-\(UUID().uuidString.prefix(8))")

    private func folder(_ name: String = "data") throws -> DataFolder {
        try DataFolder(preparing: root.appending(path: name).path)
    }
    private func settings(_ toml: String) throws -> Settings {
        try Settings(
            overrides: ConfigurationOverrides(configFile: "/c.toml"), environment: ["HOME": root.path],
            workingFolder: "/"
        ) { _ in Array(toml.utf8) }
    }

    @Test("few descriptors and little memory are told before anything is opened, with the number that is needed")
    func limits() {
        #expect(ProcessLimits(descriptors: 24, memory: .max).failure?.message.contains("may open 24 files") == true)
        #expect(ProcessLimits(descriptors: 1024, memory: 150 << 20).failure?.message.contains("150 MiB") == true)
        #expect(ProcessLimits(descriptors: 8, memory: .max).commandFailure?.message.contains("needs 12") == true)
        #expect(ProcessLimits(descriptors: 24, memory: 150 << 20).commandFailure?.message.contains("150 MiB") == true)
        #expect(ProcessLimits(descriptors: 24, memory: 512 << 20).commandFailure == nil)
        let enough = ProcessLimits(descriptors: 1024, memory: .max)
        #expect(enough.failure == nil && enough.connections(atMost: 1024) == 960)
        #expect(ProcessLimits(descriptors: 8192, memory: .max).connections(atMost: 1024) == 1024)
        #expect(ProcessLimits.raised().descriptors >= ProcessLimits.leastDescriptors)
    }

    @Test("the control socket of a folder with a long path has a path that fits, and is in that folder")
    func longFolder() throws {
        #expect(try folder().controlSocket == root.path + "/data/control.sock")
        let long = try folder(String(repeating: "d", count: 120))
        #expect(long.controlSocket.utf8.count <= Paths.longestSocketPath)
        try Data().write(to: URL(filePath: long.controlSocket))
        #expect(FileManager.default.fileExists(atPath: long.path + "/control.sock"))
    }

    @Test("an API socket whose path does not fit is refused by the configuration")
    func longSocket() throws {
        #expect(throws: ConfigurationError.self) {
            try settings("[server]\napi_socket = \"/run/\(String(repeating: "s", count: 120))\"\n")
        }
    }

    @Test("the budget's old key is still read, and yields to the new one")
    func renamedKey() throws {
        let old = "[detector]\nqueue_mib = 64\n"
        #expect(try settings(old).configuration.server.bytesInFlightMebibytes == 64)
        let both = "[server]\nbytes_in_flight_mib = 256\n" + old
        #expect(try settings(both).configuration.server.bytesInFlightMebibytes == 256)
    }

    @Test(
        "links of a farm that listens everywhere are never to everywhere, and it is said",
        arguments: ["0.0.0.0:3334", "[::]:3334", "[0:0::0]:3334"])
    func everyAddress(listen: String) throws {
        let everywhere = try settings("[server]\nlisten = \"\(listen)\"\n")
        #expect(everywhere.linksFollowRequests && everywhere.linksRemark?.contains("server.public_url") == true)
        #expect(!everywhere.publicBase.contains("0.0.0.0") && !everywhere.publicBase.contains("::"))
        let named = try settings("[server]\nlisten = \"\(listen)\"\npublic_url = \"https://farm.example.org/\"\n")
        #expect(
            !named.linksFollowRequests && named.publicBase == "https://farm.example.org" && named.linksRemark == nil)
    }

    @Test("buttons of a phone that lead to this machine alone are told of; Telegram's lead nowhere")
    func buttons() throws {
        let phone = "[[notify]]\nname = \"phone\"\nkind = \"ntfy\"\nurl = \"https://ntfy.sh/x\"\n"
        let telegram = "[[notify]]\nname = \"chat\"\nkind = \"telegram\"\ntoken_file = \"/t\"\nchat = 5\n"
        let remark = try #require(try settings(phone + telegram).buttonsRemark)
        #expect(remark.hasPrefix("The buttons of phone lead to http://127.0.0.1:3334, which no phone reaches."))
        for silent in [
            telegram, phone + "answers = []\n", "[server]\npublic_url = \"https://farm.example.org\"\n" + phone,
            "[server]\nlisten = \"192.0.2.1:3334\"\n" + phone,
        ] {
            #expect(try settings(silent).buttonsRemark == nil, "\(silent)")
        }
    }

    @Test("every page of the database is looked at: damage is found though no request touched it")
    func databaseWatch() async throws {
        let data = try folder()
        do { _ = try SQLiteStore(data.lock()) }
        let state = DatabaseState()
        let told = Mutex<String?>("not yet")
        let watch = DatabaseWatch(
            check: { try DatabaseInspection(data)?.check() }, isThere: {}, state: state,
            tell: { finding in told.withLock { $0 = finding } },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await watch.look()
        #expect(state.isDamaged == false)
        #expect(told.withLock { $0 } == nil)
        var bytes = Array(try Data(contentsOf: URL(filePath: data.database)))
        for index in bytes.count / 2..<(bytes.count / 2 + 8192) where index < bytes.count { bytes[index] = 0xA5 }
        try Data(bytes).write(to: URL(filePath: data.database))
        await watch.look()
        #expect(state.isDamaged == true)
        let sentence = told.withLock { $0 } ?? ""
        #expect(sentence.contains("is damaged") && sentence.contains("farmtop restore"), "what to do: \(sentence)")
    }

    @Test("a farm that stops does not wait for the look at a large database")
    func stoppedWhileLooking() async {
        let isLooking = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        let state = DatabaseState()
        let watch = DatabaseWatch(
            check: {
                isLooking.signal()
                mayEnd.wait()
            }, isThere: {}, state: state, tell: { _ in },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await watch.run() }
        await blocking { isLooking.wait() }
        running.cancel()
        // It would hang here.
        _ = await running.result
        #expect(state.isDamaged == nil)
        mayEnd.signal()
    }

    @Test("the precision is that which was measured to be faster, on this processor and for this network")
    func precision() throws {
        let file = root.appending(path: "precision.json").path
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        var source = ModelSource(cfgPath: "", weightsPath: "", measurementFile: file)
        guard Precision.available.count > 1 else {
            #expect(!source.needsMeasurement && source.precision == .float32)
            return
        }
        #expect(source.needsMeasurement)
        try source.measure()
        let network = try source.load(threads: 1)
        var measurement = try #require(source.measurement)
        let names = Set(Precision.available.map(\.rawValue))
        #expect(Set(measurement.milliseconds.keys) == names && measurement.milliseconds.values.allSatisfy { $0 > 0 })
        #expect(network.model.precision == measurement.fastest)
        measurement.milliseconds = ["float32": 2, "bfloat16": 1]
        measurement.remember(in: file)
        #expect(source.precision == .bfloat16)
        measurement.milliseconds = ["float32": 2, "bfloat16": 1.5, "int8": 1]
        measurement.remember(in: file)
        #expect(source.precision == .bfloat16, "int8 is taken only where it is asked for")
        measurement.milliseconds = ["float32": 1, "bfloat16": 2]
        measurement.remember(in: file)
        #expect(source.precision == .float32)
        #expect(try source.load(threads: 1).model.precision == .float32)
        let layers = measurement.layers
        for other in [nil, "another input"] {
            measurement.layers = other
            measurement.remember(in: file)
            #expect(source.measurement == nil && source.needsMeasurement, "the time of another network: \(other ?? "")")
        }
        measurement.layers = layers
        measurement.processor = "another"
        measurement.remember(in: file)
        #expect(source.measurement == nil)
        source.choice = .bfloat16
        #expect(source.precision == .bfloat16)
    }
}
