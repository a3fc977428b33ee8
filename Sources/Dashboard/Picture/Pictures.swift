internal import Farm

/// The pictures that a page wants on the screen, and where.
struct WantedPictures: Equatable {
    struct Tile: Equatable {
        var printer: PrinterID
        var key: FrameKey
        var room: Rect
    }
    /// The one of the page, or of the selected printer.
    var large: (key: FrameKey, room: Rect)?
    var tiles: [Tile] = []

    static func == (a: Self, b: Self) -> Bool {
        a.large?.key == b.large?.key && a.large?.room == b.large?.room && a.tiles == b.tiles
    }
}

/// The last picture of a printer, made into cells for its tile.
struct CameraTile: Equatable, Sendable {
    var picture: ShownPicture
    /// How many tiles were made before this one: the oldest is made anew first.
    var order: Int
}

/// The pictures at hand, and those that were made into cells for their place on the screen.
struct Pictures: Equatable, Sendable {
    private(set) var cache = PictureCache()
    private(set) var shown: ShownPicture?
    /// The pictures of the cameras view.
    private(set) var tiles: [PrinterID: CameraTile] = [:]
    private var tilesMade = 0

    mutating func put(_ key: FrameKey, _ pixels: Pixels, _ detections: [Detection]) {
        cache.put(key, pixels, detections)
    }
    mutating func fail(_ key: FrameKey, _ reason: String) { cache.fail(key, reason) }
    mutating func abandon() { cache.abandon() }

    /// Everything shown is made anew: for other cells, or with boxes of another colour.
    mutating func remake() {
        shown = nil
        tiles = [:]
    }

    /// Makes what is at hand into cells.
    /// - Returns: the picture to ask for next.
    mutating func settle(_ wanted: WantedPictures, _ maker: PictureMaker, mayLoad: Bool) -> FrameKey? {
        guard mayLoad else { return nil }
        let large = settle(large: wanted.large, maker)
        let tile = settle(tiles: wanted.tiles, maker)
        return large ?? tile
    }

    private mutating func settle(large: (key: FrameKey, room: Rect)?, _ maker: PictureMaker) -> FrameKey? {
        guard let wanted = large else { return nil }
        let key = cache.entries[wanted.key] != nil ? wanted.key : cache.nearest(to: wanted.key)
        if let key, shown?.key != key || shown?.room != wanted.room, let entry = cache.entries[key] {
            shown = maker.shown(entry, key, in: wanted.room, slot: 0)
        }
        guard cache.loading == nil, !cache.isKnown(wanted.key) else { return nil }
        cache.startLoading(wanted.key)
        return wanted.key
    }

    /// Makes tiles of the pictures at hand, and asks for the one that is missing longest.
    private mutating func settle(tiles wanted: [WantedPictures.Tile], _ maker: PictureMaker) -> FrameKey? {
        guard !wanted.isEmpty else {
            if !tiles.isEmpty { tiles = [:] }
            return nil
        }
        if maker.options.pixelCell != nil {
            // The terminal has room for the pictures on the screen only.
            let printers = Set(wanted.map(\.printer))
            tiles = tiles.filter { printers.contains($0.key) }
        }
        for tile in wanted {
            let old = tiles[tile.printer]?.picture
            guard old?.key != tile.key || old?.room != tile.room, let entry = cache.entries[tile.key] else { continue }
            tilesMade += 1
            tiles[tile.printer] = CameraTile(
                picture: maker.shown(entry, tile.key, in: tile.room, slot: old?.pixels?.slot ?? freeSlot),
                order: tilesMade)
        }
        guard cache.loading == nil else { return nil }
        let missing = wanted.filter { tile in
            let shown = tiles[tile.printer]?.picture
            return (shown?.key != tile.key || shown?.room != tile.room) && !cache.isKnown(tile.key)
        }
        guard let next = missing.min(by: { (tiles[$0.printer]?.order ?? 0) < (tiles[$1.printer]?.order ?? 0) }) else {
            return nil
        }
        cache.startLoading(next.key)
        return next.key
    }

    /// A slot of the terminal's that no tile has. The first one is the large picture's.
    private var freeSlot: UInt8? {
        let taken = Set(tiles.values.compactMap(\.picture.pixels?.slot))
        return (1..<UInt8(PixelPicture.slots)).first { !taken.contains($0) }
    }
}
