import Farm
import Glibc

/// A picture that another program keeps writing to a file. Regular files only: a device or a pipe could block for ever.
enum PictureFile {
    static func bytes(_ path: String) throws(LinkFault) -> [UInt8] {
        // Without O_NONBLOCK the opening of a pipe would wait for its writer for ever.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .noPicture("the file cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw .noPicture("it is not a regular file")
        }
        let limit = PictureFetch.sizeLimit
        guard facts.st_size <= limit else { throw .tooLarge(limit: limit) }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var count = 0
        while count < bytes.count {
            let length = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if length < 0, errno == EINTR { continue }
            guard length >= 0 else { throw .noPicture("the file cannot be read: \(String(cString: strerror(errno)))") }
            // It became shorter while it was read.
            guard length > 0 else { break }
            count += length
        }
        return Array(bytes[..<count])
    }
}
