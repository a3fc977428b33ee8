/// What farmtop itself sends to the configured address.
extension OpenAPISchemas {
    /// The value of `webhooks` in the description.
    static let webhooks = """
        {"printEvent":{"post":{"summary":"Tells of a print, at least once; the events of one printer in their order.",\
        "parameters":[\
        \(header("X-Farmtop-Delivery", "The same at every try: 32 hex digits.")),\
        \(header("X-Farmtop-Event", "The type of the event.")),\
        \(header("X-Farmtop-Signature", "With a secret: sha256= and the HMAC-SHA256 of the body in hex."))],\
        "requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/WebhookMessage"}}}},\
        "responses":{"2XX":{"description":"Received."}}}}}
        """

    private static func header(_ name: String, _ text: String) -> String {
        """
        {"name":"\(name)","in":"header","description":"\(text)","schema":{"type":"string"}}
        """
    }

    static let webhook: [(String, String)] = [
        (
            "WebhookMessage",
            """
            {"anyOf":[{"$ref":"#/components/schemas/WebhookEvent"},{"$ref":"#/components/schemas/WebhookTest"}]}
            """
        ),
        ("WebhookTest", #"{"type":"object","properties":{"event":{"const":"TestEvent"}},"required":["event"]}"#),
        (
            "WebhookEvent",
            """
            {"type":"object","required":["event","printer","print","img_url"],"properties":{\
            "event":{"type":"object","required":["type"],"properties":{"type":{"enum":["PrintStarted","PrintDone",\
            "PrintCancelled","PrintPaused","PrintResumed","PrintFailure","NotWatched","PauseNotConfirmed","PauseRequested",\
            "PrinterOffline","PrinterOnline","PrinterAttention"]},\
            "is_warning":{"type":"boolean"},"print_paused":{"type":"boolean"},"pause_requested":{"type":"boolean"}}},\
            "printer":{"type":"object","required":["id","name"],"properties":{"id":{"type":"integer"},\
            "name":{"type":"string"}}},\
            "print":{"type":["object","null"],"required":["id","filename","started_at","ended_at"],"properties":{\
            "id":{"type":"integer"},"filename":{"type":"string"},"started_at":{"type":"number"},\
            "ended_at":{"anyOf":[{"type":"number"},{"const":""}]}}},\
            "img_url":{"type":"string"}}}
            """
        ),
    ]
}
