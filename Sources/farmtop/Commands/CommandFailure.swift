import API
import Detector
import Evaluation
import Farm
import FarmClient
import FarmConfiguration
import Imaging
import Storage
import Terminal
import Text

/// Why a command ended without success, with its exit code.
struct CommandFailure: Error, Equatable {
    var message: String
    var exitCode: Int32

    static func failed(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: 1) }
    static func usage(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: 2) }

    init(message: String, exitCode: Int32) {
        self.message = message
        self.exitCode = exitCode
    }

    /// Nil for an error of the argument parser, which has its own words.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let failure as OutputFailure: self = .failed(failure.message)
        case let error as ConfigurationError: self = .usage(error.description)
        case let error as StorageError:
            if case .folderInUse = error { self = .usage(error.description) } else { self = .failed(error.description) }
        case let error as FarmError: self = .failed(printable(error.description))
        case let error as ControlError: self = .failed(printable(error.description))
        case let error as RemoteFarmError: self = .failed(printable(error.description))
        case let error as FarmAPIError: self = .failed(printable(error.description))
        case let error as TerminalError: self = .usage(error.description)
        case let error as TLSError: self = .usage(error.description)
        case let error as ServerError: self = .failed(error.description)
        case let error as LabelledPicturesError: self = .usage(error.description)
        case let error as ModelError: self = .failed(error.description)
        case LinkFault.otherServer(let found):
            self = .failed("This address is not of such a server: \(printable(found)). Check --kind and the port.")
        case let fault as LinkFault: self = .failed(printable(fault.description))
        case let refusal as ProposalRefusal: self = .failed(refusal.description)
        case let error as FrameError: self = .failed(error.description)
        default: return nil
        }
    }
}
