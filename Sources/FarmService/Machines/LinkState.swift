import Farm

/// How a link is, for counting. Wire: the raw value.
public enum LinkState: String, Sendable, CaseIterable {
    /// Readings come.
    case works
    /// The last one is too old.
    case stale
    /// Nothing comes; the link goes on trying.
    case offline
    /// The link has stopped until a person acts: a wrong key, another certificate.
    case needsPerson = "needs_person"
    /// It was restored from a backup and waits for a person.
    case unconfirmed

    public init(_ machine: LiveMachine) {
        self =
            if !machine.link.isConfirmed { .unconfirmed } else if let fault = machine.fault {
                fault.needsOperator ? .needsPerson : .offline
            } else if machine.reading == nil { .offline } else { machine.isStale ? .stale : .works }
    }
}
