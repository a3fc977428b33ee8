import CKernels
import Farm
import TestSupport
import Testing

@testable import Detector

/// A network of layers that a seed chooses: 9 to 20 of all kinds, with shapes that no vector fits, and what they join.
struct RandomNetwork: CustomTestStringConvertible {
    var seed: UInt64
    var precision = Precision.float32
    var testDescription: String { "seed \(seed), \(precision.rawValue)" }

    /// Forty for each precision that this machine computes.
    static let all = Precision.available.flatMap { precision in
        (1...40).map { RandomNetwork(seed: $0, precision: precision) }
    }

    func network() throws -> Network {
        var random = SplitMix(seed: seed)
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        let side = pick(24...56)
        var text = "[net]\nwidth=\(side)\nheight=\(side)\n"
        var channels = pick(3...40)
        /// Number of a layer and channels, of those with the present side.
        var same: [(layer: Int, channels: Int)] = []
        var count = 0
        func add(_ section: String, _ channelsAfter: Int, newSide: Bool = false) {
            text += section + "\n"
            channels = channelsAfter
            if newSide { same = [] }
            same.append((count, channels))
            count += 1
        }
        func convolution(_ filters: Int, _ rest: String, newSide: Bool = false) {
            let activation = ["linear", "leaky", "relu6"][pick(0...2)]
            add("[convolutional]\nfilters=\(filters)\nactivation=\(activation)\n\(rest)", filters, newSide: newSide)
        }
        convolution(channels, "size=3\npad=1\nstride=\(pick(1...2))")
        var room = 1  // how often the side may double
        for _ in 0..<pick(8...19) {
            switch channels > 80 ? 0 : pick(0...12) {
            case 0...2: convolution(pick(1...70), "size=1")
            case 3...5: convolution(channels, "size=\([3, 5][pick(0...1)])\npad=1\ngroups=\(channels)")
            case 6:
                convolution(
                    channels, "size=3\npad=1\nstride=\([2, 2, 4, 16][pick(0...3)])\ngroups=\(channels)", newSide: true)
            case 7: convolution(pick(16...40), "size=3\npad=1")
            case 8: add("[maxpool]\nsize=\(pick(2...5))\nstride=1", channels)
            case 9 where room > 0:
                room -= 1
                add("[upsample]\nstride=2", channels, newSide: true)
            case 10:
                let groups = (2...4).last { channels % $0 == 0 } ?? 1
                convolution(groups * pick(1...9), "size=\([3, 5][pick(0...1)])\npad=1\ngroups=\(groups)")
            case 11:
                let sources = [same[pick(0...(same.count - 1))], same[pick(0...(same.count - 1))]]
                add(
                    "[route]\nlayers=\(sources.map { "\($0.layer)" }.joined(separator: ","))",
                    sources.reduce(0) { $0 + $1.channels })
            default:
                guard let other = same.dropLast().last(where: { $0.channels == channels }) else { continue }
                add("[shortcut]\nfrom=\(other.layer)\nactivation=linear", channels)
            }
        }
        add("[convolutional]\nfilters=6\nsize=1\nactivation=linear", 6)
        text += "[yolo]\nanchors=8,8\nclasses=1\n"
        return try Self.network(text, &random, precision)
    }

    /// - Parameter random: gives the weights.
    static func network(
        _ text: String, _ random: inout SplitMix, _ precision: Precision = .float32
    ) throws -> Network {
        let graph = try NetworkGraph(DarknetConfig(text, model: "random"))
        let parameters = Int(graph.layers.reduce(0) { $0 + $1.parameters })
        let bytes = random.floats(parameters).flatMap { number in
            withUnsafeBytes(of: (number / 4).bitPattern.littleEndian) { [UInt8]($0) }
        }
        return try Network(
            graph: graph, weights: .bytes([0, 0, 0, 0, 2, 0, 0, 0] + [UInt8](repeating: 0, count: 12) + bytes),
            threads: 1, precision: precision)
    }
}

/// Layers that begin before the one before them has ended.
@Suite("Overlapping layers", .timeLimit(.minutes(20)))
struct OverlapTests {
    private func heads(_ inference: Inference) -> [UInt32] {
        inference.network.graph.heads.flatMap { inference.tensor($0.layer).planar.map(\.bitPattern) }
    }

