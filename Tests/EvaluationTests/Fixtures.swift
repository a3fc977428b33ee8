import FailureDetection
import Foundation
import TestSupport

/// What ships with the program: the table of the bundled network, and the pictures that were left out of its training.
enum Fixtures {
    static func model() throws -> FailureModel {
        FailureModel(likelihoods: try LikelihoodTable(text: bytes("Model/farmtop-spaghetti.likelihoods")))
    }

    static func leftOut() throws -> String { String(decoding: try bytes("Training/left_out.csv"), as: UTF8.self) }

    private static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: TestFiles.root.appending(path: "Sources/CModel/\(name)")))
    }
}
