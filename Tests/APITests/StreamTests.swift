import API
import Farm
import FarmService
import Foundation
import NIOCore
import Testing

@Suite("The event stream and the operator", .timeLimit(.minutes(20)))
struct StreamTests {
    @Test(
        "the app hears of a pause asked at the terminal, of resume and cancel, and of the end of an archived printer's print"
    )
    func commands() async throws {
        let farm = try await FarmFixture()
        let token = try await farm.token()
        let service = farm.service
        for name in ["a", "b"] {
            _ = try await service.perform(
                FarmAction.createPrinter(account: "operator", settings: PrinterSettings(name: name)))
        }
        try await farm.live { port in
            let connection = try await RawConnection.to(port: port)
            // What is done, and what the stream must have said before the next is done.
            let steps: [(action: FarmAction, told: [String])] = [
                (.startPrint(1, filename: "one.gcode"), [#""event_type":"STARTED""#, "event: print\n"]),
                (.pausePrint(1), [#""event_title":"Pause Requested""#, #""pause_requested_at":"2"#]),
                (.confirmPause(1), [#""event_type":"PAUSED""#, #""paused_at":"2"#]),
                (.resumePrint(1), [#""event_type":"RESUMED""#]),
                (.cancelPrint(1), [#""event_title":"Print Job Cancelled""#, #""cancelled_at":"2"#]),
                (.startPrint(2, filename: "two.gcode"), ["two.gcode was started"]),
                (
                    .archivePrinter(2),
                    [
                        "two.gcode was cancelled", "b was archived",
                        #""filename":"two.gcode","started_at":"#,
                    ]
                ),
            ]
            let text = try await connection.channel.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(
                        string:
                            "GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"))
                var chunks = inbound.makeAsyncIterator()
                var text = ""
                while !text.contains("the events follow"), let chunk = try await chunks.next() {
                    text += String(buffer: chunk)
                }
                for step in steps {
                    var told = ""
                    _ = try await service.perform(step.action)
                    while !step.told.allSatisfy(told.contains), let chunk = try await chunks.next() {
                        told += String(buffer: chunk)
                    }
                    text += told
                }
                return text
            }
            #expect(text.components(separatedBy: "event: printer_event\n").count == 9)
            #expect(!text.contains("event: alert"))
        }
    }
}
