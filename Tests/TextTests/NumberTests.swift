import Testing
import Text

@Suite("Numbers as text", .timeLimit(.minutes(20)))
struct NumberTests {
    @Test(
        "a probability is a whole percentage, rounded down, and a dash where it is not known",
        arguments: [
            (0.0, "0%"), (0.004, "0%"), (0.91, "91%"), (0.599, "59%"), (0.6, "60%"), (0.29, "29%"), (0.999, "99%"),
            (1, "100%"), (1.7, "100%"), (-1, "0%"), (.nan, "?"), (.infinity, "?"),
        ])
    func percentages(value: Double, text: String) {
        #expect(percent(value) == text)
        #expect(percentWords(value) == (text == "?" ? "? %" : text.replacing("%", with: " %")))
        #expect(percent(nil) == "–")
    }

    @Test("a percentage reaches a threshold only when the number does, and tenths that add up count as whole")
    func thresholds() {
        #expect([0.29, 0.57, 0.58, 0.599999].map(wholePercent) == [29, 57, 58, 59])
        #expect(wholePercent(0.1 + 0.2 + 0.3) == 60)
    }

    @Test(
        "digits after the point are rounded half away from zero, and nothing is minus zero",
        arguments: [
            (2.5, 0, "3"), (-2.5, 0, "-3"), (2.5, 2, "2.50"), (0.005, 2, "0.01"), (-0.004, 2, "0.00"), (0, 1, "0.0"),
            (1234.5678, 3, "1234.568"), (-0.05, 1, "-0.1"), (999_999_999_999, 0, "999999999999"),
        ])
    func decimals(value: Double, digits: Int, text: String) { #expect(decimalText(value, digits: digits) == text) }

    @Test("what nobody can read as digits is none", arguments: [Double.nan, .infinity, -.infinity, 1e12, -1e300])
    func noDecimals(value: Double) { #expect(decimalText(value, digits: 2) == nil) }

    @Test("parts of a time have two digits")
    func parts() { #expect([0, 7, 10, 59, 100, -1].map(twoDigits) == ["00", "07", "10", "59", "100", "-1"]) }

    @Test("white space goes from the ends only")
    func trimming() {
        #expect(" \t\u{A0}\u{2003}a b\r\n".trimmingWhitespace() == "a b")
        #expect(" \n ".trimmingWhitespace() == "")
        #expect(" \ta b\n ".trimmingSpaces() == "a b\n")
        #expect("x y"[...].trimmingSpaces() == "x y")
    }

    @Test("wide characters take two columns, marks none")
    func widths() {
        #expect(displayWidth("mk3") == 3)
        #expect(displayWidth("作者") == 4)
        #expect(displayWidth("e\u{301}") == 1)
        #expect(displayWidth("😀\u{FFFD}") == 3)
    }
}
