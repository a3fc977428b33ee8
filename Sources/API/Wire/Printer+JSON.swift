import Farm
import Text
import WireSchema

extension JSONWriter {
    /// A printer, every key always present.
    mutating func printer(_ view: consuming PrinterSnapshot, pictureURL: String?) {
        object(ToldPrinter(view, pictureURL: pictureURL))
    }

    /// A print as the prints endpoints give it.
    mutating func print(_ print: Print, printer: Printer, notWatchingReason: String?) {
        object(
            ToldPrint.listedFields,
            of: ToldPrint(print: print, printer: printer, notWatchingReason: notWatchingReason))
    }
}
