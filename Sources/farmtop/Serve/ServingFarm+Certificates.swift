import API
import Farm
import Logging

extension ServingFarm {
    /// Reads the TLS files again. What is wrong with them goes into the log, and the old ones stay in use.
    func reloadCertificates() {
        guard let certificates else { return }
        do throws(TLSError) {
            try certificates.reload()
            logger.notice("The TLS certificate was read again; new connections get it.")
            certificates.warnOfExpiry(logger)
        } catch {
            logger.error(
                "\(error) The previous certificate stays in use; fix the files and send SIGHUP again.")
        }
    }
}

extension TLSCertificates {
    /// Says when the certificate has ended or ends within two weeks.
    func warnOfExpiry(_ logger: Logger) {
        let end = Timestamp(microseconds: expiresAt * 1_000_000)
        let left = end.seconds(since: Timestamp.systemClock())
        guard left < 14 * 86_400 else { return }
        logger.warning(
            "The certificate in \(certificate) \(left < 0 ? "ended" : "ends") on \(end.day). Renew it and send SIGHUP.")
    }
}
