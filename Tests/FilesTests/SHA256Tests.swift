import Files
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4's examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func examples(text: String, digest: String) {
    let bytes = Array(text.utf8)
    #expect(SHA256.hexDigest(of: bytes) == digest)
    // In pieces of each length.
    for length in 1...max(1, bytes.count) {
      let running = SHA256.Running()
      for start in stride(from: 0, to: bytes.count, by: length) {
        running.append(Array(bytes[start..<min(start + length, bytes.count)]))
        running.append([])
      }
      #expect(SHA256.hexadecimal(running.digest()) == digest, "pieces of \(length)")
    }
    #expect(SHA256.hexadecimal(SHA256.digest(of: [bytes, []])) == digest)
  }

  /// A million bytes in uneven pieces, several at a time.
  @Test func manyAtATime() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let (one, other) = (SHA256.Running(), SHA256.Running())
    for start in stride(from: 0, to: bytes.count, by: 77_777) {
      one.append(Array(bytes[start..<min(start + 77_777, bytes.count)]))
      other.append([UInt8(truncatingIfNeeded: start)])
    }
    let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(SHA256.hexadecimal(one.digest()) == digest)
    #expect(SHA256.hexadecimal(other.digest()) != digest)
  }

  @Test func hexadecimal() { #expect(SHA256.hexadecimal([0, 1, 15, 16, 255]) == "00010f10ff") }
}
