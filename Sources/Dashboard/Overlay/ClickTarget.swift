/// What a click means where something lies over an area.
enum ClickTarget: Equatable, Sendable {
    /// The same as a key.
    case key(Key)
    /// A line of the list.
    case line(Int)
    /// Text of a field of the form, or of the prompt: the character shown first, and the column that it begins in. In a click
    /// the column is counted from there.
    case text(field: Int, first: Int, column: Int)
    /// A choice of the form; the arrows beside it step.
    case choice(field: Int, step: Int)
    /// A place on the screen that is drawn on; in a click, the place itself.
    case point(Position)
    /// Part of what lies over the area, but nothing to click.
    case panel
}
