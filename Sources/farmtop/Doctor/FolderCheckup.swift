import Farm
import FarmClient
import Glibc
import Storage
import Text

/// The data folder as the file system shows it.
struct FolderCheckup {
    let path: String
    /// Under this a farm soon stops; unit: bytes.
    static let leastFree: UInt64 = 64 << 20
    static let littleFree: UInt64 = 1 << 30

    func findings() -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT {
                return [
                    .warn(
                        "data folder", "\(path) is not there yet.",
                        next:
                            "The first start makes it: farmtop, or farmtop serve. Or give another one with --data-dir.")
                ]
            }
            return [.fail("data folder", "\(path): \(lastError()).", next: "Make the folders above it readable.")]
        }
        return [access(status), space()]
    }

    private func access(_ status: stat) -> Finding {
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return .fail(
                "data folder", "\(path) is not a folder.", next: "Move it away, or give another with --data-dir.")
        }
        guard status.st_uid == geteuid() || geteuid() == 0 else {
            return .fail(
                "data folder", "\(path) belongs to user \(status.st_uid); this is user \(geteuid()).",
                next: "Run farmtop as that user, or give another one with --data-dir.")
        }
        guard Glibc.access(path, W_OK | X_OK) == 0 else {
            return .fail(
                "data folder", "\(path) cannot be written: \(lastError()).",
                next: errno == EROFS ? "Mount its disk for writing." : "chmod u+rwx \(shellWord(path))")
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o002 == 0 else {
            return .fail(
                "data folder", "\(path) can be written by every user of this machine (mode \(String(mode, radix: 8))).",
                next: "Look at what is in it, then close it: chmod go-rwx \(shellWord(path))")
        }
        guard mode & 0o077 == 0 else {
            return .warn(
                "data folder", "\(path) can be read by others (mode \(String(mode, radix: 8))).",
                next: "chmod go-rwx \(shellWord(path))")
        }
        let owner = status.st_uid == geteuid() ? "is yours alone" : "is user \(status.st_uid)'s alone"
        return .ok("data folder", "\(path) \(owner) and can be written.")
    }

    private func space() -> Finding {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else {
            return .fail("disk", "\(path): \(lastError()).", next: "Look at the disk that holds it.")
        }
        let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
        let text = "\(mebibytes(Int64(clamping: free))) are free."
        let next = "Free some space, or lower retention.frames_mib and retention.database_mib in the configuration."
        if free < Self.leastFree { return .fail("disk", text, next: next) }
        if disk.f_files > 0, disk.f_favail < 1000 {
            return .fail(
                "disk", "Only \(disk.f_favail) more files can be made.", next: "Remove files that are not needed.")
        }
        return free < Self.littleFree ? .warn("disk", text, next: next) : .ok("disk", text)
    }
}

/// Who has the folder, and whether he answers.
struct HolderCheckup {
    let path: String

    struct Outcome {
        var findings: [Finding]
        var isHeld = false
        /// Where the holder's API listens.
        var address: String?
        /// When the holder was started.
        var startedAt: Timestamp?
        var channels: [ChannelStatus] = []
    }

    func run() async -> Outcome {
        let folder: DataFolder
        do throws(StorageError) {
            folder = try DataFolder(existing: path)
        } catch {
            // The folder's own finding says why.
            return Outcome(findings: [])
        }
        let holding: DataFolder.Holding
        do throws(StorageError) {
            holding = try folder.holding()
        } catch {
            return Outcome(findings: [.fail("holder", error)])
        }
        guard case .held(let pid) = holding else {
            return Outcome(findings: [.ok("holder", "No farmtop is running.")] + remains(of: folder))
        }
        let process = pid.map { "process \($0)" } ?? "another process"
        let client = ControlClient(socketPath: folder.controlSocket)
        guard let holder = try? await client.holder() else {
            await client.close()
            return Outcome(
                findings: [
                    .fail(
                        "holder", "\(process) runs the farm and does not answer on \(folder.controlSocket).",
                        next:
                            "Wait if it has just started or is ending; else end it: kill \(pid.map(String.init) ?? "PID")"
                    )
                ], isHeld: true)
        }
        let status = await firstStatus(client)
        await client.close()
        let text = "\(process) runs the farm (farmtop \(holder.version), since \(holder.startedAt.minute))."
        let finding =
            holder.version == Farmtop.version
            ? Finding.ok("holder", text)
            : .warn(
                "holder", text,
                next: "This program is farmtop \(Farmtop.version): restart the other to have one version.")
        return Outcome(
            findings: [finding, socket(folder.controlSocket)], isHeld: true, address: status?.address,
            startedAt: holder.startedAt, channels: status?.channels ?? [])
    }

    /// What a killed restore left: nobody holds the folder, so none runs.
    private func remains(of folder: DataFolder) -> [Finding] {
        let remains = folder.restoreRemains
        guard !remains.isEmpty else { return [] }
        return [
            .warn(
                "restore", "A restore was killed and left \(remains.joined(separator: ", ")).",
                next: "The next start of farmtop puts that in order, and so does the next restore.")
        ]
    }

    private func socket(_ path: String) -> Finding {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .warn("control socket", "\(path) is missing.", next: "Restart the farmtop that runs the farm.")
        }
        let mode = status.st_mode & 0o777
        guard status.st_uid == geteuid() || geteuid() == 0, mode & 0o077 == 0 else {
            return .fail(
                "control socket", "\(path) is open to others (user \(status.st_uid), mode \(String(mode, radix: 8))).",
                next: "chmod 600 \(shellWord(path))")
        }
        return .ok(
            "control socket",
            "\(path) is \(status.st_uid == geteuid() ? "yours" : "user \(status.st_uid)'s") alone and answers.")
    }

    private func firstStatus(_ client: ControlClient) async -> ServiceStatus? {
        for await update in client.updates() {
            guard case .snapshot(let snapshot) = update else { return nil }
            return snapshot.status
        }
        return nil
    }
}

func lastError() -> String { String(cString: strerror(errno)) }
