import Testing

@testable import Wire

@Suite("Answers to a search in the local network", .timeLimit(.minutes(20)))
struct DiscoveryMessageTests {
    /// An answer with one record of a name, written without compression.
    private func answer(of count: UInt8 = 1, _ records: [UInt8]) -> [UInt8] {
        [0, 0, 0x84, 0, 0, 0, 0, count, 0, 0, 0, 0] + records
    }

    private func name(_ labels: String...) -> [UInt8] {
        labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private func record(_ name: [UInt8], _ type: UInt8, _ data: [UInt8]) -> [UInt8] {
        name + [0, type, 0x80, 1, 0, 0, 0, 120, UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
    }

    private func fault(_ bytes: [UInt8]) -> DNSFault? {
        do throws(DNSFault) {
            _ = try DNSMessage(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("a service with its host, port, text and addresses; instances may hold dots")
    func service() throws {
        let service = name("_moonraker", "_tcp", "local")
        let instance = name("Moonraker @ 10.0.0.5", "_moonraker", "_tcp", "local")
        let host = name("voron", "local")
        let message = try DNSMessage(
            answer(
                of: 5,
                record(service, 12, instance) + record(instance, 33, [0, 0, 0, 0, 0x1B, 0xD5] + host)
                    + record(instance, 16, [9] + Array("Path=/a=b".utf8) + [4] + Array("flag".utf8) + [0])
                    + record(host, 1, [10, 0, 0, 5])
                    + record(host, 28, [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [9])))
        #expect(
            message.records.map(\.content) == [
                .instance(DNSName(["Moonraker @ 10.0.0.5", "_moonraker", "_tcp", "local"])),
                .service(host: DNSName("voron.local"), port: 7125), .text(["path": "/a=b", "flag": ""]),
                .address("10.0.0.5"), .address("fe80:0:0:0:0:0:0:9"),
            ])
        #expect(message.records[0].name == DNSName("_MOONRAKER._tcp.Local"))
        #expect(message.records[1].name.instance(of: message.records[0].name) == "Moonraker @ 10.0.0.5")
        #expect(
            DNSName("Moonraker @ 10.0.0.5._x._tcp.local").instance(of: DNSName("_x._tcp.local"))
                == "Moonraker @ 10.0.0.5")
        #expect(DNSName("_x._tcp.local").instance(of: DNSName("_x._tcp.local")) == nil)
    }

    @Test("names are shortened by pointers backwards")
    func pointers() throws {
        let message = try DNSMessage(
            answer(of: 2, record(name("a", "local"), 12, [1, 98, 0xC0, 14]) + record([0xC0, 12], 1, [1, 2, 3, 4])))
        #expect(message.records[0].content == .instance(DNSName("b.local")))
        #expect(message.records[1].name == DNSName("a.local"))
    }

    @Test("a pointer to itself, forwards, or in a circle ends the message")
    func circles() {
        #expect(fault(answer(record([0xC0, 12], 1, [1, 2, 3, 4]))) == .badPointer)
        #expect(fault(answer(record([0xC0, 200], 1, [1, 2, 3, 4]))) == .badPointer)
        #expect(fault(answer(record([1, 97, 0xC0, 12], 1, [1, 2, 3, 4]))) == .badPointer)
    }

    @Test("limits: names, labels, records, size, and what is cut off")
    func limits() {
        let label: [UInt8] = [63] + Array(repeating: 97, count: 63)
        let long: [UInt8] = label + label + label + label + [0]
        #expect(fault(answer(record(long, 1, [1, 2, 3, 4]))) == .badName)
        #expect(fault(answer([0x40, 0])) == .badName)
        #expect(fault([0, 0, 0x84, 0, 0, 0, 1, 45, 0, 0, 0, 0]) == .tooManyRecords)
        #expect(fault([UInt8](repeating: 0, count: DNSMessage.sizeLimit + 1)) == .tooLong)
        #expect(fault([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == .noAnswer)
        #expect(fault(answer(of: 2, record(name("a"), 1, [1, 2, 3, 4]))) == .cutOff)
        #expect(fault(answer(record(name("a"), 16, [9, 97]))) == .cutOff)
        #expect(fault(answer(record(name("a"), 33, [0, 0, 0, 0, 0, 80]) + [0])) == .badData)
        #expect(fault([]) == .cutOff)
    }

    @Test("the question names each service, asks for pointers, and for an answer to the sender alone")
    func question() {
        let bytes = DNSMessage.question(for: [DNSName("_x._tcp.local")])
        #expect(bytes == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] + name("_x", "_tcp", "local") + [0, 12, 0x80, 1])
    }

    @Test("UPnP: the headers of an answer; neither another status nor a search of somebody else")
    func upnp() {
        let message = SSDPMessage(
            Array("HTTP/1.1 200 OK\r\nLOCATION: http://10.0.0.5/x\r\nServer:a b\r\n\r\nrest: 1".utf8))
        #expect(message?.headers == ["location": "http://10.0.0.5/x", "server": "a b"])
        #expect(SSDPMessage(Array("HTTP/1.1 404 Not Found\r\n\r\n".utf8)) == nil)
        #expect(SSDPMessage(SSDPMessage.search(seconds: 1)) == nil)
        #expect(SSDPMessage([]) == nil)
    }
}
