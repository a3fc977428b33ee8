public import Farm

/// A person says that the farm from whose backup this one was restored is off: this one may send messages.
public struct ConfirmRestore: FarmCommand {
    public init() {}

    /// - Returns: false where nobody had to say so.
    public func apply(to draft: inout FarmDraft) throws(FarmError) -> Bool { draft.confirmRestore() }
}

extension FarmDraft {
    /// Once is enough, whatever was confirmed.
    @discardableResult
    mutating func confirmRestore() -> Bool {
        guard state.restoredAt != nil else { return false }
        state.restoredAt = nil
        write(.unconfirmedRestore(nil))
        markChanged()
        hasNotificationNews = true
        return true
    }
}

extension ChannelTestResult {
    /// A test is sent all the same.
    /// - Parameter hold: what holds real messages back.
    func saying(_ hold: MessageHold?) -> Self {
        guard hold != nil else { return self }
        var result = self
        let words =
            "This farm was restored from a backup and sends no real messages yet: farmtop notify status says why."
        result.remark = [remark, words].compactMap(\.self).joined(separator: " ")
        return result
    }
}
