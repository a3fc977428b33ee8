import Farm
import Testing

@testable import farmtop

@Suite("A list of printers to import", .timeLimit(.minutes(20)))
struct PrinterListTests {
    private func list(_ text: String) throws -> PrinterList {
        PrinterList(try CSVTable(Array(text.utf8))) { (path) throws(CommandFailure) in
            guard path == "right.key" else { throw .failed("The key file \(path) cannot be read.") }
            return "from-file"
        }
    }

    @Test("each kind with all that a line can say")
    func whole() throws {
        let list = try list(
            """
            name,kind,url,key,key_file,user,camera,account,tags
            mk4,octoprint,http://10.0.0.1/prefix,K1,,,http://10.0.0.1/webcam/?action=snapshot,hall,"left, petg"
            voron,Moonraker,10.0.0.2:7125,,,,,,
            core,prusalink,http://10.0.0.3,,right.key,,printer,,
            """)
        #expect(list.problems == [])
        #expect(list.printers.map(\.name) == ["mk4", "voron", "core"])
        #expect(
            list.printers.map(\.credentials)
                == [.apiKey("K1"), .none, .password(user: "maker", password: "from-file")])
        #expect(list.printers.map(\.account) == ["hall", nil, nil])
        #expect(list.printers.map(\.tags.all) == [["left", "petg"], [], []])
        #expect(list.printers[0].link.address.base.path == "/prefix")
        #expect(list.printers[1].link.address.kind == .moonraker)
        #expect(list.printers[2].camera == .printer)
    }

    @Test("every fault is named with its line and column, and never a key")
    func faults() throws {
        let list = try list(
            """
            name,kind,url,key,key_file,camera
            ,octoprint,http://10.0.0.1,hush,,
            a,bambu,http://10.0.0.2,hush,,
            b,moonraker,ftp://10.0.0.3,,,
            c,moonraker,http://u:hush@10.0.0.4,,,
            d,octoprint,http://10.0.0.5,,,
            e,moonraker,http://10.0.0.6,hush,right.key,
            f,moonraker,http://10.0.0.7,,wrong.key,
            g,moonraker,http://10.0.0.8,,,file:///etc/passwd
            h,moonraker,http://10.0.0.9,,,,too,many
            i,prusalink,http://10.0.0.10/?x=1,,,
            """)
        #expect(
            list.problems.map { "\($0.line ?? 0) \($0.column ?? "-")" } == [
                "2 name", "3 kind", "4 url", "5 url", "6 key", "7 key_file", "8 key_file", "9 camera", "10 -", "11 url",
                "11 key",
            ])
        #expect(list.printers.isEmpty)
        let isSecret = list.problems.contains { "\($0)".contains("hush") }
        #expect(!isSecret)
    }

    @Test(
        "a program or a file is no camera of a list",
        arguments: ["file:///x.jpg", "/x.jpg", "command:ffmpeg", "ffmpeg -i x"])
    func localCamera(text: String) throws {
        let list = try list("name,kind,url,camera\na,moonraker,http://10.0.0.1,\(text)")
        let isLocal = list.printers.contains { $0.camera?.isLocal == true }
        #expect(!isLocal)
        #expect(list.problems.count == 1)
    }

    @Test("a name or a machine that stands there twice is refused, and the first line is named")
    func twins() throws {
        let list = try list(
            "name,kind,url\na,moonraker,http://10.0.0.1:7125\na,moonraker,http://10.0.0.2\nb,moonraker,10.0.0.1:7125\n")
        #expect(list.problems.map(\.line) == [3, 4])
        #expect(list.problems.map(\.column) == ["name", "url"])
        let namesFirst = list.problems.allSatisfy { $0.message.contains("Line 2") }
        #expect(namesFirst)
    }

    @Test("the header may be written in another order and case; what it lacks or misspells is said")
    func header() throws {
        #expect(try list("URL,Key File,Kind,Name\nhttp://10.0.0.1,right.key,moonraker,a").printers.count == 1)
        #expect(try list("name,kind\na,moonraker").problems.map(\.message).first?.contains("url") == true)
        #expect(try list("name,kind,url,camra\na,moonraker,x,y").problems.first?.message.contains("camera") == true)
        #expect(try list("name,name,kind,url\na,a,moonraker,x").problems.first?.column == "name")
    }
}
