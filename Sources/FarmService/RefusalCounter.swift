import Farm

/// Counts, hour by hour, how often each known client was refused. Older than 24 hours is forgotten; a start begins anew.
struct RefusalCounter: Equatable, Sendable {
    enum Refusal: Equatable, Sendable {
        /// Answered 401.
        case unauthorized
        /// Answered 429.
        case tooMany
    }
    private struct Hour: Equatable {
        /// Hours since 1970.
        var number: Int64
        var unauthorized = 0
        var tooMany = 0
    }
    /// The hours with refusals, oldest first.
    private var hours: [ClientID: [Hour]] = [:]

    /// - Parameter client: a client of the farm, so that nobody can fill the ledger with made-up names.
    mutating func record(_ refusal: Refusal, of client: ClientID, at moment: Timestamp) {
        let number = Self.hour(moment)
        var known = (hours[client] ?? []).filter { Self.counts($0.number, in: number) }
        if known.last?.number != number { known.append(Hour(number: number)) }
        switch refusal {
        case .unauthorized: known[known.count - 1].unauthorized += 1
        case .tooMany: known[known.count - 1].tooMany += 1
        }
        hours[client] = known
    }

    /// Clients that were refused in the last 24 hours, by id.
    func refusals(at moment: Timestamp) -> [ClientRefusals] {
        let number = Self.hour(moment)
        return hours.sorted { $0.key < $1.key }.compactMap { client, known in
            var unauthorized = Array(repeating: 0, count: ClientRefusals.hours)
            var tooMany = unauthorized
            for hour in known where Self.counts(hour.number, in: number) {
                let index = ClientRefusals.hours - 1 - Int(number - hour.number)
                unauthorized[index] += hour.unauthorized
                tooMany[index] += hour.tooMany
            }
            guard unauthorized.contains(where: { $0 > 0 }) || tooMany.contains(where: { $0 > 0 }) else { return nil }
            return ClientRefusals(clientID: client, unauthorized: unauthorized, tooMany: tooMany)
        }
    }

    private static func hour(_ moment: Timestamp) -> Int64 { moment.microseconds / 3_600_000_000 }

    private static func counts(_ hour: Int64, in now: Int64) -> Bool {
        hour <= now && now - hour < Int64(ClientRefusals.hours)
    }
}
