import CZlib
import Files

/// Reads gzip files (RFC 1952) with zlib. The only file of this module that calls C or has pointers.
public enum Gzip {
  /// Decompresses a whole file, of one member or several.
  ///
  /// - Parameters:
  ///   - path: the name in errors.
  ///   - limit: the largest output in bytes; without it a small file could fill the memory.
  /// - Throws: `FileError` if the file is no gzip file, ends early, is corrupt by its own checksum, has other bytes after
  ///   its last member, or decompresses to more than `limit` bytes.
  public static func decompress(_ file: [UInt8], path: String, limit: Int) throws(FileError) -> [UInt8] {
    guard isCompressed(file) else {
      let found = file.isEmpty ? "an empty file" : "bytes that are not gzip"
      throw FileError(path: path, found: found, expected: "a gzip file")
    }
    // zlib stores the address of its stream, so the stream must not move, as a Swift variable may.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    defer { stream.deallocate() }
    stream.initialize(to: z_stream())
    let windowBits: Int32 = 15 + 16  // the largest window, and a gzip header rather than a zlib one
    guard inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw FileError(path: path, found: "no memory to decompress it")
    }
    defer { inflateEnd(stream) }

    var output: [UInt8] = []
    output.reserveCapacity(min(limit, 64 << 20))
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var consumed = 0
    while true {
      let step = inflateOnce(stream, file, from: consumed, into: &chunk)
      consumed += step.consumed
      output.append(contentsOf: chunk[..<step.produced])
      guard output.count <= limit else {
        throw FileError(path: path, found: "more than \(limit) bytes once decompressed", expected: "at most that")
      }
      switch step.status {
      case Z_STREAM_END:
        if consumed == file.count { return output }
        guard file[consumed...].starts(with: magic) else {
          throw FileError(path: path, found: "\(file.count - consumed) bytes behind the gzip data", expected: "its end")
        }
        inflateReset(stream)
      case Z_OK where step.consumed > 0 || step.produced > 0: break
      case Z_OK, Z_BUF_ERROR:
        throw FileError(path: path, found: "a gzip file that ends early, after \(file.count) bytes", expected: "all of it")
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's status \(step.status)"
        throw FileError(path: path, found: "corrupt gzip data near byte \(consumed) (\(reason))")
      }
    }
  }

  /// The CRC-32 that gzip and zip files have (zlib's crc32).
  public static func checksum(of bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
  }

  /// Whether a file begins as gzip files do.
  static func isCompressed(_ file: [UInt8]) -> Bool { file.starts(with: magic) }

  private static let magic: [UInt8] = [0x1F, 0x8B]

  /// One call of `inflate`: from `file[offset...]` into the start of `chunk`.
  private static func inflateOnce(
    _ stream: UnsafeMutablePointer<z_stream>, _ file: [UInt8], from offset: Int, into chunk: inout [UInt8]
  ) -> (status: Int32, consumed: Int, produced: Int) {
    // zlib's counts have 32 bits; a longer file is passed in pieces.
    let input = min(file.count - offset, 1 << 30)
    let room = chunk.count
    let status = file.withUnsafeBufferPointer { source in
      chunk.withUnsafeMutableBufferPointer { target in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress! + offset)
        stream.pointee.avail_in = UInt32(input)
        stream.pointee.next_out = target.baseAddress!
        stream.pointee.avail_out = UInt32(room)
        return inflate(stream, Z_NO_FLUSH)
      }
    }
    return (status, input - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out))
  }
}
