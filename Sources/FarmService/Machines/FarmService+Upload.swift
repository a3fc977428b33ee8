public import Farm
import Glibc

extension FarmService {
    public func upload(_ file: FileToUpload, to printer: PrinterID) -> AsyncThrowingStream<UploadStep, any Error> {
        upload(file, to: printer, caller: .administrator)
    }

    /// - Parameter caller: must be allowed to move machines.
    public func upload(
        _ file: FileToUpload, to printer: PrinterID, caller: Caller
    ) -> AsyncThrowingStream<UploadStep, any Error> {
        // The newest of the steps that nobody has read yet is enough.
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                do {
                    let stored = try await send(file, to: printer, caller) { continuation.yield($0) }
                    continuation.yield(.done(stored))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func send(
        _ file: FileToUpload, to printer: PrinterID, _ caller: Caller,
        _ tell: @escaping @Sendable (UploadStep) -> Void
    ) async throws -> RemoteFile {
        guard caller.mayMoveMachines else { throw FarmError.mayNotMoveMachines }
        let name = try Self.checkedName(file.name)
        let size = try Self.size(of: file.localPath)
        let link = try await link(of: printer, for: caller)
        if file.start { try await lookAgain(before: .start(path: name), at: printer) }
        try refuseUpload(to: printer, caller, start: file.start)
        // Nobody waits for a long upload that could not be printed.
        if file.start, file.requireClear { _ = try await clearBed(of: printer, for: caller) }
        tell(.toMachine(sent: 0, of: size))
        let upload = FileUpload(localPath: file.localPath, name: name, size: size)
        let sent: RemoteFile
        do throws(LinkFault) {
            sent = try await link.upload(upload) { tell(.toMachine(sent: min($0, size), of: size)) }
        } catch {
            try Task.checkCancellation()
            throw UploadError.machine(error)
        }
        guard try Self.size(of: file.localPath) == size else { throw UploadError.changed(path: file.localPath) }
        let stored = try await checked(sent, size, link)
        try await perform(NoteUpload(caller: caller, printer: printer, file: stored, size: size))
        if file.start { try await start(stored, at: printer, caller, requireClear: file.requireClear) }
        return stored
    }

    /// Before anything is sent: a file that is to be printed waits for no machine that is busy.
    private func refuseUpload(to printer: PrinterID, _ caller: Caller, start: Bool) throws {
        guard let machine = try state.printer(printer, for: caller).machine else { return }
        guard machine.abilities.contains(.upload) else {
            throw FarmError.machine(.notOffered(command: "upload"))
        }
        guard start, let refusal = machine.refusalToStart else { return }
        throw FarmError.machine(refusal)
    }

    /// Looks whether the machine has the whole file, under whichever name it gave it. Where its list has no sizes, that it is there
    /// is all that can be seen: `size` of what is returned is nil then.
    private func checked(_ sent: RemoteFile, _ size: Int64, _ link: any PrinterLink) async throws -> RemoteFile {
        let files: [RemoteFile]
        do throws(LinkFault) { files = try await link.files() } catch { throw UploadError.machine(error) }
        guard let found = files.first(where: { $0.path == sent.path }) ?? files.first(where: { $0.name == sent.name })
        else { throw UploadError.notListed(name: sent.name) }
        if let there = found.size, there != size {
            throw UploadError.incomplete(name: found.name, expected: size, found: there)
        }
        return found
    }

    private func start(
        _ file: RemoteFile, at printer: PrinterID, _ caller: Caller, requireClear: Bool
    ) async throws {
        do throws(FarmError) {
            _ = try await startFile(file.path, at: printer, caller: caller, requireClear: requireClear)
        } catch {
            throw UploadError.notStarted(name: file.name, reason: error.description)
        }
    }

    private static func checkedName(_ name: String) throws(UploadError) -> String {
        guard (1...200).contains(name.utf8.count), !name.hasPrefix("."), !name.contains("/"), !name.contains("\\"),
            cleanedText(name, limit: 300) == name
        else { throw .badName(name) }
        return name
    }

    private static func size(of path: String) throws(UploadError) -> Int64 {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw .notReadable(path: path, reason: String(cString: strerror(errno)).lowercased())
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .notReadable(path: path, reason: "it is not a file") }
        guard facts.st_size > 0 else { throw .empty(path: path) }
        return Int64(facts.st_size)
    }
}

/// Writes down that a file was sent.
struct NoteUpload: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var file: RemoteFile
    /// Bytes.
    var size: Int64

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let live = try draft.state.printer(printer, for: caller)
        draft.record(
            .command, .info, by: caller.actor, title: "File Sent",
            text: "\(live.printer.settings.name): \(file.name) (\(size) bytes) was sent by \(caller.name)."
                + (file.size == nil ? " The printer does not tell the size that it has." : ""),
            printer: live.printer)
    }
}
