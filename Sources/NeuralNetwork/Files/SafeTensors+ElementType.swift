import LinearAlgebra

extension SafeTensors {
  /// The element types of the format, by the names and sizes of its reference library, safetensors 0.8. Tensors of any type are
  /// read and kept; `elements(as:place:)` converts those of floating point from 16 bits on.
  public enum ElementType: String, CaseIterable, Sendable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case int16 = "I16"
    case uint16 = "U16"
    case int32 = "I32"
    case uint32 = "U32"
    case int64 = "I64"
    case uint64 = "U64"
    /// E and M are the bits of exponent and fraction; the rest is the sign.
    case float4 = "F4"
    case float6E2M3 = "F6_E2M3"
    case float6E3M2 = "F6_E3M2"
    case float8E4M3 = "F8_E4M3"
    case float8E5M2 = "F8_E5M2"
    /// A power of two: the scale of a block.
    case float8E8M0 = "F8_E8M0"
    /// FNUZ: finite, with NaN in place of minus zero.
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    /// The upper half of a `float32`.
    case bfloat16 = "BF16"
    case float16 = "F16"
    case float32 = "F32"
    case float64 = "F64"
    /// Two `float32`: real and imaginary part.
    case complex64 = "C64"

    /// The type that holds `Scalar` without rounding: F32 or F64.
    public static func holding<Scalar: BLASScalar>(_: Scalar.Type) -> Self {
      Scalar.self == Double.self ? .float64 : .float32
    }

    /// Whether elements of this type are converted to `Float` or `Double`.
    public var isConverted: Bool { [.float64, .float32, .float16, .bfloat16].contains(self) }

    /// Bits an element.
    public var bits: Int {
      switch self {
      case .float4: 4
      case .float6E2M3, .float6E3M2: 6
      case .bool, .uint8, .int8, .float8E4M3, .float8E5M2, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ: 8
      case .int16, .uint16, .bfloat16, .float16: 16
      case .int32, .uint32, .float32: 32
      case .int64, .uint64, .float64, .complex64: 64
      }
    }

    /// Bytes of a tensor of `shape`; `nil` where its elements do not fill whole bytes, or their number of bits has more than
    /// 64 bits at any step of the product, from the first extent on.
    public func size(of shape: [Int]) -> Int? {
      let elements = shape.reduce(UInt?(1)) { product, extent in
        product.flatMap { Self.product($0, UInt(extent)) }
      }
      guard let bits = elements.flatMap({ Self.product($0, UInt(bits)) }), bits % 8 == 0 else { return nil }
      return Int(bits / 8)
    }

    private static func product(_ a: UInt, _ b: UInt) -> UInt? {
      let (product, overflow) = a.multipliedReportingOverflow(by: b)
      return overflow ? nil : product
    }
  }
}
