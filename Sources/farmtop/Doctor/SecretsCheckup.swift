import FarmConfiguration

/// The files that hold secrets: who may read them?
struct SecretsCheckup {
    let settings: Settings

    func findings() -> [Finding] {
        do throws(ConfigurationError) {
            let files = try settings.secretFiles()
            let remarks = files.compactMap(\.remark)
            if remarks.isEmpty, !files.isEmpty {
                let paths = files.map(\.path).joined(separator: ", ")
                return [.ok("secrets", "\(paths): closed to other users.")]
            }
            return remarks.map { .warn("secrets", $0.text, next: $0.remedy) }
        } catch {
            return [.fail("secrets", error)]
        }
    }
}
