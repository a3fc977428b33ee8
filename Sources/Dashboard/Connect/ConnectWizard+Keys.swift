internal import Farm

extension ConnectWizard {
    mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .escape, .control("c"): return leave()
        case .backTab: return back()
        default: break
        }
        switch step {
        case .kind: return handleKind(key)
        case .address: return handleAddress(key)
        case .key: return handleKey(key)
        case .allow, .testing, .saving: return .stays
        case .certificate: return handleCertificate(key)
        case .found: return handleFound(key)
        case .details: return handleDetails(key)
        }
    }

    mutating func paste(_ text: String) {
        fault = nil
        switch step {
        case .address: address.paste(text)
        case .key:
            guard let field = keyField else { return }
            edit(field) { $0.paste(text) }
        case .found where isTypingCamera: cameraAddress.paste(text)
        case .details: _ = details.paste(text)
        default: break
        }
    }

    private mutating func leave() -> Outcome {
        var forgotten: [FarmAction] = []
        if step == .allow, let keyRequest {
            forgotten.append(.machine(.forgetKeyRequest(keyRequest.id)))
            self.keyRequest = nil
        }
        // What waited for an answer is asked again when this is gone on with.
        switch step {
        case .testing where asksForLight:
            asksForLight = false
            step = .details
        case .allow, .testing: step = .key
        case .saving: step = connected == nil ? .found : .details
        default: break
        }
        return .left(forgotten)
    }

    /// One question back; nothing that was answered is lost.
    private mutating func back() -> Outcome {
        fault = nil
        switch step {
        case .kind: fault = "This is the first step; esc leaves."
        case .address: go(to: .kind)
        case .key: go(to: .address)
        case .allow:
            let request = keyRequest
            keyRequest = nil
            go(to: .key)
            return .goesOn(request.map { [.perform(.machine(.forgetKeyRequest($0.id)))] } ?? [])
        case .testing where asksForLight:
            asksForLight = false
            go(to: .details)
        case .testing: go(to: .key)
        case .certificate: go(to: certificateOwner == .server ? .key : .found)
        case .found: go(to: .key)
        case .details:
            if details.focus > 0 { _ = details.handle(.backTab) } else { go(to: .found) }
        case .saving: break
        }
        return .stays
    }

    mutating func go(to next: Step) {
        step = next
        focus = 0
        switch next {
        case .kind: focus = LinkKind.allCases.firstIndex(of: kind) ?? 0
        case .key:
            if !ways.contains(way) { way = ways[0] }
            focus = ways.firstIndex(of: way) ?? 0
            // The user's name is nearly always the usual one.
            if way == .typed { focus = ways.count + keyFields - 1 }
        case .found: focus = 0
        default: break
        }
    }

    // MARK: Kind and address

    private mutating func handleKind(_ key: Key) -> Outcome {
        fault = nil
        let kinds = LinkKind.allCases
        switch key {
        case .up, .character("k"): focus = max(0, focus - 1)
        case .down, .character("j"), .tab: focus = min(kinds.count - 1, focus + 1)
        case .enter, .right:
            go(to: .address)
            return .stays
        case .character(let letter):
            guard let index = kinds.firstIndex(where: { $0.title.lowercased().first == letter }) else { return .stays }
            kind = kinds[index]
            go(to: .address)
            return .stays
        default: return .stays
        }
        kind = kinds[focus]
        return .stays
    }

    private mutating func handleAddress(_ key: Key) -> Outcome {
        guard key == .enter || key == .tab else {
            if address.handle(key) { fault = nil }
            return .stays
        }
        do throws(WebAddressError) {
            let parsed = try WebAddress.parse(address.text)
            guard parsed.address.query == nil else {
                fault = "Give the address of the server itself, without the question mark and what follows."
                return .stays
            }
            // What stood before the @ is asked for in the next step, and shown there as dots.
            if case .password(let name, let password)? = parsed.credentials {
                way = .typed
                user = TextField(name, longest: user.longest)
                secret = TextField(password.exposed, longest: secret.longest)
            }
            address = TextField("\(parsed.address)", longest: address.longest)
            fault = nil
            go(to: .key)
        } catch {
            fault = error.description
        }
        return .stays
    }

    // MARK: Key

    enum KeyField { case user, secret }

    /// The field that the keys go to; nil on a choice.
    var keyField: KeyField? {
        let index = focus - ways.count
        guard index >= 0, index < keyFields else { return nil }
        return kind == .prusalink && index == 0 ? .user : .secret
    }

    private mutating func edit<Result>(_ field: KeyField, _ change: (inout TextField) -> Result) -> Result {
        switch field {
        case .user: change(&user)
        case .secret: change(&secret)
        }
    }

    private mutating func handleKey(_ key: Key) -> Outcome {
        switch key {
        case .up: moveInKey(by: -1)
        case .down, .tab: moveInKey(by: 1)
        case .enter:
            let isLast = focus == ways.count + keyFields - 1
            guard way != .typed || isLast else {
                moveInKey(by: max(1, ways.count - focus))
                return .stays
            }
            return submitKey()
        default:
            guard let field = keyField else { return .stays }
            if edit(field, { $0.handle(key) }) { fault = nil }
        }
        return .stays
    }

    private mutating func moveInKey(by lines: Int) {
        fault = nil
        let last = ways.count + keyFields - 1
        // A single way is not shown as a choice.
        focus = min(max(ways.count > 1 ? 0 : 1, focus + lines), last)
        if ways.indices.contains(focus) { way = ways[focus] }
    }

    private mutating func submitKey() -> Outcome {
        guard let settings else { return .stays }
        if way == .typed, secret.isEmpty {
            fault =
                kind == .prusalink
                ? "Type the password that the printer shows." : "Type the key, or choose another way."
            return .stays
        }
        if way == .allow, keyRequest?.answer != .allowed || keyRequest?.address != settings.address {
            go(to: .allow)
            keyRequest = nil
            return .goesOn([.perform(.machine(.requestKey(settings)))])
        }
        return test()
    }

    /// Looks at the machine.
    mutating func test() -> Outcome {
        guard let settings else { return .stays }
        fault = nil
        go(to: .testing)
        return .goesOn([.perform(.machine(.probe(settings, given, of: printer)))])
    }

    // MARK: Certificate

    private mutating func handleCertificate(_ key: Key) -> Outcome {
        switch key {
        case .character("y"), .character("Y"):
            guard let found = askedFingerprint else { return .stays }
            switch certificateOwner {
            case .server:
                approve(found)
                if way == .allow, keyRequest?.answer != .allowed { return submitKey() }
                return test()
            case .camera(let index): return tryCamera(index, approving: found)
            }
        case .character("n"), .character("N"), .left: return back()
        default: fault = "Press y if it is the same, n if not."
        }
        return .stays
    }

    // MARK: Details

    private mutating func handleDetails(_ key: Key) -> Outcome {
        switch details.handle(key) {
        case .stays, .left: return .stays
        case .saved: return save()
        }
    }
}
