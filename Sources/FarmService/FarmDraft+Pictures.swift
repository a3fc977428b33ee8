import Farm

extension FarmDraft {
    /// Keeps a frame's picture as the printer's snapshot and drops what falls out of the kept ones: the newest frames
    /// and those around alerts stay.
    mutating func keepPicture(_ jpeg: [UInt8], number: Int64, of id: PrinterID, print: PrintID) {
        let key = FrameKey(printID: print, number: number)
        write(.framePicture(key, jpeg: jpeg))
        let limits = limits
        let oldestRecent = number - Int64(limits.recentPictures)
        var dropped: [FrameKey] = []
        change(id) { live in
            // The snapshot of an earlier print was kept until this one took its place.
            if let previous = live.snapshotKey, previous.printID != print, !live.isSnapshotKept {
                dropped.append(previous)
            }
            live.snapshotKey = key
            live.isSnapshotKept = false
            live.pictures.append(number)
            let alerts = live.alertFrames
            live.pictures.removeAll { candidate in
                guard candidate <= oldestRecent, !limits.keepsPicture(candidate, aroundAny: alerts) else {
                    return false
                }
                dropped.append(FrameKey(printID: print, number: candidate))
                return true
            }
        }
        for key in dropped { write(.removeFramePicture(key)) }
    }

    /// At the end of a print: only the last picture, as the printer's snapshot, and those around alerts stay.
    mutating func releasePictures(of id: PrinterID, print: PrintID) {
        let limits = limits
        var dropped: [FrameKey] = []
        change(id) { live in
            for number in live.pictures {
                let key = FrameKey(printID: print, number: number)
                let isKept = limits.keepsPicture(number, aroundAny: live.alertFrames)
                if live.snapshotKey == key {
                    live.isSnapshotKept = isKept
                } else if !isKept {
                    dropped.append(key)
                }
            }
            live.pictures = []
            live.alertFrames = []
        }
        for key in dropped { write(.removeFramePicture(key)) }
    }
}
