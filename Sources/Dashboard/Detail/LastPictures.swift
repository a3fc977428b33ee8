internal import Farm

extension PrinterSnapshot {
    /// The scores of the open print's last pictures, oldest first: those that came while this program watched, or where it began to
    /// watch late, those that were loaded.
    /// - Parameter loaded: thinned, where there are many: only pictures that follow one another count.
    func lastPictures(loaded: [ScorePoint]) -> [ScorePoint] {
        guard recent.count < StrandCount.mostPictures, loaded.last?.frame == recent.last?.frame else { return recent }
        var start = loaded.endIndex
        while start > loaded.startIndex,
            start == loaded.endIndex || loaded[start - 1].frame == loaded[start].frame - 1
        {
            start -= 1
        }
        let run = loaded[start...]
        return run.count > recent.count ? Array(run) : recent
    }
}
