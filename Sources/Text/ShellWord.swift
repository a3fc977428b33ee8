/// A path in a command that a person can copy: between quotes where a shell would take it apart (POSIX.1-2024 §2.2.2).
public func shellWord(_ text: String) -> String {
    let isPlain =
        !text.isEmpty
        && text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-", "+", ",", ":", "@", "%", "=": true
            default: false
            }
        }
    return isPlain ? text : "'" + printable(text).replacing("'", with: #"'\''"#) + "'"
}
