import Files
import FuzzSupport
import Datasets

/// For any bytes, plain or compressed, the readers throw a `FileError` of one line, or return the contents of the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIDX(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = bytes(data, count)
  decode(input)
  if let decompressed = reading({ () throws(FileError) in try Gzip.decompress(input, path: "x.gz", limit: limit) }) {
    precondition(decompressed.count <= limit, "more bytes than the limit")
    decode(decompressed)
  }
  return 0
}

/// The limit for decompressed bytes. All seeds but one are below it.
private let limit = 10_000

private func decode(_ file: [UInt8]) {
  if let labels = reading({ () throws(FileError) in try IDX.labels(of: file, path: "labels") }) {
    precondition(header([0x801, labels.count]) + labels == file, "what is written again is not what was read")
    precondition(labels.allSatisfy { $0 < Images.classes }, "a label that is no digit")
  }
  guard let pixels = reading({ () throws(FileError) in try IDX.pixels(of: file, path: "images") }) else { return }
  let count = pixels.count / Images.pixelsPerImage
  let written = header([0x803, count, Images.rows, Images.columns]) + pixels
  precondition(written == file, "what is written again is not what was read")
  // With the labels of two images, a file of another number of images is refused.
  let images = reading { () throws(FileError) in
    try IDX.images(pixelFile: file, pixelPath: "images", labelFile: header([0x801, 2]) + [3, 9], labelPath: "labels")
  }
  precondition(
    (images != nil) == (count == 2) && images?.pixels ?? pixels == pixels, "images that are not those of the file")
}

/// The header of a file: the magic number and the dimensions.
private func header(_ words: [Int]) -> [UInt8] {
  words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
}
