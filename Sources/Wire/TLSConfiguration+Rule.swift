package import NIOSSL

extension TLSConfiguration {
    /// TLS 1.2 and newer; of TLS 1.2, what has forward secrecy and authenticated encryption (RFC 9325 §4.2). TLS 1.3 has nothing
    /// else. For all but machines, whose servers may be older.
    package mutating func allowOnlyForwardSecrecy() {
        minimumTLSVersion = .tlsv12
        cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20"
    }
}
