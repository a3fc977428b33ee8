import Testing

@testable import FarmClient

@Suite("Two versions of farmtop", .timeLimit(.minutes(20)))
struct VersionTests {
    private func mismatch(_ farm: String, _ own: String?) -> VersionMismatch? {
        VersionMismatch(farm: "The farm", farmVersion: farm, ownVersion: own)
    }

    @Test("a dashboard says which side to update, whichever is older")
    func sides() {
        #expect(
            mismatch("0.1.0", "0.2.0")?.description
                == "The farm runs farmtop 0.1.0, this is 0.2.0. Update farmtop there and start it again.")
        #expect(
            mismatch("0.3.0", "0.2.0")?.description
                == "The farm runs farmtop 0.3.0, this is 0.2.0. Update farmtop here.")
        #expect(mismatch("1.0.0", "0.10.0")?.isFarmOlder == false)
        #expect(mismatch("0.9.0", "0.10.0")?.isFarmOlder == true)
    }

    @Test(
        "patches of one version understand one another, and whoever does not know its own asks nothing",
        arguments: [("0.2.0", "0.2.7"), ("0.2", "0.2.1")] as [(String, String?)] + [("0.1.0", nil)])
    func same(farm: String, own: String?) { #expect(mismatch(farm, own) == nil) }
}
