public import Foundation

/// Files that tests read: goldens in the tree, and larger corpora that only some machines have.
public enum TestFiles {
    /// The root of the checkout.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A file below `Tests/`.
    public static func inTests(_ path: String) -> URL { root.appending(path: "Tests").appending(path: path) }

    /// A file of the corpora folder beside the checkout. Nil where there is none, as beside a plain clone: a test that needs
    /// it is enabled only if it is there, so that the run says that it was skipped.
    public static func shared(_ path: String) -> URL? {
        let url = root.deletingLastPathComponent().appending(path: "shared").appending(path: path)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }
}