    /// Fills the working memory with another frame's numbers, so that what is read too early is not right by chance.
    private func forget(_ inference: Inference) {
        inference.input.fill([Float](repeating: 0.7, count: 3 * inference.network.graph.input.pixels))
        inference.run()
    }

    @Test(
        "the heads of any network are the same bits for any number of threads",
        arguments: RandomNetwork.all)
    func threads(random: RandomNetwork) throws {
        let network = try random.network()
        var numbers = SplitMix(seed: random.seed &+ 99)
        let frame = numbers.floats(3 * network.graph.input.pixels)
        let plain = try Inference(network, threads: 1, instructions: .best, keepAll: true)
        plain.input.fill(frame)
        plain.run()
        let expected = heads(plain)
        for threads in [1, 2, 3, 6] {
            let inference = try Inference(network, threads: threads, instructions: .best, leastOperations: 0)
            for _ in 0..<3 {
                forget(inference)
                inference.input.fill(frame)
                inference.run()
                let isSame = heads(inference) == expected
                #expect(isSame, "\(threads) threads")
            }
        }
    }

    /// Threads meet by chance; here as many tasks as other threads could have under way are held back for as long as
    /// nothing needs them.
    @Test("tasks may be late for as long as none needs them", arguments: RandomNetwork.all)
    func late(random: RandomNetwork) throws {
        let network = try random.network()
        var numbers = SplitMix(seed: random.seed &+ 7)
        let inference = try Inference(network, threads: 4, instructions: .best, leastOperations: 0)
        let frame = numbers.floats(3 * network.graph.input.pixels)
        inference.input.fill(frame)
        inference.run()
        let expected = heads(inference)
        var held = 0
        for _ in 0..<5 {
            forget(inference)
            inference.input.fill(frame)
            inference.run { tasks in
                var late: [Int] = []
                func perform(_ number: Int) {
                    let task = tasks[number]
                    for item in task.first..<task.end { task.work(task.context, item, 0) }
                }
                for (number, task) in tasks.enumerated() {
                    late.filter { $0 < task.needs }.forEach(perform)
                    late.removeAll { $0 < task.needs }
                    if late.count < 3, Int.random(in: 0..<3, using: &numbers) == 0 {
                        late.append(number)
                    } else {
                        held += late.isEmpty ? 0 : 1
                        perform(number)
                    }
                }
                late.forEach(perform)
            }
            let isSame = heads(inference) == expected
            #expect(isSame)
        }
        #expect(held > 0)
    }

    @Test("a step takes no memory that the step before it reads", arguments: RandomNetwork.all)
    func places(random: RandomNetwork) throws {
        let graph = try random.network().graph
        func range(_ layer: Int, _ plan: ExecutionPlan) -> Range<Int> {
            plan.offsets[layer]..<plan.offsets[layer] + graph.layers[layer].output.floats
        }
        let plan = ExecutionPlan(graph, blockedInput: false)
        for (before, step) in zip(plan.steps, plan.steps.dropFirst()) {
            for read in before.reads + (before.residual.map { [$0] } ?? []) {
                #expect(!range(read, plan).overlaps(range(step.layer, plan)))
            }
        }
    }

    @Test("no small layer lies where a large one could")
    func arena() throws {
        // Blocks of 16 channels: 2, 2, 1, 6, 1. The most are in use while the fourth is written, which may begin before the
        // third has read the second to its end: 2 + 1 + 6. Placed in their order, the third would lie behind the first two.
        let text =
            "[net]\nwidth=64\nheight=64\n[convolutional]\nfilters=32\nsize=3\npad=1\nactivation=linear\n"
            + "[convolutional]\nfilters=32\nsize=1\nactivation=linear\n"
            + "[convolutional]\nfilters=16\nsize=1\nactivation=linear\n"
            + "[convolutional]\nfilters=96\nsize=1\nactivation=linear\n"
            + "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n[yolo]\nanchors=8,8\nclasses=1\n"
        let graph = try NetworkGraph(DarknetConfig(text, model: "arena"))
        #expect(ExecutionPlan(graph, blockedInput: false).arenaFloats == 9 * 16 * 4096)
        #expect(ExecutionPlan(graph, blockedInput: false, keepAll: true).arenaFloats == 12 * 16 * 4096)
    }

