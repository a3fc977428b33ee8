import Farm

/// Drops kept pictures; those that are a printer's snapshot by now stay.
struct RemovePictures: FarmCommand {
    var keys: [FrameKey]

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let going = Set(keys).subtracting(draft.state.printers.values.compactMap(\.snapshotKey))
        for live in draft.state.printers.values {
            guard let print = live.currentPrint?.id,
                live.pictures.contains(where: { going.contains(FrameKey(printID: print, number: $0)) })
            else { continue }
            draft.change(live.printer.id) { live in
                live.pictures.removeAll { going.contains(FrameKey(printID: print, number: $0)) }
            }
        }
        for key in keys where going.contains(key) { draft.write(.removeFramePicture(key)) }
    }
}
