import Crypto
import Farm
import Foundation

/// The key that seals credentials: 32 bytes of `secrets.key`.
struct SecretKey: Sendable {
    static let length = 32

    private let key: SymmetricKey
    /// Tells this key from another one, without telling anything of it.
    let mark: [UInt8]

    /// Nil unless there are 32 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        key = SymmetricKey(data: bytes)
        mark = Array(SHA256.hash(data: Array("farmtop secrets.key mark".utf8) + bytes).prefix(4))
    }

    // Format: version 1, the key's mark (4), ChaCha20-Poly1305's nonce (12), ciphertext, tag (16). The place is authenticated
    // with it. The plain text is padded, so that its length says little of a password's.

    func seal(_ credentials: LinkCredentials, for place: SecretPlace) throws -> StoredCredentials {
        guard let plain = PlainCredentials.bytes(of: credentials) else { return .none }
        let box = try ChaChaPoly.seal(plain, using: key, authenticating: place.authenticated)
        return .sealed(SealedSecret([1] + mark + Array(box.combined)))
    }

    /// Nil for what was sealed with another key or for another place, or was changed.
    func open(_ sealed: SealedSecret, for place: SecretPlace) -> LinkCredentials? {
        let bytes = sealed.bytes
        guard bytes.count > 5, bytes[0] == 1, Array(bytes[1..<5]) == mark,
            let box = try? ChaChaPoly.SealedBox(combined: bytes[5...]),
            let plain = try? ChaChaPoly.open(box, using: key, authenticating: place.authenticated)
        else { return nil }
        return PlainCredentials.credentials(of: Array(plain))
    }
}

extension SecretPlace {
    /// Each field with its length before it, so that no two places have the same bytes.
    fileprivate var authenticated: [UInt8] {
        [table, String(row), address].flatMap { field in
            withUnsafeBytes(of: UInt32(field.utf8.count).littleEndian, Array.init) + Array(field.utf8)
        }
    }
}

/// Credentials as bytes: what they are, texts with their lengths, zeros up to a multiple of 64.
private enum PlainCredentials {
    /// Nil for none.
    static func bytes(of credentials: LinkCredentials) -> [UInt8]? {
        var bytes: [UInt8]
        switch credentials {
        case .none: return nil
        case .apiKey(let key): bytes = [1] + field(key.exposed)
        case .password(let user, let password): bytes = [2] + field(user) + field(password.exposed)
        }
        bytes += [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64)
        return bytes
    }

    static func credentials(of bytes: [UInt8]) -> LinkCredentials? {
        var rest = bytes.dropFirst()
        switch bytes.first {
        case 1: return text(&rest).map { .apiKey(Secret($0)) }
        case 2:
            guard let user = text(&rest), let password = text(&rest) else { return nil }
            return .password(user: user, Secret(password))
        default: return nil
        }
    }

    private static func field(_ text: String) -> [UInt8] {
        withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian, Array.init) + Array(text.utf8)
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.count >= 4 else { return nil }
        let length = Int(rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        rest = rest.dropFirst(4)
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return String(decoding: rest.prefix(length), as: UTF8.self)
    }
}
