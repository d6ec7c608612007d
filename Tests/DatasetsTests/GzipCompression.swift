import CZlib
import Datasets
import LinearAlgebra
import TestSupport

/// Compresses `bytes` into one gzip member, with zlib.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  defer { stream.deallocate() }
  stream.initialize(to: z_stream())
  precondition(
    deflateInit2_(stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      == Z_OK)
  defer { deflateEnd(stream) }
  var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(bytes.count))))
  let room = output.count
  bytes.withUnsafeBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      stream.pointee.avail_in = UInt32(bytes.count)
      stream.pointee.next_out = target.baseAddress
      stream.pointee.avail_out = UInt32(room)
      precondition(deflate(stream, Z_FINISH) == Z_STREAM_END)
    }
  }
  return Array(output[..<(room - Int(stream.pointee.avail_out))])
}

extension SmallMNIST {
  /// Drawn digits, compressed.
  static let shared = SmallMNIST(.digits(seed: 5, training: 150, test: 20, workers: Workers(count: 2)), pack: gzip)
}
