import Files
import Foundation
import LinearAlgebra
import Results
import Synchronization
import Testing
import TestSupport

@testable import Study

/// Results of a tiny study, to be changed and run again.
extension VerificationTests {
  typealias Study = (path: String, configuration: StudyConfiguration)

  /// The files of a tiny study by their paths, all four experiments with two seeds; run once for all tests.
  private static let results = Result {
    try withTemporaryFolder { folder in
      try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/tiny.yaml")
      let configuration = try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml")
      let images = try StudyImages(configuration, data: .digits, workers: Workers(count: 2))
      for seed: UInt64 in [1, 2] {
        let run = StudyRun(images, results: "\(folder)/results", seed: seed, observer: StudyObserver())
        for experiment in Experiment.allCases { try run.run(experiment) }
      }
      let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      return try paths.filter { $0.contains(".") }.map { ($0, try readFile("\(folder)/\($0)")) }
    }
  }

  func withResults(_ body: (ResultFiles, Study) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (path, bytes) in try Self.results.get() { try AtomicFile.write(bytes, to: "\(folder)/\(path)") }
      let path = "\(folder)/tiny.yaml"
      let files = ResultFiles(root: "\(folder)/results", dataset: "digits", study: "tiny")
      try body(files, (path, try StudyConfiguration(readingFrom: path)))
    }
  }

  /// Runs again, and says what was said.
  func verify(
    _ files: ResultFiles, _ study: Study?, _ experiments: [Experiment] = [], seeds: [UInt64] = [1]
  ) throws -> (comparisons: [Comparison], said: (messages: [String], warnings: [String])) {
    let said = Mutex<(messages: [String], warnings: [String])>(([], []))
    let observer = StudyObserver(
      message: { line in said.withLock { $0.messages.append(line) } },
      warning: { line in said.withLock { $0.warnings.append(line) } })
    let verification = try Verification(of: files)
    let runs = try verification.runs(of: experiments, seeds: seeds)
    let comparisons = try verification.run(runs, data: .digits, study: study, workers: Workers(count: 2), observer: observer)
    return (comparisons, said.withLock { $0 })
  }

  /// The differences of one subject.
  func differences(
    _ files: ResultFiles, _ study: Study, _ experiments: [Experiment], subject: String, count: Int
  ) throws -> [String] {
    let comparisons = try verify(files, study, experiments).comparisons
    let found = try #require(comparisons.first { $0.subject == subject })
    #expect(found.count == count)
    return found.differences
  }

  func edit(_ files: ResultFiles, _ experiment: Experiment, _ change: (inout Manifest.Run) -> Void) throws {
    var manifest = try Manifest.read(from: files.manifest)
    let index = try #require(manifest.runs.firstIndex { $0.experiment == experiment })
    change(&manifest.runs[index])
    try manifest.write(to: files.manifest)
  }

  static func replacing(_ key: String, of section: String, with value: JSON, in json: JSON) -> JSON {
    guard case .object(var sections) = json, case .object(var values)? = sections[section] else { return .null }
    values[key] = value
    sections[section] = .object(values)
    return .object(sections)
  }

  /// Every file of the results, and when it was changed.
  func contents(of files: ResultFiles) throws -> [String: Date] {
    let paths = FileManager.default.enumerator(atPath: files.root)?.compactMap { $0 as? String } ?? []
    return try paths.reduce(into: [:]) { times, path in
      times[path] = try FileManager.default.attributesOfItem(atPath: "\(files.root)/\(path)")[.modificationDate] as? Date
    }
  }
}
