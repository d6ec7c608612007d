import LinearAlgebra

/// Why a network cannot be calibrated, or compressed. Layers count from 0, as in the names of tensors.
public enum CalibrationError: Error, Equatable, CustomStringConvertible {
  /// A weight or a bias, in a row and column counted from 0; a bias has one row.
  case notFinite(tensor: String, row: Int, column: Int, value: Double)
  /// The outputs of a layer for some image overflow in single precision.
  case overflow(layer: Int)
  /// A layer that gives the same outputs for every image: nothing behind it can be told apart.
  case constantOutputs(layer: Int, images: Int)
  /// A decomposition for a layer failed, or its factors cannot be stored.
  case failed(layer: Int, LinearAlgebraError)

  public var description: String {
    switch self {
    case .notFinite(let tensor, let row, let column, let value):
      "\(tensor): found \(value) in row \(row), column \(column) (counted from 0), expected finite elements"
    case .overflow(let layer):
      "layers.\(layer): found outputs that are not finite, expected weights that do not overflow in 32 bits"
    case .constantOutputs(let layer, let images):
      "layers.\(layer): found the same outputs for all \(images) calibration images, expected outputs that differ"
    case .failed(let layer, let error): "layers.\(layer): \(error)"
    }
  }

  /// What `body` gives; its errors name the layer.
  static func naming<Value>(
    layer: Int, _ body: () throws(LinearAlgebraError) -> Value
  ) throws(CalibrationError) -> Value {
    do { return try body() } catch { throw .failed(layer: layer, error) }
  }
}
