import Glibc

/// What the system lets this process have (getrlimit(2)).
struct ProcessLimits: Equatable {
    var descriptors: UInt64
    /// Unit: bytes of addresses.
    var memory: UInt64

    /// What 1,024 connections and the farm itself use, with room to spare.
    private static let wantedDescriptors: UInt64 = 8192
    /// What the farm itself uses: event loops, database, log, pictures.
    static let ownDescriptors: UInt64 = 64
    static let leastDescriptors: UInt64 = 96
    /// Mostly threads' stacks and the program itself, of which little is ever touched.
    static let leastMemory: UInt64 = 1 << 30
    /// What any command needs: with less, threads cannot be made, and it would wait for them for ever.
    static let leastCommandMemory: UInt64 = 512 << 20
    static let leastCommandDescriptors: UInt64 = 12

    /// Raises the soft limit of descriptors as far as is wanted and allowed, and says what holds then.
    static func raised() -> ProcessLimits {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        let wanted = min(UInt64(files.rlim_max), wantedDescriptors)
        if UInt64(files.rlim_cur) < wanted {
            var more = files
            more.rlim_cur = rlim_t(wanted)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &more) == 0 { files = more }
        }
        var addresses = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &addresses)
        return ProcessLimits(descriptors: UInt64(files.rlim_cur), memory: UInt64(addresses.rlim_cur))
    }

    /// Why a farm cannot be served within these limits; nil when it can.
    var failure: CommandFailure? {
        failure("a farm", descriptors: Self.leastDescriptors, memory: Self.leastMemory)
    }

    /// Why no command can run within these limits; nil when it can.
    var commandFailure: CommandFailure? {
        failure("farmtop", descriptors: Self.leastCommandDescriptors, memory: Self.leastCommandMemory)
    }

    private func failure(_ what: String, descriptors needed: UInt64, memory least: UInt64) -> CommandFailure? {
        if descriptors < needed {
            return .failed(
                "This process may open \(descriptors) files, and \(what) needs \(needed). Raise the limit: "
                    + "ulimit -n 1024, or LimitNOFILE= of the service.")
        }
        if memory < least {
            return .failed(
                "This process may use \(memory >> 20) MiB of addresses, and \(what) needs \(least >> 20). Raise the "
                    + "limit: ulimit -v unlimited, or LimitAS= of the service. MemoryMax= is the one that bounds memory in use."
            )
        }
        return nil
    }

    /// How many connections of apps leave the farm what it needs.
    func connections(atMost wanted: Int) -> Int { min(wanted, Int(min(descriptors, 1 << 20) - Self.ownDescriptors)) }
}
