import Files
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// Files that are no network, or no chain: an error in one line each.
extension NetworkFileTests {
  private func found(_ file: SafeTensors, layers: [String]? = nil) throws -> String {
    try withTemporaryFolder { folder in
      try AtomicFile.write(pieces: file.pieces, to: folder + "/n")
      do { _ = try NetworkFile(readingFrom: folder + "/n", layers: layers) } catch let error as FileError {
        return error.description.replacing(folder + "/", with: "")
      }
      return "nothing"
    }
  }

  private func file(_ shapes: [(name: String, shape: [Int])]) -> SafeTensors {
    var file = SafeTensors()
    for (name, shape) in shapes {
      file.append(name, shape: shape, elements: [Float](repeating: 1, count: shape.reduce(1, *)), as: .float32)
    }
    return file
  }

  @Test func chains() throws {
    #expect(
      try found(file([("a.weight", [6, 4]), ("b.weight", [3, 5])]))
        == "n: found 'b' [3, 5] behind 'a' [6, 4], expected 6 inputs, as many as there are outputs before; "
        + "layers are taken in the natural order of their names, and --layers gives another one")
    #expect(
      try found(file([("a.weight", [6, 4]), ("b.weight", [3, 6])]), layers: ["b", "a"])
        == "n: found 'a' [6, 4] behind 'b' [3, 6], expected 3 inputs, as many as there are outputs before; "
        + "transposed or in reverse order they would fit: weights are [outputs, inputs]")
    #expect(
      try found(file([("a.weight", [6, 4]), ("b.weight", [3, 6]), ("c.weight", [2, 3])]), layers: ["b", "a", "c"])
        == "n: found 'a' [6, 4] behind 'b' [3, 6], expected 3 inputs, as many as there are outputs before")
    #expect(
      try found(file([("a.weight", [4, 6]), ("b.weight", [6, 5]), ("c.weight", [5, 3])]))
        == "n: found 'b' [6, 5] behind 'a' [4, 6], expected 4 inputs, as many as there are outputs before; "
        + "transposed or in reverse order they would fit: weights are [outputs, inputs]")
  }

  @Test func noNetwork() throws {
    let none =
      "n: found no tensor of two dimensions whose name ends in .weight, expected a fully connected network: "
      + "NAME.weight [outputs, inputs] and NAME.bias"
    for shapes in [[], [("a.bias", [3])], [("a.weight", [3])], [("a", [3, 4])], [("aweight", [3, 4])]] as [[(String, [Int])]]
    {
      #expect(try found(file(shapes)) == none)
    }
    #expect(
      try found(file([("a.weight", [3, 4]), ("conv.weight", [2, 1, 3, 3])]))
        == "n: found the tensor 'conv.weight' [2, 1, 3, 3], which belongs to no layer, expected a fully connected network of "
        + "NAME.weight and NAME.bias; --layers names its layers among other tensors")
    #expect(
      try found(file([("a.weight", [3, 4])]), layers: ["b"]) == "n: found no layer 'b', expected some of these: a")
    #expect(try found(file([("c", [3, 4])]), layers: ["b"]) == "n: found no layer 'b', expected one")
    #expect(
      try found(file([("a.weight", [0, 4])]))
        == "n: a.weight: found the shape [0, 4], expected one row and one column or more")
  }

  @Test(arguments: [[5], [7], [6, 1], [], [0]]) func biases(shape: [Int]) throws {
    #expect(
      try found(file([("a.weight", [6, 4]), ("a.bias", shape)]))
        == "n: a.bias: found the shape \(shape), expected [6], the outputs of a.weight")
  }

  @Test func otherTypes() throws {
    for (name, shape) in [("a.weight", [3, 4]), ("a.bias", [3])] {
      var tensors = file([("a.weight", [3, 4]), ("a.bias", [3])].filter { $0.0 != name }.map { ($0.0, $0.1) })
      tensors.append(name, shape: shape, bytes: [UInt8](repeating: 1, count: shape.reduce(1, *)))
      #expect(try found(tensors) == "n: \(name): found elements of type U8, expected F64, F32, F16 or BF16")
    }
  }

  @Test func elementsThatAreNotFinite() throws {
    for (name, shape, index, place) in [
      ("a.weight", [3, 4], 6, "row 1, column 2"), ("a.bias", [3], 2, "row 0, column 2"),
    ] {
      let others = file([("a.weight", [3, 4]), ("a.bias", [3])].filter { $0.0 != name }.map { ($0.0, $0.1) })
      for (value, text) in [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")] {
        var elements = [Float](repeating: 1, count: shape.reduce(1, *))
        elements[index] = value
        var tensors = others
        tensors.append(name, shape: shape, elements: elements, as: .float32)
        #expect(
          try found(tensors) == "n: \(name): found \(text) in \(place) (counted from 0), expected finite elements")
      }
    }
  }

  @Test func factorsThatDoNotFit() throws {
    let study = [("layers.0.u", [6, 2]), ("layers.0.vt", [2, 4]), ("layers.0.bias", [6])]
    func changed(_ name: String, _ shape: [Int]) -> SafeTensors { file(study.filter { $0.0 != name } + [(name, shape)]) }
    #expect(try found(file(study)) == "nothing")
    #expect(
      try found(changed("layers.0.vt", [3, 4]))
        == "n: found 'layers.0.u' [6, 2] and 'layers.0.vt' [3, 4], expected factors of one rank")
    #expect(
      try found(changed("layers.0.singular_values", [3]))
        == "n: layers.0.singular_values: found the shape [3], expected [2], the rank of layers.0.vt")
    #expect(
      try found(changed("layers.0.bias", [4]))
        == "n: layers.0.bias: found the shape [4], expected [6], the outputs of layers.0.u")
    var negative = file(study)
    negative.append("layers.0.singular_values", shape: [2], elements: [1, -2] as [Float], as: .float32)
    #expect(try found(negative) == "n: layers.0.singular_values: found -2.0, expected singular values from 0 on")
  }

  /// What metadata may say of a network; the text is on the one side, what is found on the other.
  @Test(arguments: [
    #"{"activation":"swish"}"#, #"{"activation":1}"#, "{}", "[]", #"{"activation":"relu","layers":"a"}"#,
    #"{"activation":"relu","layers":[1]}"#, #"{"activation":"relu","mean":0}"#, #"{"activation":"relu","deviation":1}"#,
    #"{"activation":"relu","mean":0,"deviation":0}"#, #"{"activation":"relu","mean":0,"deviation":-1}"#,
    #"{"activation":"relu","mean":"0","deviation":1}"#,
  ]) func metadata(network: String) throws {
    var tensors = file([("a.weight", [3, 4])])
    tensors.metadata = [Factorings.key: #"{"layers":{},"network":\#(network),"version":1}"#]
    #expect(
      try found(tensors)
        == "n: metadata 'lowrank': found a 'network' whose activation, layers, mean or deviation is wrong, "
        + "expected what lowrank compress writes")
  }

  /// Names that come twice, from a list or the metadata, and lists without a name.
  @Test func listsOfLayers() throws {
    var file = Network<Float>(widths: [4, 4], seed: 1).tensors()
    for (layers, says): ([String], String) in [
      (["layers.0", "layers.0"], "found the layer 'layers.0' twice"), ([], "found an empty list of layers"),
    ] {
      file.metadata[Factorings.key] = nil
      let error = #expect(throws: FileError.self) {
        try NetworkFile(decoding: file.encoded, path: "net", layers: layers)
      }
      #expect(error?.description.contains(says) == true)
      file.metadata[Factorings.key] = NetworkDescription(activation: .relu, layers: layers).metadata
      let other = #expect(throws: FileError.self) { try NetworkFile(decoding: file.encoded, path: "net") }
      #expect(other?.description.contains(says) == true)
    }
  }
}