    @Test("however a step is divided, its tasks are its items, each once", arguments: RandomNetwork.all)
    func items(random: RandomNetwork) throws {
        let network = try random.network()
        let whole = try ranges(network, threads: 1, leastOperations: .infinity)
        #expect(whole.allSatisfy { $0.value.count == 1 })
        let divided = try ranges(network, threads: 1, leastOperations: 0)
        #expect(divided.mapValues { [$0[0].lowerBound..<($0.last?.upperBound ?? 0)] } == whole)
        let shared = try ranges(network, threads: 3, leastOperations: 0)
        for ranges in divided.values.map({ $0 }) + shared.values.map({ $0 }) {
            #expect(ranges.first?.lowerBound == 0)
            for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
        }
    }

    private struct Part: Hashable {
        var step: Int32
        /// Which of the step's parts one after the other, such as those of Winograd.
        var number: Int
    }

    /// The items of each part's tasks, in the order of the tasks.
    private func ranges(
        _ network: Network, threads: Int, leastOperations: Double
    ) throws -> [Part: [Range<Int32>]] {
        let inference = try Inference(
            network, threads: threads, instructions: .best, leastOperations: leastOperations)
        var tasks: [ck_task] = []
        inference.run { tasks = Array($0) }
        var contexts: [Int32: [UnsafeMutableRawPointer?]] = [:]
        var ranges: [Part: [Range<Int32>]] = [:]
        for task in tasks {
            if contexts[task.step]?.contains(task.context) != true {
                contexts[task.step, default: []].append(task.context)
            }
            let number = contexts[task.step]?.firstIndex(of: task.context) ?? 0
            ranges[Part(step: task.step, number: number), default: []].append(task.first..<task.end)
        }
        return ranges
    }

    @Test("rows that the depthwise layer does not read are there for others")
    func unread() throws {
        // 4,096 pixels, of which the depthwise layer reads the first 50 rows and the second head all.
        let text =
            "[net]\nwidth=64\nheight=64\n[convolutional]\nfilters=16\nsize=3\npad=1\nactivation=leaky\n"
            + "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n"
            + "[convolutional]\nfilters=6\ngroups=6\nsize=3\npad=1\nstride=16\nactivation=linear\n"
            + "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n[yolo]\nanchors=8,8\nclasses=1\n"
            + "[route]\nlayers=1\n[yolo]\nanchors=8,8\nclasses=1\n"
        var random = SplitMix(seed: 8)
        let network = try RandomNetwork.network(text, &random)
        let frame = random.floats(3 * 4096)
        // All are kept: the memory of one that had ended would hold the right numbers for the next.
        var inferences: [Inference] = []
        for (keepAll, least) in [(true, Double.infinity), (false, 0)] {
            let inference = try Inference(
                network, threads: 1, instructions: .best, keepAll: keepAll, leastOperations: least)
            forget(inference)
            inference.input.fill(frame)
            inference.run()
            inferences.append(inference)
        }
        let seen = inferences.map(heads)
        #expect(seen[0].count == 6 * (16 + 4096))
        let isSame = seen[0] == seen[1]
        #expect(isSame)
    }

    @Test("a layer that uses scratch memory runs alone", arguments: RandomNetwork.all)
    func scratch(random: RandomNetwork) throws {
        let network = try random.network()
        let inference = try Inference(network, threads: 3, instructions: .best, leastOperations: 0)
        inference.input.fill([Float](repeating: 0, count: 3 * network.graph.input.pixels))
        var tasks: [ck_task] = []
        inference.run { tasks = Array($0) }
        for step in inference.plan.steps.dropLast().indices where usesScratch(inference.plan.steps[step], network) {
            let own = tasks.indices.filter { tasks[$0].step == step }
            let first = try #require(own.first)
            let end = try #require(own.last) + 1
            for task in own { #expect(tasks[task].needs >= first) }
            #expect(tasks[end].needs >= end)
        }
    }

    private func usesScratch(_ step: ExecutionPlan.Step, _ network: Network) -> Bool {
        guard var kernel = network.convolutions[step.layer]?.kernel else {
            return network.graph.layers[step.layer].maxpool != nil
        }
        // The rows in fewer bits have one place a worker, whichever the layer.
        let isNarrow = kernel.method == CK_POINTWISE_BFLOAT16 || kernel.method == CK_POINTWISE_INT8
        return !isNarrow && ck_conv_scratch_count(&kernel, 3) > 0
    }
}
