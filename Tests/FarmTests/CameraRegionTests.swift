import Farm
import Foundation
import Testing

@Suite("The region of a camera", .timeLimit(.minutes(20)))
struct CameraRegionTests {
    private let bed: PictureArea
    private let spool: PictureArea

    init() throws {
        bed = try PictureArea(x: 100, y: 200, width: 600, height: 500)
        spool = try PictureArea(x: 500, y: 200, width: 200, height: 100)
    }

    @Test(
        "a region is blind when the areas to ignore cover the whole bed, together or alone, and not when a strip is left"
    )
    func blind() throws {
        #expect(!CameraRegion.whole.isBlind)
        #expect(try !CameraRegion(bed: bed).isBlind)
        #expect(try CameraRegion(bed: nil, ignored: [.whole]).isBlind)
        let left = try PictureArea(x: 0, y: 0, width: 400, height: 1000)
        let right = try PictureArea(x: 400, y: 100, width: 600, height: 900)
        #expect(try CameraRegion(bed: bed, ignored: [left, right]).isBlind)
        #expect(try !CameraRegion(bed: nil, ignored: [left, right]).isBlind, "a corner above is left")
        let narrow = try PictureArea(x: 401, y: 100, width: 599, height: 900)
        #expect(try !CameraRegion(bed: bed, ignored: [left, narrow]).isBlind)
    }

    @Test("a region turns with its camera's pictures, and back")
    func turning() throws {
        let region = try CameraRegion(
            bed: PictureArea(x: 100, y: 200, width: 600, height: 550),
            ignored: [PictureArea(x: 0, y: 0, width: 90, height: 40)])
        func bed(turned rotation: CameraOrientation.Rotation) -> PictureArea? {
            region.turned(from: .upright, to: CameraOrientation(rotation: rotation)).bed
        }
        #expect(bed(turned: .half) == (try PictureArea(x: 300, y: 250, width: 600, height: 550)))
        // What was on the left is above; what was below, on the left.
        #expect(bed(turned: .quarter) == (try PictureArea(x: 250, y: 100, width: 550, height: 600)))
        let mirrored = region.turned(from: .upright, to: CameraOrientation(flipHorizontal: true))
        #expect(mirrored.ignored == [try PictureArea(x: 910, y: 0, width: 90, height: 40)])
        var all: [CameraOrientation] = []
        for rotation in CameraOrientation.Rotation.allCases {
            for flips in 0..<4 {
                all.append(
                    CameraOrientation(flipHorizontal: flips & 1 > 0, flipVertical: flips & 2 > 0, rotation: rotation))
            }
        }
        for old in all {
            for new in all {
                let turned = region.turned(from: old, to: new)
                #expect(turned.turned(from: new, to: old) == region)
                #expect(region.turned(from: old, to: .upright).turned(from: .upright, to: new) == turned)
            }
        }
    }

