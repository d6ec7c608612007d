import Files
import NeuralNetwork
import Results

extension Verification {
  /// Compares weights that were run again with the digests in the manifest, and with their files where these exist.
  func compareWeights(_ made: [(name: String, bytes: [UInt8])], of run: Manifest.Run) -> Comparison {
    var differences: [String] = []
    for (name, bytes) in made {
      guard let digest = run.digests[name] else {
        differences.append("\(name): found no digest in the manifest")
        continue
      }
      let path = "\(files.weights(seed: run.seed))/\(name)"
      let again = SHA256.hexDigest(of: bytes)
      guard fileExists(path) else {
        if again != digest {
          differences.append(
            "\(name): found SHA-256 \(digest), run again \(again); \(path) is not there: only its digest is known")
        }
        continue
      }
      do {
        let stored = try readFile(path)
        let found = SHA256.hexDigest(of: stored)
        if found == digest && again == digest { continue }
        let other = found == digest ? "" : found == again ? "; \(path) is what was run again" : "; \(path) has \(found)"
        let parting = found == again ? "" : "; \(try Self.difference(of: stored, from: bytes, path: path))"
        let manifests = again == digest ? "" : "found SHA-256 \(digest), run again \(again)"
        differences.append("\(name): " + (manifests + other + parting).trimmingPrefix("; "))
      } catch {
        differences.append("\(error)")
      }
    }
    let known = Set(made.map(\.name))
    let more = run.digests.keys.filter { !known.contains($0) }.sorted()
    differences += more.map { "\($0): found in the manifest, not given by the run" }
    return Comparison(
      part: Comparison.Part(run), subject: Comparison.weights, count: made.count + more.count, differences: differences)
  }

  /// The first tensor of `made` in which `stored` differs.
  /// - Throws: `FileError` if `stored` is no file of tensors.
  private static func difference(of stored: [UInt8], from made: [UInt8], path: String) throws(FileError) -> String {
    let file = try SafeTensors(decoding: stored, path: path)
    for (name, tensor) in try SafeTensors(decoding: made, path: path).tensors {
      guard let other = file[name] else { return "no tensor '\(name)'" }
      guard (other.type, other.shape) == (tensor.type, tensor.shape) else {
        return "tensor '\(name)': found \(other.type.rawValue) \(other.shape), "
          + "run again \(tensor.type.rawValue) \(tensor.shape)"
      }
      let first = zip(other.bytes, tensor.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      guard let first else { continue }
      let element = 8 * first / tensor.type.bits
      let place = Self.position(of: element, in: tensor.shape)
      guard tensor.type.isConverted else { return "tensor '\(name)': element \(place): other bytes" }
      let (values, again) = (
        try other.elements(as: Float.self, place: path), try tensor.elements(as: Float.self, place: path)
      )
      let count = zip(values, again).count { $0.bitPattern != $1.bitPattern }
      return "tensor '\(name)': element \(place): found \(values[element]), run again \(again[element]) "
        + "(\(count) of \(values.count) differ)"
    }
    return "the tensors agree, the header does not"
  }

  /// Row and column, counted from 0, of an element that is counted row by row.
  private static func position(of element: Int, in shape: [Int]) -> [Int] {
    var (rest, position): (Int, [Int]) = (element, [])
    for extent in shape.reversed() {
      position.append(rest % extent)
      rest /= extent
    }
    return position.reversed()
  }
}
