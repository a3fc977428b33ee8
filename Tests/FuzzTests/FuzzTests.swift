import FailureDetection
import Farm
import Foundation
import NIOCore
import TestSupport
import Testing
import Text
import WireSchema

@testable import API
@testable import Detector
@testable import FarmClient
@testable import FarmConfiguration
@testable import Imaging
@testable import OAuth
@testable import farmtop

/// Every parser of what comes from outside, fed with broken input. What must hold: no trap, an error of its own type, and
/// the same answer to the same bytes. `Tests/Bench/fuzz.sh` runs them for longer.
@Suite("Parsers and broken input", .serialized, .timeLimit(.minutes(20)))
struct FuzzTests {
    /// The kind of a typed error: its case, without what it carries.
    private func kind(_ error: some Error) -> String { String("\(error)".prefix { $0 != "(" }) }

    @Test("multipart bodies: the same parts however the body is cut")
    func multipart() throws {
        try Fuzzer("multipart").run { body in
            func parse(_ chunks: [ArraySlice<UInt8>]) -> Result<[MultipartParser.Part], MultipartError> {
                Result { () throws(MultipartError) in
                    var parser = try MultipartParser(boundary: "b0")
                    for chunk in chunks { try parser.read(chunk) }
                    return try parser.finish()
                }
            }
            let whole = parse([body[...]])
            let cut = body.count / 3
            #expect(whole == parse([body[..<cut], body[cut...]]))
            switch whole {
            case .success(let parts): return "\(parts.map { ($0.name, $0.filename != nil) })"
            case .failure(let error): return kind(error)
            }
        }
    }

    @Test("tables of likelihoods: a table, or the line that is wrong")
    func likelihoods() throws {
        try Fuzzer("likelihoods").run { bytes in
            do throws(LikelihoodTableError) {
                let table = try LikelihoodTable(text: bytes)
                #expect((table.cameras + table.nests).allSatisfy { $0.shares.allSatisfy { $0 > 0 && $0 <= 1 } })
                return "\(table.cameras.count) \(table.nests.count)"
            } catch {
                return kind(error)
            }
        }
    }

