import Files

/// A file that is not safetensors, recognised by its first bytes, and what to do about it.
struct OtherFormat {
  let found: String
  /// What to do, for the file that a path names as a word of the shell.
  let advice: @Sendable (_ word: String) -> String
  private var isJSON: Bool { found == Self.json }

  private static let json = "JSON, not tensors"
  private static let space = Array("\t\n\r ".utf8)

  /// By the bytes that a file begins with, perhaps after white space.
  private static let formats: [(beginning: [UInt8], format: OtherFormat)] =
    // Protocols 2 to 5.
    (2...5).map { ([0x80, $0], OtherFormat("a Python pickle") { python("torch", torch, $0) }) } + [
      (
        Array("version https://git-lfs".utf8), .init("a Git LFS pointer") { "the file itself: git lfs pull --include \($0)" }
      ),
      (Array("<".utf8), .init("a web page") { _ in "a .safetensors file: download the file, not the page about it" }),
      (Array("{".utf8), .init(json) { _ in "a .safetensors file" }),
      (
        [0x93] + Array("NUMPY".utf8),
        .init("a NumPy array") { python("numpy", "{'w': numpy.ascontiguousarray(numpy.load(a))}", $0) }
      ),
      ([0x1F, 0x8B], .init("a gzip file") { "a .safetensors file: gunzip \($0)" }),
      (Array("PK\u{3}\u{4}".utf8), .init("a zip archive, as torch.save writes it") { python("torch", torch, $0) }),
      ([0x89] + Array("HDF".utf8), .init("an HDF5 file") { _ in "a .safetensors file: save the weights as such" }),
      (Array("GGUF".utf8), .init("a GGUF file") { _ in "a .safetensors file: that which it was made from" }),
    ]

  private init(_ found: String, advice: @escaping @Sendable (String) -> String) {
    (self.found, self.advice) = (found, advice)
  }

  /// `nil` for a file that begins like none of these.
  init?(of file: InputFile) throws(FileError) {
    let bytes = try file.read(0..<min(64, file.size))
    // A header of less than 4 GB that begins like JSON is that of a damaged safetensors file, even if its length, such as 123,
    // is that of `{` in ASCII.
    let (length, rest) = (bytes.dropFirst(4).prefix(4), bytes.dropFirst(8))
    if !length.isEmpty, length.allSatisfy({ $0 == 0 }), rest.first.map({ Self.space.contains($0) || $0 == 0x7B }) ?? true {
      return nil
    }
    let text = bytes.drop { Self.space.contains($0) }
    let known = Self.formats.first { bytes.starts(with: $0.beginning) || text.starts(with: $0.beginning) }
    guard let known else { return nil }
    // The first file in the archive has its name at byte 30.
    let isNumPy =
      known.format.found.hasPrefix("a zip") && String(decoding: bytes.dropFirst(30), as: UTF8.self).contains(".npy")
    self =
      isNumPy
      ? OtherFormat("NumPy arrays") { Self.python("numpy", Self.each("numpy.load(a)", "numpy.ascontiguousarray(v)"), $0) }
      : known.format
  }

  // `save_file` writes the elements of an array that is not contiguous in a wrong order, and refuses tensors that share memory.
  private static let torch = each("torch.load(a, map_location='cpu', weights_only=True)", "v.clone().contiguous()")

  private static func each(_ tensors: String, _ value: String) -> String { "{k: \(value) for k, v in \(tensors).items()}" }

  /// The line of Python that writes the tensors which `expression` loads from the file `a`.
  private static func python(_ library: String, _ expression: String, _ word: String) -> String {
    "a .safetensors file: python3 -c \"import sys, \(library), safetensors.\(library) as s; a, b = sys.argv[1:]; "
      + "s.save_file(\(expression), b)\" \(word) w.safetensors"
  }

  /// The error about `file`.
  /// - Parameter name: the tensor that was looked for; an index of shards says where it is.
  func error(about file: InputFile, lookingFor name: String?) throws(FileError) -> FileError {
    if isJSON, let index = try ShardIndex(of: file) { return index.error(path: file.path, lookingFor: name) }
    return FileError(path: file.path, found: found, expected: advice(Self.quoted(file.path)))
  }

  /// As a word of the shell.
  private static func quoted(_ path: String) -> String {
    let isPlain = path.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/._-+".unicodeScalars.contains(scalar)
    }
    return isPlain
      ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
