import Files
import Results

extension Verification {
  /// A line for each way in which this program and machine differ from those of the runs. Results are the same bits on every
  /// machine with the same kernels; other sources, kernels or another BLAS may give others.
  func differences(between now: Manifest.Environment, and runs: [Manifest.Run]) -> [String] {
    let values: [(name: String, value: (Manifest.Environment) -> String)] = [
      ("processor", \.processor), ("blas", \.blas), ("blasKernel", \.blasKernel), ("toolchain", \.toolchain),
      ("sourceDigest", { "\($0.sourceDigest) (revision \($0.sourceRevision))" }),
    ]
    var lines: [String] = []
    for (name, value) in values {
      for run in runs where value(run.environment) != value(now) {
        // The same sources in another commit are the same program.
        if name == "sourceDigest", run.environment.sourceDigest == now.sourceDigest { continue }
        let line = "\(name): the manifest has \(value(run.environment)), this is \(value(now))"
        if !lines.contains(line) { lines.append(line) }
      }
    }
    return lines
  }

  /// Makes sure that the images are those of the manifest.
  /// - Throws: `FileError` with the manifest's key whose value differs.
  func require(_ images: Manifest.Dataset) throws(FileError) {
    let expected = manifest.dataset
    for name in Set(expected.sha256.keys).union(images.sha256.keys).sorted() {
      let (manifests, found) = (expected.sha256[name] ?? "nothing", images.sha256[name] ?? "no such data")
      guard manifests == found else {
        throw FileError(
          path: "\(files.manifest): dataset.sha256.\(name)", found: manifests, expected: "\(found), the SHA-256 of the data")
      }
    }
    for (key, count) in [
      ("trainingImages", \Manifest.Dataset.trainingImages), ("validationImages", \.validationImages),
      ("testImages", \.testImages),
    ] where expected[keyPath: count] != images[keyPath: count] {
      throw FileError(
        path: "\(files.manifest): dataset.\(key)", found: "\(expected[keyPath: count])",
        expected: "\(images[keyPath: count]), as the configuration has it")
    }
  }
}
