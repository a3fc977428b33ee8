internal import Wire

extension NotifyChannel {
    /// The program that this channel starts and that is not installed; nil where it starts none, or it is there.
    public var missingProgram: String? {
        let program = kind == .email ? "curl" : argv.first ?? ""
        guard !program.isEmpty else { return nil }
        do {
            _ = try ProgramRun.path(of: program)
            return nil
        } catch {
            return program
        }
    }
}
