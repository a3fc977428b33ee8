import Farm
import OAuth
import Testing

@Suite("The code that an app's user sees and the operator types", .timeLimit(.minutes(20)))
struct ConsentCodeTests {
    @Test("ten consonants in two groups; 20,000 are all different and use every letter")
    func made() {
        let random = SystemRandomSource()
        var seen: Set<String> = []
        for _ in 0..<20_000 { seen.insert(random.consentCode().description) }
        #expect(seen.count == 20_000)
        #expect(Set(seen.joined()) == Set("BCDFGHJKLMNPQRSTVWXZ-"))
        #expect(seen.allSatisfy { $0.count == 11 && $0.dropFirst(5).first == "-" })
    }

    @Test(
        "case, spaces and dashes of any kind do not matter",
        arguments: ["BCDFG-HJKLM", "bcdfghjklm", " b c d f g h j k l m ", "BCDFG\u{2013}HJKLM", "bcd-fgh-jkl-m\n"])
    func typed(_ text: String) { #expect(ConsentCode(typed: text)?.description == "BCDFG-HJKLM") }

    @Test(
        "what can be no code is none",
        arguments: ["", "BCDFG-HJKL", "BCDFG-HJKLMN", "BCDFG-HJKLA", "BCDFG-HJKL0", "ＢCDFGHJKLM"])
    func notTyped(_ text: String) { #expect(ConsentCode(typed: text) == nil) }
}
