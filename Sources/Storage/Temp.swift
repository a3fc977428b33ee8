import Farm
import Foundation

extension CameraHistory {
    var packed: [UInt8] { Array((try? JSONEncoder().encode(self)) ?? Data()) }
    init?(packed: [UInt8]) {
        guard let v = try? JSONDecoder().decode(Self.self, from: Data(packed)) else { return nil }; self = v
    }
}
extension FailureEvidence {
    var packed: [UInt8] { Array((try? JSONEncoder().encode(self)) ?? Data()) }
    init?(packed: [UInt8]) {
        guard let v = try? JSONDecoder().decode(Self.self, from: Data(packed)) else { return nil }; self = v
    }
}