    @Test("a rectangle lies inside the picture and is not empty")
    func areas() throws {
        #expect(throws: RegionError.beyondPicture) { try PictureArea(x: 600, y: 0, width: 500, height: 10) }
        #expect(throws: RegionError.beyondPicture) { try PictureArea(x: -1, y: 0, width: 5, height: 10) }
        #expect(throws: RegionError.empty) { try PictureArea(x: 0, y: 0, width: 0, height: 10) }
        #expect(throws: RegionError.beyondPicture) { try PictureArea(x: .max, y: 0, width: .max, height: 10) }
        #expect(throws: RegionError.beyondPicture) {
            try PictureArea(fractionsX: .nan, y: 0, width: 1, height: 1)
        }
        #expect(throws: RegionError.beyondPicture) {
            try PictureArea(fractionsX: 0.6, y: 0, width: 0.5, height: 1)
        }
        #expect(throws: RegionError.empty) { try PictureArea(fractionsX: 0.5, y: 0, width: 0.0001, height: 1) }
        #expect(try PictureArea(fractionsX: 1.0 / 3, y: 0, width: 2.0 / 3, height: 1).endX == 1000)
    }

    @Test("what a hand draws beyond the picture ends at its edge, and is never too small")
    func clamping() {
        let area = PictureArea(clampingX: 980, y: -40, width: 100, height: 3, atLeast: 50)
        #expect((area.x, area.y, area.width, area.height) == (900, 0, 100, 50))
        #expect(PictureArea(clampingX: -5, y: -5, width: 5000, height: 5000) == .whole)
    }

    @Test("a bed has a twentieth of the picture at least, and there are 16 areas to ignore at most")
    func limits() throws {
        let sliver = try PictureArea(x: 0, y: 0, width: 49, height: 500)
        #expect(throws: RegionError.bedTooSmall) { try CameraRegion(bed: sliver) }
        let many = try (0..<17).map { try PictureArea(x: $0 * 10, y: 0, width: 5, height: 5) }
        #expect(throws: RegionError.tooManyIgnored(17)) { try CameraRegion(bed: nil, ignored: many) }
        #expect(try CameraRegion(bed: .whole) == .whole)
    }

    @Test("its name is the same however the areas came, and it is read again")
    func text() throws {
        let tray = try PictureArea(x: 0, y: 900, width: 1000, height: 100)
        let region = try CameraRegion(bed: bed, ignored: [tray, spool, spool])
        #expect(region.description == "bed=100,200,600,500 ignore=500,200,200,100 ignore=0,900,1000,100")
        #expect(CameraRegion(region.description) == region)
        #expect(try CameraRegion(bed: bed, ignored: [spool, tray]) == region)
        #expect(CameraRegion("") == .whole && CameraRegion.whole.description == "")
        for wrong in ["bed=1,2,3", "bed=0,0,1001,1", "bed=a,b,c,d", "x=0,0,1,1", "bed=0,0,99,99 bed=0,0,99,99", "bed"] {
            #expect(CameraRegion(wrong) == nil, "\(wrong)")
        }
        let coded = try JSONDecoder().decode(CameraRegion.self, from: JSONEncoder().encode(region))
        #expect(coded == region)
    }

    @Test("what was found in the bed lies in the whole picture; what lies outside or is ignored does not count")
    func placed() throws {
        let region = try CameraRegion(bed: bed, ignored: [spool])
        func found(_ x: Double, _ y: Double) -> Detection {
            Detection(confidence: 0.5, box: BoundingBox(x: x, y: y, width: 30, height: 30))
        }
        // The bed is cut out from (64, 96) of 640 × 480: 384 × 240 pixels.
        let cut = bed.pixels(width: 640, height: 480)
        #expect(cut.columns == 64..<448 && cut.rows == 96..<336)
        let placed = region.placed([found(10, 100), found(300, 20), found(390, 100)], width: 640, height: 480)
        #expect(placed.map(\.box.x) == [74] && placed.map(\.box.y) == [196])
        #expect(CameraRegion.whole.placed([found(10, 100)], width: 640, height: 480) == [found(10, 100)])
        let ignoring = try CameraRegion(bed: nil, ignored: [spool])
        #expect(ignoring.placed([found(330, 100), found(10, 100)], width: 640, height: 480) == [found(10, 100)])
    }

    @Test("an area has a pixel in the smallest picture")
    func onePixel() throws {
        let corner = try PictureArea(x: 999, y: 999, width: 1, height: 1)
        for side in [1, 2, 7, 640] {
            let cut = corner.pixels(width: side, height: side)
            #expect(cut.columns == side - 1..<side && cut.rows == side - 1..<side)
        }
    }

    @Test("words for sentences")
    func words() throws {
        #expect(CameraRegion.whole.words == "the whole picture")
        #expect(try CameraRegion(bed: bed).words == "the bed at 10,20,60,50 %")
        #expect(try CameraRegion(bed: nil, ignored: [spool]).words == "the whole picture without 1 area")
        #expect(try PictureArea(x: 5, y: 0, width: 125, height: 500).perCent == "0.5,0,12.5,50")
    }
}
