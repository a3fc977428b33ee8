import Farm
import Text

extension FieldReader {
    /// What is judged of a camera's picture: an object, or null for the whole picture. A form can only take it away.
    mutating func region(_ name: String) -> CameraRegion? {
        guard contains(name) else { return nil }
        if isMissingOrBlank(name) || allTexts(name) == ["null"] { return .whole }
        guard case .object(let members)? = json(name) else {
            fail(name, "Send an object of JSON with bed and ignored, or null for the whole picture.")
            return nil
        }
        do {
            return try Self.region(members)
        } catch {
            fail(name, error.message)
            return nil
        }
    }

    /// What is wrong with a part of it.
    private struct Problem: Error {
        var message: String
    }

    private static func region(_ members: [String: JSONValue]) throws(Problem) -> CameraRegion {
        if let unknown = members.keys.sorted().first(where: { !["bed", "ignored"].contains($0) }) {
            throw Problem(message: "A region has bed and ignored, and no \"\(unknown)\".")
        }
        var bed: PictureArea?
        if let value = members["bed"], value != .null { bed = try area(value, "bed") }
        var ignored: [PictureArea] = []
        switch members["ignored"] {
        case nil, .null: break
        case .array(let values): for value in values { ignored.append(try area(value, "ignored")) }
        case .some: throw Problem(message: "ignored: a list of rectangles is expected.")
        }
        do throws(RegionError) {
            return try CameraRegion(bed: bed, ignored: ignored)
        } catch {
            throw Problem(message: error.description)
        }
    }

    private static func area(_ value: JSONValue, _ name: String) throws(Problem) -> PictureArea {
        guard case .object(let members) = value else {
            throw Problem(message: "\(name): a rectangle is an object with x, y, width and height from 0 to 1.")
        }
        var sides: [Double] = []
        for side in ["x", "y", "width", "height"] {
            switch members[side] {
            case .integer(let whole): sides.append(Double(whole))
            case .double(let fraction): sides.append(fraction)
            default: throw Problem(message: "\(name): \(side) is a number from 0 to 1, of the picture's side.")
            }
        }
        do throws(RegionError) {
            return try PictureArea(fractionsX: sides[0], y: sides[1], width: sides[2], height: sides[3])
        } catch {
            throw Problem(message: "\(name): \(error)")
        }
    }
}
