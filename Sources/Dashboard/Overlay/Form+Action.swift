internal import Farm

extension Form {
    /// Asks for what the form says, or stays with a fault marked.
    mutating func saved(_ context: Context) -> [DashboardRequest] {
        let request: DashboardRequest? =
            switch purpose {
            case .newPrinter: newPrinter(context)
            case .editPrinter(let id): printer(id, context)
            case .newClient: newClient(context)
            case .editClient(let id): client(id, context)
            }
        guard let request else { return [] }
        if case .editPrinter(let id) = purpose, let snapshot = context.printer(id) {
            return [.close, request] + machineRequests(snapshot, context)
        }
        return [.close, request]
    }

    private mutating func newPrinter(_ context: Context) -> DashboardRequest? {
        guard let settings = printerSettings(over: PrinterSettings(name: "")) else { return nil }
        let account = account ?? context.openAccounts[0]
        return .submit(
            .createPrinter(account: account, settings: settings), done: "Added printer \(settings.name).", undo: nil,
            form: self)
    }

    private mutating func printer(_ id: PrinterID, _ context: Context) -> DashboardRequest? {
        guard var current = context.printer(id)?.printer.settings else {
            fields[0].fault = "this printer is no longer here"
            return nil
        }
        current.name = context.twinNames[id] ?? current.name
        guard let settings = printerSettings(over: current) else { return nil }
        let told = context.farm.channelsNaming(id, asBefore: current.name, now: settings.name).map { " \($0)" } ?? ""
        return .submit(
            .updatePrinter(id, settings: settings, from: current), done: saved(settings.name, context) + told,
            undo: Undo(
                [.updatePrinter(id, settings: current, from: settings)],
                "the settings of \(current.name) are as before"),
            form: self)
    }

    private mutating func newClient(_ context: Context) -> DashboardRequest? {
        guard let client = client(defaultAccount: context.openAccounts[0]) else { return nil }
        return .submit(.addClient(client), done: "", undo: nil, form: self)
    }

    private mutating func client(_ id: String, _ context: Context) -> DashboardRequest? {
        guard let current = context.farm.clients.first(where: { $0.publicID == id }) else {
            fields[0].fault = "this client is no longer here"
            return nil
        }
        guard let edited = patch(of: current) else { return nil }
        let before = ClientPatch(current)
        return .submit(
            .editClient(id, edited.without(before)), done: saved(edited.name ?? current.name, context),
            undo: Undo(
                [.editClient(id, before.without(edited))], "the settings of \(current.name) are as before"),
            form: self)
    }

    private func saved(_ name: String, _ context: Context) -> String {
        "Saved \(name); \(context.keys.name(.undo)) undoes."
    }
}
