/// The areas, and which of them is shown. A new area is a type and its line in `all`.
struct Areas: Sendable {
    /// In the order of their keys.
    static let all: [any DashboardArea.Type] = [
        FarmArea.self,
        HistoryArea.self,
        OAuthArea.self,
        LogArea.self,
        SystemArea.self,
    ]

    static var first: Area { all[0].area }

    static func after(_ area: Area) -> Area {
        all[((all.firstIndex { $0.area == area } ?? 0) + 1) % all.count].area
    }

    private var list: [any DashboardArea] = all.map { $0.init() }
    private var index = 0

    /// The one that is shown.
    var current: Area { Self.all[index].area }
    var shown: any DashboardArea {
        get { list[index] }
        _modify { yield &list[index] }
    }

    mutating func show(_ area: Area) { index = position(area) }

    /// Does something with each.
    mutating func forEach(_ body: (inout any DashboardArea) -> Void) {
        for index in list.indices { body(&list[index]) }
    }

    subscript(area: Area) -> any DashboardArea {
        get { list[position(area)] }
        _modify { yield &list[position(area)] }
    }

    private func position(_ area: Area) -> Int {
        guard let index = Self.all.firstIndex(where: { $0.area == area }) else {
            preconditionFailure("\(area.name) is not in the list of areas")
        }
        return index
    }
}
