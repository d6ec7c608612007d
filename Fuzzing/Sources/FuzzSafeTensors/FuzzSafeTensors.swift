import Files
import FuzzSupport
import NeuralNetwork

/// For any bytes, the reader throws a `FileError` of one line, or returns tensors that satisfy the format.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafeTensors(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = bytes(data, count)
  guard let file = reading({ () throws(FileError) in try SafeTensors(decoding: input, path: "x") }) else { return 0 }
  precondition(Set(file.tensors.map { Array($0.name.utf8) }).count == file.tensors.count, "a name twice")
  // The bytes after the header are those of the tensors, without gaps or overlaps.
  let header = input.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
  let data = input.dropFirst(8 + header)
  precondition(data.elementsEqual(file.tensors.flatMap(\.tensor.bytes)), "bytes of no tensor, or of two")
  for (name, tensor) in file.tensors { check(tensor, name: name) }
  // Further readers: the only matrix, each tensor by name, a network.
  let entries = reading { () throws(FileError) in try SafeTensors.Header(decoding: input, path: "x") }
  precondition(entries?.entries.count == file.tensors.count, "the header has other tensors than the file")
  if let entries { for name in [nil] + file.tensors.map({ Optional($0.name) }) { select(name, in: entries) } }
  let network = reading { () throws(FileError) in try Network<Double>(from: file, path: "x") }
  if let network { checkRoundTrip(of: network) }
  checkRoundTrip(of: file)
  return 0
}

private func check(_ tensor: SafeTensors.Tensor, name: String) {
  precondition(tensor.bytes.count == tensor.type.size(of: tensor.shape), "bytes that do not fit the shape")
  if let elements = reading({ () throws(FileError) in try tensor.elements(as: Double.self, place: name) }) {
    precondition(elements.count * tensor.type.bits == 8 * tensor.bytes.count, "elements that do not fit the bytes")
  }
  if let matrix = reading({ () throws(FileError) in try tensor.matrix(of: Float.self, place: name) }) {
    precondition([matrix.rows, matrix.columns] == tensor.shape, "a matrix of another shape")
  }
}

private func select(_ name: String?, in header: SafeTensors.Header) {
  guard let found = reading({ () throws(FileError) in try header.entry(named: name, path: "x") }) else { return }
  precondition(name.map(found.name.isIdentical) ?? (found.shape.count == 2), "another tensor than was asked for")
}

private func checkRoundTrip(of file: SafeTensors) {
  let again = reading { () throws(FileError) in try SafeTensors(decoding: file.encoded, path: "again") }
  precondition(
    again?.tensors.map(\.name) == file.tensors.map(\.name) && again?.tensors.map(\.tensor) == file.tensors.map(\.tensor)
      && again?.metadata == file.metadata,
    "what is written again is not what was read")
}

/// A network holds F64, F32, F16 and BF16 in `Double` without rounding, so its tensors in F64 read as the same network.
private func checkRoundTrip(of network: Network<Double>) {
  let tensors = network.tensors(as: .float64)
  let again = reading { () throws(FileError) in try Network<Double>(from: tensors, path: "again") }
  // Bytes are compared, not elements, because NaN does not equal itself.
  precondition(again?.tensors(as: .float64).encoded == tensors.encoded, "a network written again is another one")
}
