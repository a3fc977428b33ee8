import Farm
import Text

extension JSONWriter {
    /// farmtop's own beside Obico's `status`: what else a linked machine says, and what it can do. Where it is in the network is
    /// told to no client.
    mutating func machine(_ machine: MachineSnapshot) {
        let reading = machine.reading
        object { json in
            json.member("kind", machine.address.kind.rawValue)
            json.member("server", machine.identity?.server)
            json.member("firmware", machine.identity?.firmware)
            json.member("problem", machine.fault?.description)
            json.member("stale", machine.isStale)
            json.member("detail", reading?.detail)
            json.member("file", reading?.file?.name)
            json.member("layer") { json in
                guard let layer = reading?.layer else { return json.null() }
                json.object { json in
                    json.member("now", Int64(layer.now))
                    json.member("total") { $0.value(layer.total.map(Int64.init)) }
                }
            }
            json.member("light") { json in
                guard let light = reading?.light else { return json.null() }
                json.value(light)
            }
            json.member("abilities") { $0.texts(machine.abilities.names) }
        }
    }
}
