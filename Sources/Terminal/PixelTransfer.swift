import Dashboard
import Farm

/// Which pictures the terminal has, and which are on their way to it. A picture goes in pieces, so that keys are answered
/// meanwhile; the one it follows stays on the screen until it is whole.
struct PixelTransfer {
    private struct Held: Equatable {
        var picture: PixelPicture
        var isOther: Bool
    }
    /// What the terminal holds, by slot.
    private var held: [UInt8: Held] = [:]
    /// What the screen wants, by slot.
    private var wanted: [UInt8: PixelPicture] = [:]
    private var underway: (held: Held, sent: Int)?
    /// Numbers that no cell names any more.
    private var ended: [UInt8] = []

    mutating func want(_ pictures: [PixelPicture]) {
        wanted = Dictionary(pictures.map { ($0.slot, $0) }) { $1 }
    }

    /// What cells of each slot must name. A slot is left out while the terminal holds nothing for it, or a picture of
    /// another print or size.
    var numbers: [UInt8: UInt8] {
        wanted.compactMapValues { picture in
            guard let held = held[picture.slot], held.picture.size == picture.size,
                held.picture.print == picture.print
            else { return nil }
            return PixelProtocol.number(slot: picture.slot, isOther: held.isOther)
        }
    }

    var isSending: Bool { underway != nil || !ended.isEmpty || next != nil }

    /// The picture to be sent next; the large one first.
    private var next: PixelPicture? {
        wanted.values.filter { held[$0.slot]?.picture != $0 }.min { $0.slot < $1.slot }
    }

    /// The next bytes for the terminal; a few thousand at most. `numbers` may be others afterwards.
    mutating func step() -> [UInt8] {
        // The cells have been drawn anew since these were named.
        if !ended.isEmpty {
            defer { ended = [] }
            return ended.flatMap(PixelProtocol.delete)
        }
        if underway == nil, let picture = next {
            underway = (Held(picture: picture, isOther: !(held[picture.slot]?.isOther ?? true)), 0)
        }
        guard let (new, sent) = underway else { return [] }
        let picture = new.picture
        let number = PixelProtocol.number(slot: picture.slot, isOther: new.isOther)
        let bytes = PixelProtocol.chunk(of: picture, number: number, from: sent)
        underway = (new, sent + PixelProtocol.chunkSize)
        if sent + PixelProtocol.chunkSize >= picture.pixels.bytes.count {
            if let old = held[picture.slot] {
                ended.append(PixelProtocol.number(slot: picture.slot, isOther: old.isOther))
            }
            held[picture.slot] = new
            underway = nil
        }
        return bytes
    }

    /// Frees all that the terminal holds; what is wanted will be sent again.
    mutating func release() -> [UInt8] {
        defer {
            held = [:]
            underway = nil
            ended = []
        }
        let begun = underway.map { [PixelProtocol.number(slot: $0.held.picture.slot, isOther: $0.held.isOther)] } ?? []
        let numbers = held.map { PixelProtocol.number(slot: $0.key, isOther: $0.value.isOther) } + begun + ended
        return (underway.map { $0.sent > 0 } == true ? PixelProtocol.breakOff : [])
            + numbers.sorted().flatMap(PixelProtocol.delete)
    }
}
