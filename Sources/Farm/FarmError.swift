/// Why a command was refused. The texts are those of the wire contract.
public enum FarmError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    case noSuchAccount(String)
    case noSuchPrinter
    case noSuchPrint
    case noSuchClient
    case noSuchToken
    case noSuchPicture
    case noSuchConsent
    case noSuchCamera
    /// A key was asked for, and the request is over or of another address.
    case noSuchKeyRequest
    /// No app asks for access with this code.
    case wrongCode
    /// Too many wrong codes were typed.
    case tooManyWrongCodes(retryAfterSeconds: Int)
    case noWebhook
    /// Nil: none is configured at all.
    case noSuchChannel(String?)
    /// The object belongs to another account.
    case forbidden
    case notPrinting
    /// A person answered a question about a print, and this one runs by now.
    case anotherPrint(filename: String)
    /// One machine has one printer: this one has it.
    case machineTaken(by: String, LinkAddress)
    /// The machine was not asked, and why.
    case machine(CommandRefusal)
    /// The print runs on a machine that has not ended it.
    case stillRunning
    /// A start was asked for a clear bed only, and this is what a look at it found.
    case bedNotClear(BedFinding)
    /// The client lacks the right to move machines.
    case mayNotMoveMachines
    /// Faulty fields and what is wrong with each.
    case invalid([FieldError])
    /// The disk of the data folder is too full for a file: so much of it stays free for the database.
    case noRoom(keptMebibytes: Int)
    /// Not now: the mailbox is full, the store does not answer, or the program is stopping.
    case unavailable(reason: String, retryAfterSeconds: Int)

    public var description: String {
        switch self {
        case .noSuchAccount(let name): "There is no account \(name.debugDescription). List them: farmtop account list"
        case .noSuchPrinter: "No Printer matches the given query."
        case .noSuchPrint: "No Print matches the given query."
        case .noSuchClient: "No Client matches the given query."
        case .noSuchToken: "No Token matches the given query."
        case .noSuchPicture: "No picture of this frame is kept."
        case .noSuchConsent: "No app asks for access under this number. List them: farmtop consent list"
        case .noSuchCamera: "No Camera matches the given query."
        case .noSuchKeyRequest: "This request for a key is over. Ask the printer for a key again."
        case .wrongCode: "No app asks for access with this code. Read it again where the app or browser shows it."
        case .tooManyWrongCodes(let seconds): "Too many wrong codes. Try again in \(seconds) s."
        case .noWebhook:
            "No webhook is configured. Set url below [webhook] in the configuration and start farmtop again."
        case .noSuchChannel(nil):
            "No channel is configured. Add a [[notify]] table to the configuration and start farmtop again."
        case .noSuchChannel(let name?):
            "There is no channel \(name.debugDescription). List them: farmtop notify status"
        case .forbidden: "You do not have permission to perform this action."
        case .notPrinting: "Printer is not currently printing."
        case .anotherPrint(let filename):
            "Another print runs there by now: \(filename). Nothing was done to it. Look at it, and ask again."
        case .machineTaken(let name, let address):
            "\(address) is the machine of the printer \(name) already. Disconnect it there first, or give another address."
        case .machine(let refusal): refusal.description
        case .stillRunning: "The printer is still printing. Cancel the print, or wait for its end."
        case .bedNotClear(let finding): "\(finding.sentence) So nothing was started. Look at the bed."
        case .mayNotMoveMachines:
            "This client may not move machines. An operator can allow it: farmtop client edit ID --allow-machines."
        case .invalid(let fields):
            fields.map { "\($0.field): \($0.messages.joined(separator: " "))" }.joined(separator: "; ")
        case .noRoom(let kept):
            "The farm's disk has no room for this file: \(kept) MiB of it stay free for the database. Make room in its data folder."
        case .unavailable(let reason, let seconds): "\(reason) Try again in \(seconds) s."
        }
    }
}

/// What is wrong with one field of a request.
public struct FieldError: Equatable, Sendable, Codable {
    /// Its name in the JSON of the request.
    public var field: String
    /// Sentences for a person; at least one.
    public var messages: [String]

    public init(_ field: String, _ messages: String...) {
        self.field = field
        self.messages = messages
    }
}
