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
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var digest = [UInt8](repeating: 0, count: size)
    var status = [EVP_DigestInit_ex(context, EVP_sha256(), nil)]
    for piece in pieces { status.append(piece.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }) }
    status.append(EVP_DigestFinal_ex(context, &digest, nil))
    precondition(status.allSatisfy { $0 == 1 }, "OpenSSL has no SHA-256")
    return digest
  }

  /// The digest of `bytes`, as 64 lower-case hexadecimal digits.
  public static func hexDigest(of bytes: [UInt8]) -> String {
    digest(of: bytes[...]).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
