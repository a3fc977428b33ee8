extension CameraRegion {
    /// The same places of the scene once its camera's pictures are turned another way.
    public func turned(from old: CameraOrientation, to new: CameraOrientation) -> CameraRegion {
        func turned(_ area: PictureArea) -> PictureArea { area.before(old).after(new) }
        // Turning makes no side shorter than it was and no area twice.
        return (try? CameraRegion(bed: bed.map(turned), ignored: ignored.map(turned))) ?? .whole
    }
}

extension PictureArea {
    /// In a picture that was brought upright, where it was in the camera's own.
    fileprivate func after(_ orientation: CameraOrientation) -> PictureArea {
        flipped(orientation).rotated(quarters: orientation.rotation.rawValue / 90)
    }

    fileprivate func before(_ orientation: CameraOrientation) -> PictureArea {
        rotated(quarters: 4 - orientation.rotation.rawValue / 90).flipped(orientation)
    }

    private func flipped(_ orientation: CameraOrientation) -> PictureArea {
        PictureArea(
            clampingX: orientation.flipHorizontal ? Self.side - endX : x,
            y: orientation.flipVertical ? Self.side - endY : y, width: width, height: height)
    }

    /// Clockwise.
    private func rotated(quarters: Int) -> PictureArea {
        (0..<quarters % 4).reduce(self) { area, _ in
            PictureArea(clampingX: Self.side - area.endY, y: area.x, width: area.height, height: area.width)
        }
    }
}
