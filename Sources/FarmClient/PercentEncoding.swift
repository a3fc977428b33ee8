extension String {
    /// Every byte but the unreserved ones as %XX (RFC 3986 §2.3), for a form's value, a Basic credential
    /// (RFC 6749 §2.3.1) and the host of a unix socket's URL.
    var percentEncoded: String {
        utf8.map { byte in
            let isUnreserved =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._~".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isUnreserved ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
        }.joined()
    }
}