    @Test("tables of printers: a list and its problems, or the line that makes it no table; never a key in the words")
    func csv() throws {
        try Fuzzer("csv").run { bytes in
            do throws(CSVFault) {
                let table = try CSVTable(bytes)
                let list = PrinterList(table) { (_) throws(CommandFailure) in "hush" }
                for printer in list.printers { #expect(printer.camera?.isLocal != true) }
                for problem in list.problems { #expect(!problem.message.contains("hush")) }
                return "\(list.printers.count) \(Set(list.problems.map { $0.column ?? "-" }).sorted())"
            } catch {
                return kind(error)
            }
        }
    }

    @Test("stored evidence and histories: the same bytes again, or nothing")
    func evidence() throws {
        try Fuzzer("evidence").run { bytes in
            if let evidence = FailureEvidence(packed: bytes) {
                #expect(FailureEvidence(packed: evidence.packed) == evidence)
                return "evidence \(evidence.dismissal != nil)"
            }
            guard let history = CameraHistory(packed: bytes) else { return "nothing" }
            #expect(history.packed == bytes)
            return "history"
        }
    }

    @Test("lists of scores: a sequence, or what is wrong with the line")
    func scores() throws {
        try Fuzzer("scores").run { bytes in
            ScoreLine.lines(Data(bytes)).map { line in
                do throws(ScoreLine.Fault) {
                    let sequence = try ScoreLine.sequence(line.bytes)
                    #expect(sequence.scores.allSatisfy { $0.isFinite && $0 >= 0 })
                    return "sequence \(sequence.before.isEmpty)"
                } catch {
                    return error.reason
                }
            }.joined(separator: ",").prefix(60).description
        }
    }

    @Test("answers of a farm elsewhere: what the tables of fields say, or none")
    func farmAnswers() throws {
        try Fuzzer("farm_answers").run { bytes in
            // The same objects however the bytes are cut.
            func read<Object: WireReadable>(_: Object.Type) -> [Object]? {
                var found: [[Object]?] = []
                // Byte by byte where that is soon done, else in fifty pieces.
                for length in [bytes.count, 7, bytes.count <= 300 ? 1 : bytes.count / 50] where length > 0 {
                    var list = ReceivedList<Object>()
                    var rest = Array(bytes)[...]
                    do {
                        while !rest.isEmpty {
                            try list.add(Array(rest.prefix(length)))
                            rest = rest.dropFirst(length)
                        }
                        found.append(try list.finish())
                    } catch {
                        found.append(nil)
                    }
                }
                #expect(Set(found.map { $0?.count }).count <= 1)
                return found.first ?? nil
            }
            if let printers = read(ToldPrinter.self) {
                return "printers \(printers.first?.snapshot.states.machine.rawValue ?? "")"
            }
            if let prints = read(ToldPrint.self) { return "prints \(prints.first?.print.isOpen == true)" }
            if let events = read(ToldEvent.self) { return "events \(events.first?.event.actor.kind ?? "")" }
            return read(Received.StoredPrediction.self) == nil ? "none" : "frames"
        }
    }

    @Test("event streams: the same events however the bytes are cut")
    func eventStream() throws {
        try Fuzzer("event_stream").run { bytes in
            func parse(_ chunks: [ArraySlice<UInt8>]) -> [ServerSentEvents.Event]? {
                var events = ServerSentEvents(limit: 4096)
                do throws(ControlError) {
                    var found: [ServerSentEvents.Event] = []
                    for chunk in chunks { found += try events.add(Array(chunk)) }
                    return found
                } catch {
                    return nil
                }
            }
            let whole = parse([bytes[...]])
            let cut = bytes.count / 3
            // A part of a line over the limit may have been taken before.
            if bytes.count < 4096 { #expect(whole == parse([bytes[..<cut], bytes[cut...]])) }
            return whole?.map(\.name).joined(separator: ",").prefix(60).description ?? "too long"
        }
    }

    @Test("form bodies, and client authentication made of them")
    func form() throws {
        try Fuzzer("form").run { body in
            do throws(FormError) {
                let form = try FormParameters(parsing: body)
                do throws(OAuthError) {
                    let client = try PresentedClient.parse(authorizationHeader: nil, form: form)
                    return "client \(client.secret != nil)"
                } catch {
                    return kind(error)
                }
            } catch {
                return kind(error)
            }
        }
    }

    @Test("Authorization headers: a token or a client, or a clear refusal")
    func authorization() throws {
        try Fuzzer("authorization").run { bytes in
            let header = String(decoding: bytes, as: UTF8.self)
            var answer = ""
            switch BearerCredential.parse(authorization: [header], apiKey: []) {
            case .none: answer = "none"
            case .several: answer = "several"
            case .malformed: answer = "malformed"
            case .token(let token):
                #expect(!token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
                answer = "token"
            }
            do throws(OAuthError) {
                let client = try PresentedClient.parse(authorizationHeader: header, form: FormParameters())
                return "\(answer) client \(client.usedBasic) \(client.secret?.isEmpty ?? true)"
            } catch {
                return "\(answer) \(kind(error))"
            }
        }
    }

    @Test("JSON: what is read is written and read back the same")
    func json() throws {
        try Fuzzer("json").run { bytes in
            do throws(JSONError) {
                let value = try JSONReader.read(bytes)
                #expect(try JSONReader.read(bytes) == value)
                return String("\(value)".prefix(12))
            } catch {
                return "\(error.reason)"
            }
        }
    }

    @Test("request targets: path segments and query parameters")
    func target() throws {
        try Fuzzer("target").run { bytes in
            let target = RequestTarget(String(decoding: bytes, as: UTF8.self))
            do throws(APIError) {
                return "\(target.segments?.count ?? -1) \(try target.parameters().parameters.isEmpty)"
            } catch {
                return "\(target.segments == nil) refused"
            }
        }
    }

    @Test("requests of a connection: the same however the bytes are cut, and plain to the next reader")
    func requests() throws {
        try Fuzzer("request").run { bytes in
            func frame(_ chunks: [ArraySlice<UInt8>]) -> (passed: [UInt8], ends: Int, refusal: Refusal?) {
                var (framing, buffer) = (RequestFraming(), ByteBuffer())
                var (passed, ends) = ([UInt8](), 0)
                do throws(Refusal) {
                    for chunk in chunks {
                        buffer.writeBytes(chunk)
                        while let piece = try framing.next(&buffer) {
                            passed += piece.bytes.readableBytesView
                            if piece.endsRequest { ends += 1 }
                        }
                    }
                } catch {
                    return (passed, ends, error)
                }
                return (passed, ends, nil)
            }
            let whole = frame([bytes[...]])
            let cut = bytes.count / 3
            #expect(whole == frame([bytes[..<cut], bytes[cut...]]))
            // What was passed on is the same requests to whoever reads it next.
            let again = frame([whole.passed[...]])
            #expect(again.refusal == nil && again.ends == whole.ends)
            return "\(min(whole.ends, 3)) \(whole.refusal?.detail ?? "clear")"
        }
    }

    @Test("Accept-Encoding: a coding that we have, or none")
    func acceptEncoding() throws {
        try Fuzzer("accept-encoding").run { bytes in
            let coding = ContentCoding(accepting: [String(decoding: bytes, as: UTF8.self)])
            return coding?.rawValue ?? "none"
        }
    }

    @Test("model configurations: a network or an error that names the section")
    func cfg() throws {
        try Fuzzer("cfg", runs: 1500).run { bytes in
            do throws(ModelError) {
                let config = try DarknetConfig(String(decoding: bytes, as: UTF8.self), model: "fuzz")
                let graph = try NetworkGraph(config)
                return "graph \(graph.layers.map(\.section).joined())"
            } catch {
                let description = error.description
                #expect(description.hasPrefix("fuzz"), "\(description)")
                return String(description.filter { !$0.isNumber }.prefix(60))
            }
        }
    }

    @Test("weights: a network that computes, or an error")
    func weights() throws {
        let cfg = """
            [net]
            width=8
            height=8
            channels=3
            [convolutional]
            batch_normalize=1
            filters=4
            size=3
            stride=1
            pad=1
            activation=leaky
            [convolutional]
            filters=6
            size=1
            stride=1
            activation=linear
            [yolo]
            mask=0
            anchors=2,2
            classes=1
            num=1
            """
        try Fuzzer("weights", runs: 1500).run { bytes in
            do throws(ModelError) {
                let network = try Network(cfg: cfg, weights: .bytes(bytes), name: "fuzz")
                let detector = try NetworkDetector(network: network, threads: 1)
                let pixels = Pixels(width: 8, height: 8, bytes: Array(repeating: 127, count: 192))
                let detections = detector.detect(pixels)
                #expect(detections.allSatisfy { $0.confidence.isFinite && $0.confidence <= 1 })
                return "found \(detections.isEmpty)"
            } catch {
                return String(error.description.filter { !$0.isNumber }.prefix(60))
            }
        }
    }

    @Test("pictures: pixels of the size that the header says, or an error; never more than the limits")
    func jpeg() throws {
        var limits = JPEGLimits()
        limits.maxPixels = 1 << 20
        limits.maxProgressivePixels = 1 << 19
        try Fuzzer("jpeg", runs: 1500).run { bytes in
            do throws(FrameError) {
                let image = try JPEG.decode(bytes, limits: limits)
                let (width, height) = (image.pixels.width, image.pixels.height)
                #expect(image.pixels.bytes.count == width * height * 3 && width * height <= limits.maxPixels)
                return "image \(image.damage ?? "whole")"
            } catch {
                return error.description
            }
        }
    }

    @Test("configuration files: settings, or the problems with their lines")
    func toml() throws {
        try Fuzzer("toml", runs: 600).run { bytes in
            do throws(ConfigurationError) {
                _ = try ConfigurationReader(file: "fuzz.toml").read(String(decoding: bytes, as: UTF8.self))
                return "read"
            } catch {
                let description = error.description
                #expect(description.hasPrefix("fuzz.toml"), "\(description)")
                return String(description.prefix(80))
            }
        }
    }
}
