public import Foundation

/// Files that tests read: goldens in the tree, and larger corpora that only some machines have.
public enum TestFiles {
    /// The root of the checkout.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A file below `Tests/`.
    public static func inTests(_ path: String) -> URL { root.appending(path: "Tests").appending(path: path) }

    /// A file of the corpora folder beside the checkout, which a plain clone does not have; nil there, and the
    /// reason is printed, so that a skipped run can be told from a passed one.
    public static func shared(_ path: String) -> URL? {
        let url = root.deletingLastPathComponent().appending(path: "shared").appending(path: path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            print("skipped: \(path) is not beside this checkout")
            return nil
        }
        return url
    }
}
