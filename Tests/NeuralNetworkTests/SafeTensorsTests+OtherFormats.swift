import Files
import Foundation
import NeuralNetwork
import Testing
import TestSupport

/// A file that is no safetensors: the error says what it is.
extension SafeTensorsTests {
  private func error(_ bytes: [UInt8], name: String = "w", lookingFor tensor: String? = nil) throws -> FileError? {
    try withTemporaryFolder { folder in
      try AtomicFile.write(bytes, to: "\(folder)/\(name)")
      let file = try InputFile("\(folder)/\(name)")
      return #expect(throws: FileError.self) { try SafeTensors.Header(of: file, lookingFor: tensor) }
    }
  }

  @Test func otherFormats() throws {
    let zip = Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26)
    for (bytes, found): ([UInt8], String) in [
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "a Git LFS pointer"),
      (Array("<!doctype html>".utf8), "a web page"), (Array("\n\n  <html>".utf8), "a web page"),
      ([0x93] + Array("NUMPY".utf8) + [1, 0, 0x76, 0], "a NumPy array"), (zip + Array("w.npy".utf8), "NumPy arrays"),
      (zip + Array("w/data.pkl".utf8), "a zip archive, as torch.save writes it"),
      ([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], "a Python pickle"),
      ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3], "a gzip file"),
      ([0x1F, 0x8B, 8, 8, 1, 2, 3, 4, 2, 3], "a gzip file"), ([0x89] + Array("HDF\r\n\u{1A}\n".utf8), "an HDF5 file"),
      (Array("GGUF".utf8) + [3, 0, 0, 0], "a GGUF file"), (Array("{\"a\": 1}".utf8), "JSON, not tensors"), ([], "0 bytes"),
    ] {
      let error = try #require(try error(bytes))
      #expect(error.found == found, "\(error)")
      #expect(isOneLine(error, about: error.path))
    }
    // The path is a word of the shell.
    let error = try #require(try error([0x80, 2, 0, 0, 0, 0, 1, 0, 0], name: "it's $a.pt"))
    #expect(error.expected?.hasSuffix(#"/it'\''s $a.pt' w.safetensors"#) == true, "\(error)")
  }

  /// A damaged file whose length has the first bytes of another format: `{`, `<`, a pickle, gzip.
  @Test func damagedNotAnother() throws {
    for length in [123, 60, 0x80, 0x280, 0x8B1F] {
      let whole = safeTensorsFile(header: "{" + String(repeating: " ", count: length - 2) + "}", data: [])
      for bytes in [whole.dropLast(), whole.prefix(8), whole.prefix(12)] {
        let error = try #require(try error(Array(bytes)))
        #expect(error.expected?.hasSuffix("the file is cut short") == true, "\(error)")
      }
      let other = whole.dropLast() + [UInt8(ascii: "x")]
      #expect(try error(Array(other))?.found.hasPrefix("text that is not JSON") == true)
    }
  }

  @Test func indexOfShards() throws {
    let index = Array(
      #"{"metadata":{},"weight_map":{"\#u{E9}":"1.safetensors","e\#u{301}":"2.safetensors","v":"1.safetensors"}}"#.utf8)
    for (tensor, file) in [("\u{E9}", "1.safetensors"), ("e\u{301}", "2.safetensors")] {
      #expect(try error(index, lookingFor: tensor)?.expected == "the shard that holds '\(tensor)': \(file)")
    }
    #expect(try error(index, lookingFor: "w")?.found == "an index of shards without the tensor 'w'")
    #expect(try error(index)?.expected?.hasPrefix("one of its 2 shards (1.safetensors, 2.safetensors)") == true)
    #expect(try error(Array(#"{"weight_map":{}, "a":1}"#.utf8))?.found == "an index of shards")
    #expect(try error(Array(#"{"weight_map":[], "a":1}"#.utf8))?.found == "JSON, not tensors")
  }
}
