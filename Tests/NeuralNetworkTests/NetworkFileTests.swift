import Files
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// Networks that are read from files of several kinds.
@Suite struct NetworkFileTests {
  static let network = Network<Float>(widths: [5, 9, 7, 3], seed: 3).withRandomBiases()

  /// The layers of a network under these names, in this order in the file.
  static func tensors(
    _ names: [String], of network: Network<Float> = network, order: [Int]? = nil, hasBias: Bool = true,
    as type: SafeTensors.ElementType = .float32
  ) -> SafeTensors {
    var file = SafeTensors()
    for index in order ?? Array(names.indices) {
      guard case .dense(let dense) = network.layers[index] else { continue }
      let prefix = names[index].isEmpty ? "" : names[index] + "."
      file.append(prefix + "weight", dense.weights, as: type)
      if hasBias { file.append(prefix + "bias", shape: [dense.bias.count], elements: dense.bias, as: type) }
    }
    return file
  }

  static func read(
    _ file: SafeTensors, layers: [String]? = nil, activation: ActivationFunction? = nil
  ) throws -> NetworkFile {
    try withTemporaryFolder { folder in
      try AtomicFile.write(pieces: file.pieces, to: folder + "/net.safetensors")
      return try NetworkFile(readingFrom: folder + "/net.safetensors", layers: layers, activation: activation)
    }
  }

  @Test(
    arguments: [
      ["fc1", "fc2", "fc3"], ["layers.0", "layers.1", "layers.2"], ["0", "2", "4"], ["8", "10", "12"],
      ["net.9.linear", "net.10.linear", "net.11.linear"], ["a", "b", "c"], ["fc1", "fc2", "out"], ["", "1", "é"],
    ], [[0, 1, 2], [2, 0, 1]]) func namesInNaturalOrder(names: [String], order: [Int]) throws
  {
    let tensors = Self.tensors(names, order: order)
    let file = try Self.read(tensors)
    #expect(file.names == names && file.network == Self.network)
    #expect(file.hasBias == [true, true, true] && file.types == [.float32, .float32, .float32])
    #expect(file.normalisation == nil && !file.statesActivation && file.quantised == nil)
    #expect(file.size == tensors.encoded.count && file.digest == SHA256.hexDigest(of: tensors.encoded))
  }

  @Test(arguments: [.float64, .float16, .bfloat16] as [SafeTensors.ElementType])
  func otherTypesWithoutBiases(type: SafeTensors.ElementType) throws {
    let file = try Self.read(Self.tensors(["a", "b", "c"], hasBias: false, as: type))
    #expect(file.types == [type, type, type] && file.hasBias == [false, false, false])
    for (found, expected) in zip(file.network.layers, Self.network.layers) {
      guard case .dense(let found) = found, case .dense(let expected) = expected else { return #expect(Bool(false)) }
      #expect(found.bias.allSatisfy { $0 == 0 })
      #expect((found.weights - expected.weights).maxNorm <= (type == .float64 ? 0 : 0.01) * expected.weights.maxNorm)
    }
  }

  /// Layers that are listed may be in another order than that of their names, among tensors that are none of theirs.
  @Test func listedLayers() throws {
    var tensors = Self.tensors(["in", "mid", "end"])
    tensors.append("bn.running_mean", shape: [9], elements: [Float](repeating: 0, count: 9), as: .float32)
    tensors.append("conv.weight", shape: [2, 1, 3, 3], elements: [Float](repeating: 0, count: 18), as: .float32)
    let file = try Self.read(tensors, layers: ["in", "mid", "end"])
    #expect(file.names == ["in", "mid", "end"] && file.network == Self.network)
    #expect(file.others == ["bn.running_mean", "conv.weight"])
    #expect(try Self.read(tensors, layers: ["mid", "end"]).network.layers == Array(Self.network.layers[1...]))
  }

  @Test(arguments: ActivationFunction.allCases) func theActivation(function: ActivationFunction) throws {
    var tensors = Self.tensors(["x", "b", "a"])
    let normalisation = Normalisation(mean: 0.25, deviation: 2)
    let description = NetworkDescription(activation: function, layers: ["x", "b", "a"], normalisation: normalisation)
    tensors.metadata = [Factorings.key: description.metadata, "format": "pt"]
    let file = try Self.read(tensors)
    #expect(file.network.activation == function && file.statesActivation && file.names == ["x", "b", "a"])
    #expect(file.normalisation == normalisation && file.network.layers == Self.network.layers)
    #expect(try Self.read(tensors, activation: .sigmoid).network.activation == .sigmoid)
    try withTemporaryFolder { folder in
      for (tensors, expected) in [(tensors, function), (Self.tensors(["a", "b", "c"]), .gelu)] {
        try AtomicFile.write(pieces: tensors.pieces, to: folder + "/net")
        #expect(
          try NetworkFile(readingFrom: folder + "/net", defaults: NetworkDescription(activation: .gelu)).network.activation
            == expected)
      }
    }
    // What a study writes.
    let own = Network(layers: Self.network.layers, activation: function)
    let read = try Self.read(own.tensors())
    #expect(read.network == own && read.statesActivation == (function != .relu))
  }

