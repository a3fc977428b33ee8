import ArgumentParser
import Dashboard
import Farm
import FarmConfiguration
import Storage

/// Names for the shell's completion, one a line. Never makes or changes anything, and says nothing of what goes wrong.
struct CompleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Names for the shell's completion.", shouldDisplay: false)

    enum Kind: String, CaseIterable, ExpressibleByArgument { case printers, groups, clients, themes }

    @Argument var kind: Kind
    @OptionGroup var options: CommonOptions

    func run() async throws {
        // A shell that completes wants names or nothing.
        guard let settings = try? options.settings() else { return }
        let names = await kind == .themes ? Self.themes(settings) : Self.names(of: kind, settings)
        let harmless = names.filter(Self.isHarmless)
        if !harmless.isEmpty { try Console.out(harmless.joined(separator: "\n")) }
    }

    /// bash expands the words that it completes, so a name must not hold what it would run or split. Such a printer is named by
    /// its number.
    static func isHarmless(_ name: String) -> Bool {
        name.unicodeScalars.allSatisfy { scalar in
            if scalar.isASCII {
                return scalar == " " || scalar.properties.isAlphabetic
                    || "0123456789._-+#:,@=".unicodeScalars.contains(scalar)
            }
            return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    private static func themes(_ settings: Settings) -> [String] {
        let own = settings.paths.configFolder.map { ThemeFiles(in: $0 + "/themes").themes.map(\.name) } ?? []
        return [ThemeFiles.automatic] + Theme.builtin.map(\.name) + own
    }

    private static func names(of kind: Kind, _ settings: Settings) async -> [String] {
        guard let path = try? settings.dataFolder(), (try? DataFolder(existing: path)) != nil,
            let farm = try? await FarmAccess.with(settings, { try await $0.snapshot() })
        else { return [] }
        return switch kind {
        case .printers:
            farm.printers.map { NamedPrinter.word(for: $0, in: farm, isHarmless: isHarmless) }
        case .groups: Set(farm.printers.flatMap(\.printer.settings.tags.all)).sorted()
        case .clients: farm.clients.map(\.publicID)
        case .themes: []
        }
    }

    static func completion(_ kind: Kind) -> CompletionKind {
        .shellCommand("farmtop complete \(kind.rawValue) 2>/dev/null")
    }
}
