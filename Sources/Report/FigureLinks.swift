import Files
import Foundation

/// The figures in the report: an image, and links to the vector formats.
struct FigureLinks {
  let folder: String
  let report: String

  /// A figure with its caption; empty if it has not been drawn.
  func show(_ name: String, _ caption: String) -> [Block] {
    let existing = ["png", "svg", "pdf"].filter { fileExists("\(folder)/\(name).\($0)") }
    guard existing.contains("png") else { return [] }
    let links = existing.dropFirst().map { "[\($0.uppercased())](\(link("\(name).\($0)")))" }
    let others = links.isEmpty ? "" : " (" + links.joined(separator: ", ") + ")"
    return ["![\(caption)](\(link("\(name).png")))", "*\(caption)*\(others)"]
  }

  /// The path of a figure from the report's folder, percent-encoded.
  private func link(_ file: String) -> String {
    let target = URL(fileURLWithPath: folder).standardizedFileURL.pathComponents + [file]
    let start = URL(fileURLWithPath: report).standardizedFileURL.pathComponents.dropLast()
    let common = zip(target, start).prefix { $0 == $1 }.count
    let steps = Array(repeating: "..", count: start.count - common) + target.dropFirst(common)
    let safe = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    return steps.map { $0.addingPercentEncoding(withAllowedCharacters: safe) ?? $0 }.joined(separator: "/")
  }
}
