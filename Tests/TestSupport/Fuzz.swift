import Files
import Foundation
import LinearAlgebra

/// A loop over mutated inputs. Input i is a function of the seed and i alone, so that one input can be run alone.
///
/// `LOWRANK_FUZZ=200000` sets the number of inputs where `swift test` has 3,000 (`make fuzz`), `LOWRANK_FUZZ_SEED` the seed,
/// and `LOWRANK_FUZZ_INPUT` the only input to run. After a crash the file `progress` holds its number.
public struct Fuzz: Sendable {
  public let name: String
  /// Well-formed inputs.
  public let corpus: [[UInt8]]
  /// Words of the format, which random bytes seldom form.
  public let words: [[UInt8]]
  private let seed: UInt64
  private let inputs: Range<Int>
  /// Inputs in `swift test`.
  public static let usualCount = 3000

  public init(_ name: String, corpus: [[UInt8]], words: [String] = [], count: Int = usualCount) {
    precondition(!corpus.isEmpty)
    (self.name, self.corpus, self.words) = (name, corpus, words.map { Array($0.utf8) })
    func number(_ key: String) -> Int? { ProcessInfo.processInfo.environment["LOWRANK_FUZZ" + key].flatMap { Int($0) } }
    seed = UInt64(max(0, number("_SEED") ?? 1))
    // `make fuzz` keeps the proportions between loops.
    let all = number("").map { Int(Double($0) * Double(count) / Double(Self.usualCount)) } ?? count
    inputs = number("_INPUT").map { $0..<$0 + 1 } ?? 0..<max(1, all)
  }

  /// The file with the number of the current input; each process has its own.
  public var progress: String {
    FileManager.default.temporaryDirectory.path + "/lowrank-fuzz-\(name)-\(ProcessInfo.processInfo.processIdentifier)"
  }

  /// Calls `body` with each input. `body` returns whether the input was accepted, and throws only unexpected errors.
  /// - Returns: the number of accepted inputs and of all.
  @discardableResult
  public func run(_ body: (_ input: [UInt8], _ number: Int) throws -> Bool) throws -> (accepted: Int, all: Int) {
    try Data().write(to: URL(fileURLWithPath: progress))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: progress))
    var accepted = 0
    for number in inputs {
      try file.seek(toOffset: 0)
      try file.write(contentsOf: Data("\(number)\n".utf8))
      if try body(input(number), number) { accepted += 1 }
    }
    try file.close()
    try FileManager.default.removeItem(atPath: progress)
    // `make fuzz` shows what was tried; in `swift test` it would be a line of each loop.
    guard ProcessInfo.processInfo.environment["LOWRANK_FUZZ"] != nil else { return (accepted, inputs.count) }
    print("fuzz \(name): seed \(seed), \(inputs.count) inputs, \(accepted) accepted, \(inputs.count - accepted) refused")
    return (accepted, inputs.count)
  }

  /// Input `number`: a member of the corpus after one to eight mutations; the first inputs are the corpus itself.
  public func input(_ number: Int) -> [UInt8] {
    if number < corpus.count { return corpus[number] }
    // An input uses fewer than 2²⁰ blocks of the stream.
    var stream = RandomStream(seed: seed, name: "fuzz/\(name)", index: UInt64(number) << 20)
    var input = corpus[stream.below(corpus.count)]
    for _ in 0...stream.below(1 + stream.below(8)) { mutate(&input, from: &stream) }
    return input
  }
}

/// Whether an error is one line that begins with `path`.
public func isOneLine(_ error: any Error, about path: String) -> Bool {
  guard let error = error as? FileError else { return false }
  return error.path.hasPrefix(path) && !error.description.contains(where: \.isNewline)
}

extension Fuzz {
  private func mutate(_ input: inout [UInt8], from stream: inout RandomStream) {
    // Headers are at the beginning, so half of the places are there.
    let reach = stream.below(2) == 0 ? min(input.count, 32) : input.count
    let place = stream.below(reach + 1)
    let rest = input.count - place
    let length = 1 + stream.below(stream.below(4) == 0 ? 64 : 8)
    switch stream.below(14) {
    case 0 where rest > 0: input[place] ^= 1 << UInt8(stream.below(8))
    case 1 where rest > 0: input[place] = UInt8(stream.below(256))
    case 2 where rest > 0: input[place] = Self.edges[stream.below(Self.edges.count)]
    case 3 where rest > 0: input[place] &+= stream.below(2) == 0 ? 1 : 255
    case 4: input.removeSubrange(place..<min(input.count, place + length))
    case 5: input.insert(contentsOf: (0..<length).map { _ in UInt8(stream.below(256)) }, at: place)
    case 6: input.insert(contentsOf: input[place..<min(input.count, place + length)], at: place)
    case 7 where stream.below(4) == 0: input.removeSubrange(place...)
    case 8:
      // The beginning of one and the end of another.
      let other = corpus[stream.below(corpus.count)]
      input = Array(input[..<place] + other[min(place, other.count)...])
    case 9 where !words.isEmpty:
      let word = words[stream.below(words.count)]
      input.replaceSubrange(place..<min(input.count, place + (stream.below(2) == 0 ? 0 : word.count)), with: word)
    case 10...: changeNumber(in: &input, from: place, &stream)
    default: break
    }
  }

  /// Replaces the next decimal number by another one: well-formed but wrong sizes and offsets.
  private func changeNumber(in input: inout [UInt8], from place: Int, _ stream: inout RandomStream) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = input[place...].firstIndex(where: digits.contains) else { return }
    let end = input[start...].firstIndex { !digits.contains($0) } ?? input.count
    let number = Int(String(decoding: input[start..<end], as: UTF8.self)) ?? 0
    let step = 1 << stream.below(5)
    let other = [number &+ step, number &- step, number &* 2, stream.below(64)][stream.below(4)]
    input.replaceSubrange(start..<end, with: Array("\(other)".utf8))
  }

  private static let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF] + Array("\"\\{}[],:-0129eE. ".utf8)
}
