import FarmConfiguration
import ServiceLifecycle

/// A service with the name that the log has for it. Without one, the log would have all that the service holds.
struct NamedService: Sendable {
    var name: String
    var service: any Service

    init(_ name: String, _ service: any Service) {
        self.name = name
        self.service = service
    }

    /// Its end, of whatever kind, ends the others with it.
    var configuration: ServiceGroupConfiguration.ServiceConfiguration {
        .init(
            service: service, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .cancelGroup, serviceName: name)
    }
}
