import ArgumentParser
import Farm

/// A rectangle of a picture on the command line: left, top, width and height in per cent of the picture.
struct PerCentArea: ExpressibleByArgument, Equatable {
    private var sides: [Double]

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
        guard numbers.count == 4, argument.utf8.count(where: { $0 == UInt8(ascii: ",") }) == 3 else { return nil }
        sides = numbers
    }

    func area() throws(RegionError) -> PictureArea {
        try PictureArea(
            fractionsX: sides[0] / 100, y: sides[1] / 100, width: sides[2] / 100, height: sides[3] / 100)
    }
}

/// What of a picture is judged, as a person writes it.
struct RegionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The bed: left, top, width and height in per cent of the picture.", valueName: "x,y,w,h"))
    var bed: PerCentArea?
    @Option(
        help: ArgumentHelp(
            "An area to ignore, in per cent of the picture; may be given again.", valueName: "x,y,w,h"))
    var ignore: [PerCentArea] = []

    var isGiven: Bool { bed != nil || !ignore.isEmpty }

    func region() throws -> CameraRegion {
        do throws(RegionError) {
            var ignored: [PictureArea] = []
            for area in ignore { ignored.append(try area.area()) }
            return try CameraRegion(bed: try bed?.area(), ignored: ignored)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func validate() throws { _ = try region() }
}
