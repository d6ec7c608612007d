import Files
import LinearAlgebra
import TestSupport
import Testing

@testable import Datasets

/// Folders and files that are named on the command line.
@Suite struct OwnDataTests {
  private func make(_ names: [String], in folder: String) throws {
    for name in names {
      let isLabels = name.contains("labels")
      try AtomicFile.write(
        pieces: [IDXAnyTests.file(isLabels ? [1] : [1, 2, 2], isLabels ? [1] : [1, 2, 3, 4])], to: "\(folder)/\(name)")
    }
  }

  private func path(_ source: OwnData.Source?) -> String? {
    guard case .files(let path, _)? = source else { return nil }
    return path
  }

  @Test(arguments: [
    (["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"], "kmnist", true, true),
    (["t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"], "kmnist", false, true),
    (["emnist-letters-train-images-idx3-ubyte", "emnist-letters-test-images-idx3-ubyte"], "emnist-letters", true, true),
    (["train.safetensors", "notes.txt"], "kmnist", true, false),
    (["test.safetensors", "train.safetensors"], "kmnist", true, true),
  ]) func folders(names: [String], word: String, hasTraining: Bool, hasTest: Bool) throws {
    try withTemporaryFolder { folder in
      try make(names, in: folder + "/kmnist")
      for end in ["", "/"] {
        let data = try OwnData(at: "\(folder)/kmnist\(end)")
        #expect(data.name == word && (data.training != nil) == hasTraining && (data.test != nil) == hasTest)
        let evaluated = try #require(path(data.evaluated))
        #expect(evaluated.contains("train") == !hasTest)
      }
    }
  }

  @Test func aFile() throws {
    try withTemporaryFolder { folder in
      try make(["digits.v2-images", "digits.v2-labels", "own"], in: folder)
      let data = try OwnData(at: "\(folder)/digits.v2-images")
      #expect(data.name == "digits" && data.test == nil && path(data.training) == "\(folder)/digits.v2-images")
      #expect(try data.evaluated?.read().labels == [1])
      #expect(try OwnData(at: "\(folder)/own").evaluated?.read().labels == nil)
      #expect(try OwnData(at: "\(folder)/own", labels: "\(folder)/digits.v2-labels").evaluated?.read().labels == [1])
    }
  }

  @Test func imagesInMemory() throws {
    let digits = Dataset.digits(seed: 1, training: 20, test: 10, workers: Workers(count: 1))
    let data = try OwnData(digits)
    #expect(data.name == "digits")
    let (training, test) = (try #require(try data.training?.read()), try #require(try data.test?.read()))
    #expect((training.count, test.count) == (20, 10))
    #expect(training.labels == digits.training.labels && test.shape == [28, 28])
  }

  @Test func mistakes() throws {
    try withTemporaryFolder { folder in
      func error(_ path: String, labels: String? = nil) -> FileError? {
        do { _ = try OwnData(at: path, labels: labels) } catch { return error }
        return nil
      }
      #expect(
        error(folder + "/none")
          == FileError(path: folder + "/none", found: "no such file", expected: "data: a file or a folder"))
      #expect(error(folder)?.found == "no data")
      try make(["a-train-images-idx3-ubyte", "b-test-images-idx3-ubyte"], in: folder)
      #expect(
        error(folder)
          == FileError(
            path: folder, found: "several datasets: a-…, b-…", expected: "one, or the name of a file"))
      #expect(
        error(folder, labels: "l")
          == FileError(path: "--labels", found: "l", expected: "nothing beside a folder, whose files have labels"))
    }
  }
}
