import Foundation

/// Length of the file under `path` in bytes; `nil` if there is none.
public func fileSize(_ path: String) -> Int? {
  let attributes = try? FileManager.default.attributesOfItem(atPath: path)
  return (attributes?[.size] as? NSNumber)?.intValue
}
