/// A safetensors file with the given header, valid or not, and `data`.
public func safeTensorsFile(header: String, data: [UInt8] = []) -> [UInt8] {
  let header = Array(header.utf8)
  return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
}
