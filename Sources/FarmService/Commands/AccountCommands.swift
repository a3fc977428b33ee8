public import Farm

/// Adds an account of a name that none has.
public struct AddAccount: FarmCommand {
    var name: String

    public init(name: String) { self.name = name }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> Account {
        let name = try draft.freeAccountName(self.name, field: "name")
        let account = Account(id: HighestIDs.next(&draft.state.ids.account), name: name, createdAt: draft.now)
        draft.keep(account)
        return account
    }
}

/// Gives an account a name that no other has.
public struct RenameAccount: FarmCommand {
    var name: String
    var newName: String

    public init(name: String, newName: String) {
        self.name = name
        self.newName = newName
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> Account {
        guard var account = draft.state.account(named: name) else { throw .noSuchAccount(name) }
        guard newName != name else { return account }
        account.name = try draft.freeAccountName(newName, field: "new_name")
        draft.keep(account)
        return account
    }
}

/// Disabling suspends the account's clients and tokens; enabling brings them back.
public struct SetAccountDisabled: FarmCommand {
    var name: String
    var disabled: Bool

    public init(name: String, disabled: Bool) {
        self.name = name
        self.disabled = disabled
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> Account {
        guard var account = draft.state.account(named: name) else { throw .noSuchAccount(name) }
        guard (account.disabledAt != nil) != disabled else { return account }
        account.disabledAt = disabled ? draft.now : nil
        draft.keep(account)
        return account
    }
}

extension FarmDraft {
    /// An account's name after trimming; names are unique.
    fileprivate func freeAccountName(_ name: String, field: String) throws(FarmError) -> String {
        switch checkedText(name, limit: 150) {
        case .failure(let problem): throw .invalid([FieldError(field, problem.message)])
        case .success(let name):
            guard state.account(named: name) == nil else {
                throw .invalid([FieldError(field, "An account with this name already exists.")])
            }
            return name
        }
    }

    fileprivate mutating func keep(_ account: Account) {
        state.accounts[account.id] = account
        markChanged()
        write(.account(account))
    }
}
