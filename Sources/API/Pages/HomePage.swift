/// What a person at a browser sees who opens the farm's address.
enum HomePage {
    /// - Parameter base: where the browser reached the farm, without a slash at the end.
    static func page(base: String) -> HTMLPage {
        HTMLPage(
            title: "A farmtop print farm",
            body: """
                <p>farmtop watches 3D printers and pauses failing prints. Its dashboard runs in the terminal:
                type <code translate="no">farmtop</code> on the machine that runs the farm.</p>
                <h2>For apps</h2>
                <ul>
                <li>Address of the API: <code translate="no">\(base)/api/v1/</code></li>
                <li>Its description (OpenAPI): <a href="/openapi.json">\(base)/openapi.json</a></li>
                <li>An app needs an OAuth client: whoever runs the farm makes one with
                <code translate="no">farmtop client add NAME</code>.</li>
                </ul>
                <h2>From another machine</h2>
                <p>The same dashboard opens with
                <code translate="no">farmtop --connect \(base) --credentials FILE</code>.</p>
                """)
    }
}
