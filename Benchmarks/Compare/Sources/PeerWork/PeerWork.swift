import Files
import Foundation
import Datasets
import Results
import Study

/// Does the works that `experiments/peers` compares: a request a line on standard input, an answer in JSON a line on standard
/// output. What a work begins with is kept from request to request, so that others can have a turn in between.
///
///     recipe                        the study file's hyper-parameters, the images, and this program
///     export FOLDER                 what the peers are to work on
///     <work> COUNT                  seconds for so many steps, rounds or calls
///     restart                       begins the truncated SVDs again, before their sequence is gone through once more
///     factors FILE                  the factors of the last truncated SVD, and of which matrix
///     large SIZE FILE               the large matrix of that size, which the works krylov_svd_SIZE decompose
///     large_factors FILE            the factors of the last of its SVDs
///     parity CASE float32|float64 STEPS FILE
///                                   losses of a training (ParityCase), its plan, its images in order; initial weights go to FILE
@main
enum PeerWork {
  static func main() {
    PinnedKernels.ensure { say($0) }
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      guard arguments.count == 4, let data = DatasetChoice(rawValue: arguments[1]), let threads = Int(arguments[3]),
        threads > 0
      else { throw RequestError(found: arguments.joined(separator: " "), expected: "STUDY DATA WEIGHTS THREADS") }
      let inputs = try Inputs(study: arguments[0], data: data, weights: arguments[2], threads: threads)
      var works = try Works(inputs)
      while let line = readLine() {
        // At once, where `print` would wait for more.
        try FileHandle.standardOutput.write(contentsOf: Data((try answer(to: line, inputs, &works) + "\n").utf8))
      }
    } catch {
      say("error: peer-work: \(error)")
      exit(EXIT_FAILURE)
    }
  }

  private static func answer(to line: String, _ inputs: Inputs, _ works: inout Works) throws -> String {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    switch words.count {
    case 1 where words[0] == "recipe": return json(inputs.recipe)
    case 2 where words[0] == "export":
      try inputs.export(to: words[1])
      return json(["matrices": try works.exportMatrices(to: words[1])])
    case 1 where words[0] == "restart":
      try works.restart()
      return json([String: Int]())
    case 3 where words[0] == "large":
      guard let size = Int(words[1]), (8...8192).contains(size) else { break }
      try works.large.export(size: size, to: words[2])
      return json(["rank": LargeSVDs.rank])
    case 2 where words[0] == "large_factors":
      try works.large.writeFactors(to: words[1])
      return json([String: Int]())
    case 2 where words[0] == "factors": return json(["matrix": try works.writeFactors(to: words[1])])
    case 2:
      guard let work = CompareRow.Work(rawValue: words[0]), let count = Int(words[1]), count > 0 else { break }
      return json(["seconds": try works.seconds(for: work, count: count)])
    case 5 where words[0] == "parity":
      guard let training = ParityCase(rawValue: words[1]), let steps = Int(words[3]), steps > 0 else { break }
      let file = words[4]
      switch words[2] {
      case "float32":
        return json(try inputs.parity(training, of: Float.self, as: .float32, steps: steps, weights: file))
      case "float64":
        return json(try inputs.parity(training, of: Double.self, as: .float64, steps: steps, weights: file))
      default: break
      }
    default: break
    }
    throw RequestError(
      found: line, expected: "recipe, export, a work and a count, restart, factors, large, large_factors, or parity")
  }

  private static func json(_ value: some Encodable) -> String { JSON(encoding: value).text }

  private static func say(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) }
}

/// A request, or a way to start, that is none.
struct RequestError: Error, CustomStringConvertible {
  let found: String
  let expected: String
  var description: String { "found '\(found)', expected \(expected)" }
}
