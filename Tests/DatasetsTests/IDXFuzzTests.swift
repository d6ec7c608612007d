import Files
import LinearAlgebra
import Datasets
import Testing
import TestSupport

/// For any bytes, the readers throw a `FileError`, or return contents that satisfy the format.
@Suite struct IDXFuzzTests {
  private static let plain: [[UInt8]] = {
    var stream = RandomStream(seed: 1, name: "idx")
    let pixels = (0..<2 * 784).map { _ in UInt8(stream.below(256)) }
    return [idxPixels(pixels), idxLabels([3, 9, 0, 7]), idxPixels([]), idxLabels([])]
  }()

  @Test func mutatedFiles() throws {
    let (accepted, all) = try Fuzz("idx", corpus: Self.plain).run { input, number in decodes(input, number) }
    #expect(accepted > 0 && (all == 1 || accepted < all))
  }

  /// Compressed files, mutated after the compression.
  @Test func mutatedGzipFiles() throws {
    let corpus = Self.plain.map(gzip) + [gzip([1, 2]) + gzip([3]), gzip([UInt8](repeating: 0, count: 20_000))]
    let limit = 10_000
    let (accepted, all) = try Fuzz("idx-gzip", corpus: corpus).run { input, number in
      let decompressed: [UInt8]
      do { decompressed = try Gzip.decompress(input, path: "x.gz", limit: limit) } catch {
        #expect(isOneLine(error, about: "x.gz"), "input \(number): \(error)")
        return false
      }
      #expect(decompressed.count <= limit, "input \(number)")
      return decodes(decompressed, number)
    }
    #expect(accepted > 0 && (all == 1 || accepted < all))
  }

  private func decodes(_ input: [UInt8], _ number: Int) -> Bool {
    func read(_ path: String, _ body: (String) throws(FileError) -> [UInt8]) -> [UInt8]? {
      do { return try body(path) } catch {
        #expect(isOneLine(error, about: path), "input \(number): \(error)")
        return nil
      }
    }
    let pixels = read("images") { path throws(FileError) in try IDX.pixels(of: input, path: path) }
    if let pixels { #expect(pixels.count == input.count - 16 && pixels.count % 784 == 0, "input \(number)") }
    let labels = read("labels") { path throws(FileError) in try IDX.labels(of: input, path: path) }
    if let labels { #expect(labels.count == input.count - 8 && labels.allSatisfy { $0 < 10 }, "input \(number)") }
    return pixels != nil || labels != nil
  }
}
