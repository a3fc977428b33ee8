public import Farm

/// Settings → the link that speaks their kind's language.
public enum MachineLinks {
    /// The link is not connected before it runs.
    public static func link(
        _ settings: LinkSettings, credentials: LinkCredentials, environment: LinkEnvironment
    ) -> any PrinterLink {
        switch settings.address.kind {
        case .octoprint: OctoPrintLink(settings, credentials: credentials, environment: environment)
        case .moonraker: MoonrakerLink(settings, credentials: credentials, environment: environment)
        case .prusalink: PrusaLinkLink(settings, credentials: credentials, environment: environment)
        }
    }
}
