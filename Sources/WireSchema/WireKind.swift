/// What may stand in a field, as the description of the API says it.
public indirect enum WireKind: Equatable, Sendable {
    /// 1 or more, 63 bits.
    case id
    case text
    case time
    case flag
    case whole
    case number
    /// 0...1
    case probability
    /// One of these words.
    case choice([String])
    /// Always null: a field of Obico's that has no meaning here.
    case null
    case list
    /// A list of texts.
    case texts
    /// The schema of this name.
    case object(String)
    case nullable(WireKind)
}
