import Files

/// The file format of MNIST: a magic number, the dimensions as big-endian 32-bit integers, then one byte an element.
///
/// The magic number is two zero bytes, the type of the elements (0x08 is an unsigned byte) and the number of
/// dimensions. Decoding is strict: any deviation is an error that names the file.
public enum IDX {
  /// Decodes a file of images and its file of labels.
  /// - Throws: `FileError` as `pixels(of:path:)` and `labels(of:path:)` do, or if one file has more entries than the
  ///   other.
  public static func images(
    pixelFile: [UInt8], pixelPath: String, labelFile: [UInt8], labelPath: String
  ) throws(FileError) -> Images {
    let pixels = try pixels(of: pixelFile, path: pixelPath)
    let labels = try labels(of: labelFile, path: labelPath)
    let count = pixels.count / Images.pixelsPerImage
    guard labels.count == count else {
      throw FileError(path: labelPath, found: "\(labels.count) labels", expected: "\(count), one for each image")
    }
    return Images(pixels: pixels, labels: labels)
  }

  /// The pixels of a file of images of 28×28: count×784.
  /// - Throws: `FileError` for another magic number, other dimensions, or a length that does not fit them.
  public static func pixels(of file: [UInt8], path: String) throws(FileError) -> [UInt8] {
    let dimensions = try header(of: file, kind: .images, path: path)
    guard dimensions[1] == Images.rows && dimensions[2] == Images.columns else {
      throw FileError(
        path: path, found: "images of \(dimensions[1])×\(dimensions[2]) pixels",
        expected: "\(Images.rows)×\(Images.columns)")
    }
    return try elements(of: file, kind: .images, count: dimensions[0], size: Images.pixelsPerImage, path: path)
  }

  /// The labels of a file of labels.
  /// - Throws: `FileError` for another magic number, a length that does not fit the count, or a label above 9.
  public static func labels(of file: [UInt8], path: String) throws(FileError) -> [UInt8] {
    let dimensions = try header(of: file, kind: .labels, path: path)
    let labels = try elements(of: file, kind: .labels, count: dimensions[0], size: 1, path: path)
    if let index = labels.firstIndex(where: { $0 >= Images.classes }) {
      throw FileError(path: path, found: "the label \(labels[index]) for image \(index)", expected: "a digit from 0 to 9")
    }
    return labels
  }

  private enum Kind: UInt32 {
    case labels = 0x0000_0801
    case images = 0x0000_0803

    var dimensions: Int { self == .images ? 3 : 1 }
    var headerBytes: Int { 4 + 4 * dimensions }
  }

  /// The dimensions of a file that must be of `kind`.
  private static func header(of file: [UInt8], kind: Kind, path: String) throws(FileError) -> [Int] {
    // The magic number is checked first: it tells what a wrong or short file is.
    guard file.count >= 4 else { throw tooShort(file, kind, path) }
    let magic = word(of: file, at: 0)
    guard magic == kind.rawValue else {
      throw FileError(path: path, found: "magic number \(describe(magic))", expected: describe(kind.rawValue))
    }
    guard file.count >= kind.headerBytes else { throw tooShort(file, kind, path) }
    return (1...kind.dimensions).map { Int(word(of: file, at: 4 * $0)) }
  }

  /// The elements after the header. `count * size` fits in an `Int`, because a count has 32 bits; the length of the file is
  /// checked before any allocation.
  private static func elements(
    of file: [UInt8], kind: Kind, count: Int, size: Int, path: String
  ) throws(FileError) -> [UInt8] {
    let expected = kind.headerBytes + count * size
    guard file.count == expected else {
      throw FileError(
        path: path, found: "\(file.count) bytes", expected: "\(expected) for the \(count) \(kind) it announces")
    }
    return Array(file[kind.headerBytes...])
  }

  private static func tooShort(_ file: [UInt8], _ kind: Kind, _ path: String) -> FileError {
    FileError(path: path, found: "\(file.count) bytes", expected: "a header of \(kind.headerBytes) bytes")
  }

  static func word(of file: [UInt8], at offset: Int) -> UInt32 {
    file[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func describe(_ magic: UInt32) -> String {
    let digits = String(magic, radix: 16)
    let number = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    if let kind = Kind(rawValue: magic) { return "\(number) (a file of \(kind))" }
    let (zeros, type, dimensions) = (magic >> 16, magic >> 8 & 0xFF, magic & 0xFF)
    if zeros == 0x1F8B { return "\(number) (a gzip file)" }
    if zeros != 0 { return "\(number) (not an IDX file)" }
    if type != 0x08 { return "\(number) (elements that are not unsigned bytes)" }
    return "\(number) (\(dimensions) dimensions)"
  }
}
