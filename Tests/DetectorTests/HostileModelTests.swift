import Farm
import Foundation
import TestSupport
import Testing

@testable import Detector

@Suite("Models from outside", .timeLimit(.minutes(20)))
struct HostileModelTests {
    private func refusal(_ cfg: String) -> ModelError? {
        do throws(ModelError) {
            _ = try NetworkGraph(DarknetConfig(cfg, model: "m.cfg"))
            return nil
        } catch {
            return error
        }
    }
    private let net = "[net]\nwidth=8\nheight=8\nchannels=3\n"

    @Test("a layer that farmtop does not know is named with its line and what to do")
    func unknownLayer() {
        #expect(
            refusal(net + "[lstm]\n").map(String.init(describing:))
                == "m.cfg, line 5, section [lstm]: the layer is not supported. farmtop knows: convolutional, maxpool, "
                + "avgpool, route, shortcut, upsample, reorg3d, reorg, dropout, region, yolo. Use a network made of these."
        )
    }

    @Test(
        "a key or value that would change the result is an error of its line",
        arguments: [
            ("[convolutional]\nfilters=4\nwidht=3\n", 7, "widht"), ("[convolutional]\nfilters=x\n", 6, "filters"),
            ("[convolutional]\nfilters=4\nactivation=gelu\n", 7, "gelu"),
            ("[maxpool]\nmaxpool_depth=1\n", 6, "maxpool_depth"),
            ("[convolutional]\nsize=9\n", 6, "does not fit"), ("[route]\nlayers=-1\n", 6, "layer -1"),
            ("[convolutional]\nfilters=6\ngroups=2\n", 7, "groups"), ("[dropout]\n[shortcut]\nfrom=5\n", 7, "layer 5"),
            ("[convolutional]\nfilters=5\n[region]\nanchors=1,1\nnum=1\nclasses=1\n", 7, "channels"),
            ("[convolutional]\nfilters=99999999999999999999\n", 6, "filters"),
            ("[convolutional]\nfilters=#4\n", 6, "filters"), ("[dropout]\n[route]\nlayers=\n", 7, "empty"),
            ("[dropout]\n[route]\nlayers=,\n", 7, "empty"),
            ("[dropout]\n[route]\nlayers=-9223372036854775808\n", 7, "-9223372036854775808"),
        ])
    func badKey(text: String, line: Int, word: String) {
        guard case .section(_, _, let at, let problem, let remedy)? = refusal(net + text) else {
            Issue.record("not refused: \(text.debugDescription)")
            return
        }
        #expect(at == line && problem.contains(word) && !remedy.isEmpty, "\(at): \(problem)")
    }

    @Test("where no layer comes before, none is proposed")
    func nothingBefore() {
        let text = refusal(net + "[route]\nlayers=-1\n").map(String.init(describing:)) ?? ""
        #expect(text.contains("Nothing comes before") && !text.contains("0 to"), "\(text)")
    }

    @Test("layers of different sizes are not joined")
    func join() {
        #expect(refusal(net + "[maxpool]\nsize=2\nstride=2\n[upsample]\nstride=4\n[route]\nlayers=0,1\n") != nil)
    }

    @Test("growing without end is refused before memory is asked for")
    func growth() {
        let cfg = net + String(repeating: "[upsample]\nstride=64\n", count: 12)
        #expect(refusal(cfg).map { String(describing: $0).contains("its output would be") } == true)
    }

    @Test("a network that would take too much work or memory is refused before its weights are read, and says how much")
    func tooLarge() {
        let head = "[convolutional]\nfilters=30\nsize=1\n[region]\nanchors=1,1,1,1,1,1,1,1,1,1\nnum=5\nclasses=1\n"
        // Weights of another network: a refusal would say so if they were looked at.
        let weights = Golden.url("darknet/golden.weights").path
        func refusal(_ cfg: String) -> ModelError? {
            do throws(ModelError) {
                _ = try Network(cfg: cfg, weights: .file(weights), name: "m")
                return nil
            } catch {
                return error
            }
        }
        let work = "[convolutional]\nfilters=512\nsize=3\npad=1\n"
        let heavy = "[net]\nwidth=416\nheight=416\n" + String(repeating: work, count: 2) + head
        let wide =
            "[net]\nwidth=2048\nheight=2048\n" + String(repeating: "[convolutional]\nfilters=32\n", count: 4) + head
        for (cfg, word) in [(heavy, "GFLOP"), (wide, "MB of working memory a frame")] {
            guard case .tooLarge(_, let demand, let limits)? = refusal(cfg) else {
                Issue.record("not refused: \(refusal(cfg).map(String.init(describing:)) ?? "")")
                continue
            }
            #expect(demand.gflop > limits.gflop || demand.workingBytes > limits.workingBytes)
            let text = refusal(cfg).map(String.init(describing:)) ?? ""
            #expect(text.contains(word) && text.contains("up to 200 GFLOP, 1024 MB") && text.contains("[net]"))
        }
        guard case .weightsSize? = refusal("[net]\nwidth=416\nheight=416\n" + work + head) else {
            Issue.record("a network of usual size should get as far as its weights")
            return
        }
    }

    @Test("weights that are a byte short or long say both sizes", arguments: [-1, 1, -209_000])
    func size(difference: Int) throws {
        var bytes = try Golden.bytes("darknet/golden.weights")
        let expected = bytes.count
        if difference < 0 { bytes.removeLast(-difference) } else { bytes.append(0) }
        #expect(
            throws: ModelError.weightsSize(
                model: "golden", expectedBytes: expected, foundBytes: expected + difference)
        ) { try Network(graph: Golden.darknetGraph(), weights: .bytes(bytes), threads: 1) }
    }

    @Test("the images seen take 4 bytes before version 0.2")
    func oldHeader() throws {
        var bytes = try Golden.bytes("darknet/golden.weights")
        bytes.replaceSubrange(4..<8, with: [1, 0, 0, 0])
        bytes.removeSubrange(16..<20)
        #expect(throws: Never.self) { try Network(graph: Golden.darknetGraph(), weights: .bytes(bytes), threads: 1) }
    }

    @Test("weights that are not numbers are refused, not run")
    func notNumbers() throws {
        var bytes = try Golden.bytes("darknet/golden.weights")
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
        #expect(throws: ModelError.self) {
            try Network(graph: Golden.darknetGraph(), weights: .bytes(bytes), threads: 2)
        }
    }

    @Test("finite weights whose product with the normalisation is not are refused", arguments: [1, 3])
    func foldedOverflow(size: Int) throws {
        let cfg =
            net + "[convolutional]\nfilters=6\nsize=\(size)\nstride=1\npad=1\nactivation=linear\nbatch_normalize=1\n"
            + "[yolo]\nclasses=1\nnum=1\nanchors=1,1\n"
        func network(scale: Float) throws -> Network {
            let rows =
                [Float](repeating: 0, count: 6) + Array(repeating: scale, count: 6)
                + Array(repeating: 0, count: 6) + Array(repeating: 1, count: 6)
            let filters = [Float](repeating: 1e20, count: 6 * 3 * size * size)
            let header: [UInt32] = [0, 2, 0, 0, 0]
            let bytes =
                header.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
                + (rows + filters).flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
            return try Network(cfg: cfg, weights: .bytes(bytes), name: "m")
        }
        #expect(throws: Never.self) { try network(scale: 1) }
        let error = #expect(throws: ModelError.self) { try network(scale: 1e30) }
        #expect(error.map(String.init(describing:))?.contains("infinite") == true)
    }

    @Test("a named pipe is no model, and nobody waits for its writer", .timeLimit(.minutes(20)))
    func namedPipe() throws {
        let path = NSTemporaryDirectory() + "farmtop-\(UUID().uuidString)"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect(throws: ModelError.unreadable(path: path, reason: "it is not a regular file")) {
            try WeightsSource.file(path)
        }
    }

    @Test("a file that is not there is named")
    func missing() {
        #expect(throws: ModelError.unreadable(path: "/nonexistent", reason: "No such file or directory")) {
            try WeightsSource.file("/nonexistent")
        }
    }

    @Test("3,000 damaged cfgs are read or refused, and never more")
    func fuzzConfig() throws {
        let text = try Golden.bytes("darknet/golden.cfg")
        var random = SplitMix(seed: 7)
        var accepted = 0
        for _ in 0..<3000 {
            var damaged = text
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<damaged.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: damaged[at] = UInt8.random(in: 0...255, using: &random)
                case 1: damaged.remove(at: at)
                case 2: damaged.insert(UInt8(ascii: "9"), at: at)
                default: damaged.removeSubrange(at..<min(damaged.count, at + 40))
                }
                if damaged.isEmpty { break }
            }
            if refusal(String(decoding: damaged, as: UTF8.self)) == nil { accepted += 1 }
        }
        #expect(accepted > 0 && accepted < 3000)
    }

    @Test("a network with damaged weights still gives finite boxes")
    func fuzzWeights() throws {
        let weights = try Golden.bytes("darknet/golden.weights")
        var random = SplitMix(seed: 11)
        for _ in 0..<40 {
            var damaged = weights
            for _ in 0..<50 {
                damaged[Int.random(in: 20..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let network = try? Network(graph: Golden.darknetGraph(), weights: .bytes(damaged), threads: 1) else {
                continue
            }
            let inference = try Inference(network, threads: 1, instructions: .best)
            inference.input.fill(random.floats(3 * 64 * 64))
            inference.run()
            for detection in NetworkDetector.detections(inference, width: 640, height: 480) {
                let box = detection.box
                #expect([detection.confidence, box.x, box.y, box.width, box.height].allSatisfy { $0.isFinite })
            }
        }
    }
}
