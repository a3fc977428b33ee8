import Farm
import Printers
import Text

/// One look at a machine before it is connected: who answers, what it does, and which cameras it names.
struct LinkTest: Sendable {
    struct Finding: Sendable {
        var identity: MachineIdentity?
        var reading: PrinterReading?
        /// Why its server has no printer now, in its words.
        var notConnected: String?
        var abilities: LinkAbilities = []
        var files: [RemoteFile] = []
        var filesFault: LinkFault?
        var cameras: [OfferedCamera] = []
        /// What the machine's own camera shows, where it has one.
        var picture: Result<[UInt8], LinkFault>?
    }
    /// An old machine takes its time for the first answers.
    static let limit = Duration.seconds(20)

    var settings: LinkSettings
    var credentials: LinkCredentials

    /// - Throws: why it would not work.
    func run() async throws(LinkFault) -> Finding {
        let link = MachineLinks.link(settings, credentials: credentials, environment: .system)
        let result = await withTaskGroup(of: Result<Finding, LinkFault>?.self) { group in
            group.addTask {
                await link.run()
                return nil
            }
            group.addTask {
                // Cancelled once the answer is there.
                try? await Task.sleep(for: Self.limit)
                return .failure(.noAnswer(seconds: Int(Self.limit.components.seconds)))
            }
            group.addTask { await Self.look(at: link) }
            while let outcome = await group.next() {
                guard let outcome else { continue }
                group.cancelAll()
                return outcome
            }
            return .failure(.connectionLost)
        }
        return try result.get()
    }

    private static func look(at link: any PrinterLink) async -> Result<Finding, LinkFault>? {
        var finding = Finding()
        for await event in link.events {
            switch event {
            case .identity(let identity): finding.identity = identity
            case .reading(let reading): finding.reading = reading
            case .offline(.printerNotConnected(let words)): finding.notConnected = words
            case .offline(let fault), .needsOperator(let fault): return .failure(fault)
            case .abilities(let abilities): finding.abilities = abilities
            case .stale, .said: continue
            }
            guard finding.identity != nil, finding.reading != nil || finding.notConnected != nil else { continue }
            await lookFurther(at: link, &finding)
            return .success(finding)
        }
        return nil
    }

    /// A machine without files or cameras is as good as any.
    private static func lookFurther(at link: any PrinterLink, _ finding: inout Finding) async {
        do throws(LinkFault) { finding.files = try await link.files() } catch { finding.filesFault = error }
        do throws(LinkFault) { finding.cameras = try await link.cameras() } catch { return }
        guard finding.cameras.contains(where: { $0.candidates.contains(.printer) }) else { return }
        do throws(LinkFault) { finding.picture = .success(try await link.picture()) } catch {
            finding.picture = .failure(error)
        }
    }
}

extension LinkTest.Finding {
    /// Why the light of that name cannot be switched; nil where it can, or where the machine cannot tell now.
    func refusal(ofLight name: String?, _ kind: LinkKind) -> String? {
        guard let name, !abilities.contains(.light) else { return nil }
        guard kind == .moonraker else { return "\(kind.title) offers no light. Leave --light out." }
        guard reading != nil else { return nil }
        return
            "The machine has no light \(printable(name)). Name it as its configuration does: \"output_pin caselight\"."
    }
}