  /// Factors with S as its own tensor, folded, by metadata, and by their names alone.
  @Test func factors() throws {
    var stream = RandomStream(seed: 2, name: "factors")
    let factors = LowRank<Float>(
      u: .normal(rows: 9, columns: 2, from: &stream), singularValues: [4, 0.25],
      vT: .normal(rows: 2, columns: 5, from: &stream),
      bias: Self.network.layers[0].bias)
    var network = Self.network
    network.layers[0] = .lowRank(factors)
    let folded = network.folded
    for stored in [network, folded] {
      let file = try Self.read(stored.tensors())
      #expect(file.network == folded && file.names == ["layers.0", "layers.1", "layers.2"])
    }
    var tensors = Self.tensors(["fc1", "fc2", "fc3"], order: [1, 2])
    let (u, v) = (factors.folded.u, factors.folded.vT)
    tensors.append("fc1.0.weight", v, as: .float32)
    tensors.append("fc1.1.weight", u, as: .float32)
    tensors.append("fc1.1.bias", shape: [9], elements: factors.bias, as: .float32)
    // Without metadata, they may also be two layers.
    #expect(try Self.read(tensors, layers: ["fc1", "fc2", "fc3"]).network == folded)
    #expect(try Self.read(tensors, layers: ["fc1.0", "fc1.1", "fc2", "fc3"]).network.layers.count == 4)
    let error = #expect(throws: FileError.self) { try Self.read(tensors) }
    #expect(error?.description.contains("found 'fc1.0' without a bias before 'fc1.1'") == true)
    let layer = Factorings.Layer(
      name: "fc1.weight", rank: 2, shape: [9, 5], type: "F32", factors: ["fc1.0.weight", "fc1.1.weight"], bias: "fc1.1.bias")
    tensors.metadata = [Factorings.key: Factorings(layers: [layer]).text]
    #expect(try Self.read(tensors).network == folded && Self.read(tensors).names == ["fc1", "fc2", "fc3"])
    #expect(try !Self.read(tensors).statesActivation)

    var others = Self.tensors(["fc1", "fc2", "fc3"], order: [1, 2])
    others.append("fc1.lora_A.weight", v, as: .float32)
    others.append("fc1.lora_B.weight", u, as: .float32)
    let lora = Factorings.Layer(
      name: "fc1.weight", rank: 2, shape: [9, 5], type: "F32", factors: ["fc1.lora_A.weight", "fc1.lora_B.weight"], bias: nil
    )
    others.metadata = [Factorings.key: Factorings(layers: [lora]).text]
    let read = try Self.read(others)
    #expect(read.names == ["fc1", "fc2", "fc3"] && read.hasBias == [false, true, true])
  }

  /// A `Sequential` within a `Sequential` is two layers, not factors: they have biases, or no low rank.
  @Test func layersThatLookLikeFactors() throws {
    #expect(try Self.read(Self.tensors(["net.0", "net.1", "net.2"])).names == ["net.0", "net.1", "net.2"])
    #expect(try Self.read(Self.tensors(["a.0", "a.1", "b"])).network == Self.network)
    let wide = Network<Float>(widths: [2, 40, 3], seed: 1)
    var tensors = SafeTensors()
    for (index, layer) in wide.layers.enumerated() {
      guard case .dense(let dense) = layer else { continue }
      tensors.append("a.\(index).weight", dense.weights, as: .float32)
      if index == 1 { tensors.append("a.1.bias", shape: [3], elements: dense.bias, as: .float32) }
    }
    let file = try Self.read(tensors)
    #expect(file.names == ["a.0", "a.1"] && file.hasBias == [false, true] && file.network == wide)
  }

  @Test func codes() throws {
    let u = QuantisedMatrix(rows: 4, columns: 1, bits: 4, codes: [1, 5, 9, 15], scales: [1, 2, 0.5, 0.25])
    let vT = QuantisedMatrix(rows: 1, columns: 3, bits: 4, codes: [0, 7, 8], scales: [0.125])
    let last = QuantisedMatrix(rows: 2, columns: 4, bits: 4, codes: [0, 1, 2, 3, 4, 5, 6, 7], scales: [1, 2])
    let quantised = QuantisedNetwork(
      layers: [.init(.lowRank(u: u, vT: vT), bias: [1, 2, 3, 4]), .init(.dense(last), bias: [0, 1])], activation: .tanh)
    let file = try Self.read(quantised.tensors)
    #expect(file.quantised == quantised && file.network == quantised.network && file.network.activation == .tanh)
    #expect(file.names == ["layers.0", "layers.1"] && file.types == [nil, nil] && file.hasBias == [true, true])
    #expect(try Self.read(quantised.tensors, activation: .gelu).network.activation == .gelu)
    var named = quantised.tensors
    named.metadata[Factorings.key] = NetworkDescription(activation: .relu, layers: ["a", "b"]).metadata
    #expect(try Self.read(named).names == ["a", "b"])
    #expect(try Self.read(named, layers: ["a", "b"]).names == ["a", "b"])
    named.metadata[Factorings.key] = NetworkDescription(activation: .relu, layers: ["a"]).metadata
    #expect(throws: FileError.self) { try Self.read(named) }
    #expect(throws: FileError.self) { try Self.read(quantised.tensors, layers: ["layers.1", "layers.0"]) }
  }
}
