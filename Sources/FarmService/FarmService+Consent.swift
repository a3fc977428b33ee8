public import Farm
import Logging
public import OAuth
import Synchronization

/// Consent: apps ask here, the operator answers.
extension FarmService {
    // MARK: Browsers

    /// A request of the authorization endpoint.
    /// - Parameters:
    ///   - query: its parameters.
    ///   - opens: false: only looks whether the request is right.
    /// - Returns: nil when it only looked.
    public func authorize(
        _ query: FormParameters, address: String, opens: Bool
    ) throws(AuthorizationRefusal) -> ConsentPage? {
        let (state, now) = (state, shownMoment)
        let known = query.value("client_id").flatMap { state.client(publicID: $0) }
        let enabled = known.flatMap { state.enabledClient($0.id) }
        let request = try AuthorizationRequest(query: query, client: enabled?.client)
        guard opens, let (client, account) = enabled else { return nil }
        return try consentStore.withLock { consentStore throws(AuthorizationRefusal) in
            consentStore.tidy(state, now.steady)
            let cookie = random.consentCookie()
            do throws(ConsentLimit) {
                let (id, code) = try consentStore.consents.open(
                    request, cookie: TokenDigest(of: cookie), client: client, account: account, address: address,
                    random: random, now: now)
                consentRevisions.advance()
                revisions.advance()
                logger.info("A browser asks for consent.", metadata: Self.metadata(client, address, id))
                guard let consent = consentStore.consents.waiting(now).last else { return nil }
                return ConsentPage(
                    consent: consent, code: code.description, cookie: cookie, now: now.wall(of: now.steady))
            } catch {
                throw .tooManyWaiting(error)
            }
        }
    }

    /// What a browser that comes back is answered now.
    public func visitConsent(_ id: ConsentID, cookie: String) -> ConsentAnswer {
        let (state, now) = (state, shownMoment)
        return consentStore.withLock { consentStore in
            consentStore.tidy(state, now.steady)
            switch consentStore.consents.visit(id, cookie: TokenDigest(of: cookie), now: now) {
            case .gone: return .gone
            case .waits(let consent, let code):
                return .waits(
                    ConsentPage(
                        consent: consent, code: code.description, cookie: nil, now: now.wall(of: now.steady)))
            case .denied(let request):
                return .redirect(Self.response(request, .error(.accessDenied("The operator denied the request."))))
            case .unanswered(let request):
                return .redirect(Self.response(request, .error(.accessDenied("Nobody answered in time."))))
            case .approved(let request):
                let code = random.token()
                consentStore.codes.issue(TokenDigest(of: code), for: request, now: now.steady)
                let response = Self.response(request, .code(code))
                consentStore.consents.answer(id, response, now: now.steady)
                return .redirect(response)
            case .answered(let response): return .redirect(response)
            }
        }
    }

    private static func response(
        _ request: AuthorizationRequest, _ result: AuthorizationResponse.Result
    ) -> AuthorizationResponse {
        AuthorizationResponse(redirectURI: request.redirectURI, state: request.state, result: result)
    }

    /// The same, but while nothing is decided it waits for that.
    /// - Parameter longest: then the browser is answered in any case.
    public func awaitConsent(_ id: ConsentID, cookie: String, longest: Duration) async -> ConsentAnswer {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cancelled when the answer is there first.
                do { try await Task.sleep(for: longest) } catch { return }
            }
            group.addTask { [self] in
                var seen: UInt64?
                while let revision = await consentRevisions.next(after: seen), isWaiting(id, cookie) { seen = revision }
            }
            await group.next()
            group.cancelAll()
        }
        // A browser that has gone away is not given a code, whose minute would begin to run.
        return Task.isCancelled ? .gone : visitConsent(id, cookie: cookie)
    }

    private func isWaiting(_ id: ConsentID, _ cookie: String) -> Bool {
        let moment = shownMoment.steady
        return consentStore.withLock { $0.consents.waits(id, cookie: TokenDigest(of: cookie), now: moment) }
    }

    // MARK: Devices

    /// - Throws: `invalidClient`, `unauthorizedClient`, `invalidScope`, or `tooManyWaiting`.
    public func authorizeDevice(
        scope asked: String?, client: OAuthClient, address: String
    ) throws(OAuthError) -> DeviceAuthorization {
        let (state, now) = (state, shownMoment)
        guard let (client, account) = state.enabledClient(client.id) else { throw .invalidClient(usedBasic: false) }
        guard client.grants.contains(.deviceCode) else { throw .unauthorizedClient }
        let scope = try TokenGrant.deviceScope(asked, client: client)
        let deviceCode = random.token()
        let (id, code) = try consentStore.withLock { consentStore throws(OAuthError) in
            consentStore.tidy(state, now.steady)
            do throws(ConsentLimit) {
                return try consentStore.consents.open(
                    device: TokenDigest(of: deviceCode), scope: scope, client: client, account: account,
                    address: address, random: random, now: now)
            } catch {
                throw .tooManyWaiting(error)
            }
        }
        consentRevisions.advance()
        revisions.advance()
        logger.info("A device asks for consent.", metadata: Self.metadata(client, address, id))
        return DeviceAuthorization(
            deviceCode: deviceCode, userCode: code.description, expiresIn: limits.consents.lifetimeSeconds,
            interval: 5)
    }

    private static func metadata(_ client: OAuthClient, _ address: String, _ id: ConsentID) -> Logger.Metadata {
        ["client": "\(client.name)", "address": "\(address)", "consent": "\(id)"]
    }

    // MARK: The operator

    /// What waits now, the oldest first.
    public var waitingConsents: [PendingConsent] {
        let (state, now) = (state, shownMoment)
        return consentStore.withLock { consentStore in
            consentStore.consents.waiting(now).filter { state.enabledClient($0.clientID) != nil }
        }
    }

    func approveConsent(typed code: String) throws(FarmError) -> PendingConsent {
        try decide("approved") { (consents, now) throws(FarmError) in try consents.approve(typed: code, now: now) }
    }

    func denyConsent(typed code: String) throws(FarmError) -> PendingConsent {
        try decide("denied") { (consents, now) throws(FarmError) in try consents.deny(typed: code, now: now) }
    }

    func denyConsent(_ id: ConsentID) throws(FarmError) -> PendingConsent {
        try decide("denied") { (consents, now) throws(FarmError) in try consents.deny(id, now: now) }
    }

    private func decide(
        _ word: String, _ body: (inout PendingConsents, ShownMoment) throws(FarmError) -> PendingConsent
    ) throws(FarmError) -> PendingConsent {
        let (state, now) = (state, shownMoment)
        let consent = try consentStore.withLock { consentStore throws(FarmError) in
            consentStore.tidy(state, now.steady)
            return try body(&consentStore.consents, now)
        }
        consentRevisions.advance()
        revisions.advance()
        logger.notice(
            "Consent \(word).",
            metadata: [
                "client": "\(consent.clientName)", "address": "\(consent.address)", "scope": "\(consent.scope)",
                "consent": "\(consent.id)",
            ])
        return consent
    }
}
