// Compares pairs of pictures as farmtop does, for pairs.py. Each record on standard input: width, height, how many pictures
// are kept, then that many and the new one, a byte a pixel. A line a record on standard output.
import Foundation

let input = FileHandle.standardInput.readDataToEndOfFile()
var at = input.startIndex
while at < input.endIndex {
    let (width, height, kept) = (Int(input[at]), Int(input[at + 1]), Int(input[at + 2]))
    at += 3
    var pictures: [BedPicture] = []
    for _ in 0...kept {
        pictures.append(BedPicture(width: width, height: height, luma: Array(input[at..<at + width * height]))!)
        at += width * height
    }
    let found = BedComparison().finding(pictures[kept], size: (width, height), kept: Array(pictures[..<kept]))
    let boxes = found.differences.map { d in
        [d.confidence, d.box.x, d.box.y, d.box.width, d.box.height].map { String(format: "%.2f", $0) }.joined(
            separator: ",")
    }
    print(([found.state.rawValue, found.doubt?.rawValue ?? "-"] + boxes).joined(separator: " "))
}
