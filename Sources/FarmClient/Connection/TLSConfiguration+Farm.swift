internal import NIOSSL

extension TLSConfiguration {
    /// For a farm on another machine: TLS 1.2 and newer; of TLS 1.2, what has forward secrecy and authenticated encryption
    /// (RFC 9325 §4.2).
    static var farm: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20"
        return configuration
    }
}
