import Farm

extension FarmDraft {
    /// Keeps a frame's picture as the printer's snapshot and drops what falls out of the kept ones: the newest frames
    /// and those around alerts stay.
    mutating func keepPicture(_ jpeg: [UInt8], number: Int64, of id: PrinterID, print: PrintID) {
        let key = FrameKey(printID: print, number: number)
        write(.framePicture(key, jpeg: jpeg))
        let previous = state.printers[id]?.snapshotKey
        let (recent, around) = (limits.recentPictures, limits.picturesAroundAlert)
        var dropped: [Int64] = []
        change(id) { live in
            live.snapshotKey = key
            live.pictures.append(number)
            let alerts = live.alertFrames
            let oldestRecent = number - Int64(recent)
            live.pictures.removeAll { candidate in
                guard candidate <= oldestRecent, !alerts.contains(where: { abs($0 - candidate) <= around }) else {
                    return false
                }
                dropped.append(candidate)
                return true
            }
        }
        for number in dropped { write(.removeFramePicture(FrameKey(printID: print, number: number))) }
        // The snapshot of an earlier print was kept until this one took its place.
        if let previous, previous.printID != print { write(.removeFramePicture(previous)) }
    }

    /// At the end of a print: only the last picture, as the printer's snapshot, and those around alerts stay.
    mutating func releasePictures(of id: PrinterID, print: PrintID) {
        let around = limits.picturesAroundAlert
        var dropped: [Int64] = []
        change(id) { live in
            let alerts = live.alertFrames
            for number in live.pictures
            where live.snapshotKey != FrameKey(printID: print, number: number)
                && !alerts.contains(where: { abs($0 - number) <= around })
            {
                dropped.append(number)
            }
            // A picture at an alert stays for the history: the next print must not remove it with the snapshot.
            live.pictures = []
            live.alertFrames = []
        }
        for number in dropped { write(.removeFramePicture(FrameKey(printID: print, number: number))) }
    }
}
