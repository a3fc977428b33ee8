import Testing

@testable import FarmClient

@Test(
    "a text keeps its meaning in a form, a credential and a URL",
    arguments: [
        ("aZ09-._~", "aZ09-._~"), ("a&b=c+d%", "a%26b%3Dc%2Bd%25"), ("/run/a b.sock", "%2Frun%2Fa%20b.sock"),
        ("é\n", "%C3%A9%0A"), ("", ""),
    ])
func percentEncoding(text: String, encoded: String) { #expect(text.percentEncoded == encoded) }
