import CCrypto

/// SHA-256 (FIPS 180-4), computed by OpenSSL.
public enum SHA256 {
  /// Bytes of a digest.
  public static let size = 32

  /// The digest of `bytes`: `size` bytes.
  public static func digest(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: size)
    let status = bytes.withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil) }
    precondition(status == 1, "OpenSSL has no SHA-256")
    return digest
  }

  /// The digest of pieces, one behind the other: `size` bytes.
  public static func digest(of pieces: some Sequence<[UInt8]>) -> [UInt8] {
    let running = Running()
    for piece in pieces { running.append(piece) }
    return running.digest()
  }

  /// The digest of bytes that come one after the other.
  public final class Running {
    private let context = EVP_MD_CTX_new()

    /// Of nothing so far.
    public init() { Self.check(EVP_DigestInit_ex(context, EVP_sha256(), nil)) }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    public func append(_ bytes: [UInt8]) {
      Self.check(bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) })
    }

    /// The digest of all bytes: `size` bytes. Nothing may be appended after it.
    public func digest() -> [UInt8] {
      var digest = [UInt8](repeating: 0, count: SHA256.size)
      Self.check(EVP_DigestFinal_ex(context, &digest, nil))
      return digest
    }

    private static func check(_ status: Int32) { precondition(status == 1, "OpenSSL has no SHA-256") }
  }

  /// The digest of `bytes`, as 64 lower-case hexadecimal digits.
  public static func hexDigest(of bytes: [UInt8]) -> String { hexadecimal(digest(of: bytes[...])) }

  /// A digest as 64 lower-case hexadecimal digits.
  public static func hexadecimal(_ digest: [UInt8]) -> String {
    digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
