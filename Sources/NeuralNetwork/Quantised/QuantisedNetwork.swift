import LinearAlgebra

/// A network whose weights or factors are codes of b bits, and whose biases are rounded to 16 bits.
public struct QuantisedNetwork: Equatable, Sendable {
  /// A layer's weights as codes.
  public enum Weights: Equatable, Sendable {
    /// W: outputs × inputs.
    case dense(QuantisedMatrix)
    /// U, outputs × D, and Vᵀ, D × inputs: W = U Vᵀ.
    case lowRank(u: QuantisedMatrix, vT: QuantisedMatrix)
  }

  /// A linear layer: y = W x + b.
  public struct Layer: Equatable, Sendable {
    /// W
    public let weights: Weights
    /// b: one element an output, finite.
    public let bias: [Float16]

    /// Weights, and as many biases as they have outputs.
    public init(_ weights: Weights, bias: [Float16]) {
      precondition(bias.allSatisfy(\.isFinite), "a bias that is not finite in 16 bits")
      if case .lowRank(let u, let vT) = weights { precondition(u.columns == vT.rows) }
      (self.weights, self.bias) = (weights, bias)
      precondition(bias.count == matrices[0].rows)
    }

    /// Length of an input vector.
    public var inputs: Int { matrices[matrices.count - 1].columns }

    /// D; `nil` for a dense layer.
    public var rank: Int? { matrices.count == 2 ? matrices[0].columns : nil }

    /// W; or U and Vᵀ.
    var matrices: [QuantisedMatrix] {
      switch weights {
      case .dense(let weights): [weights]
      case .lowRank(let u, let vT): [u, vT]
      }
    }
  }

  /// From the input on.
  public let layers: [Layer]
  /// What follows each layer but the last.
  public let activation: ActivationFunction

  /// Layers whose sizes fit each other, all with codes of the same number of bits.
  public init(layers: [Layer], activation: ActivationFunction = .relu) {
    precondition(!layers.isEmpty && layers.flatMap(\.matrices).allSatisfy { $0.bits == layers[0].matrices[0].bits })
    precondition(zip(layers, layers.dropFirst()).allSatisfy { $0.bias.count == $1.inputs }, "layers do not fit")
    (self.layers, self.activation) = (layers, activation)
  }

  /// Bits a code.
  public var bits: Int { layers[0].matrices[0].bits }

  /// The network with its codes decoded, to the bit what the file gives when it is read.
  public var network: Network<Float> { decoded() }

  /// `network` in any precision. None rounds.
  public func decoded<Scalar: BLASScalar>() -> Network<Scalar> {
    Network(
      layers: layers.map { layer in
        let bias = layer.bias.map { Scalar($0) }
        switch layer.weights {
        case .dense(let weights): return .dense(Dense(weights: weights.matrix(of: Scalar.self), bias: bias))
        case .lowRank(let u, let vT):
          return .lowRank(
            LowRank(u: u.matrix(of: Scalar.self), singularValues: nil, vT: vT.matrix(of: Scalar.self), bias: bias))
        }
      }, activation: activation)
  }
}
