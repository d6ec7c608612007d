import CKernels
import Foundation

/// Registers of sixteen `Float`s (AVX-512), where the processor has them.
///
/// The innermost loops of products and steps run on them instead of those of eight, which every processor has that this is
/// compiled for. They are in C, as Swift is compiled for one kind of processor at a time. Each sum has the terms that it has
/// otherwise, in the same order, each by one fused multiply and add: so the bits are the same.
public enum WideRegisters {
  /// Whether they are used in this task: where there are any, unless `LOWRANK_AVX512` is 0 in the environment.
  @TaskLocal public static var areUsed = areThere && ProcessInfo.processInfo.environment["LOWRANK_AVX512"] != "0"

  /// Whether the processor has them.
  public static let areThere = processorHasWideRegisters()
}

/// The loops of `WideRegisters` on numbers of a type; there are none but `Float`'s.
struct WideLoops<Scalar: BLASScalar> {
  /// `nil` where they are not to be used.
  @inline(__always)
  static var used: WideLoops? { Scalar.self == Float.self && WideRegisters.areUsed ? WideLoops() : nil }

  private init() {}

  /// Adds, for a block of sixteen vectors or two, `terms` terms of a panel's first `rows` rows to `sums`, or writes them there from
  /// `start` on. Asks for so many from `ahead` on.
  /// - Parameter next: of a second block, how far its vectors and sums are from those of the first.
  @inline(__always)
  func add(
    _ panel: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>, terms: Int, rows: Int, _ start: TwentyFour<Scalar>?,
    to sums: UnsafeMutablePointer<Scalar>, next: (vectors: Int, sums: Int)?, ahead: Int?
  ) {
    func add(_ start: UnsafePointer<Float>?) {
      let (asked, panel, vectors, sums) = (ahead.map { floats(panel + $0) }, floats(panel), floats(vectors), floats(sums))
      if let next {
        addPanelTermsOfTwo(panel, vectors, next.vectors, terms, start, rows, sums, next.sums, asked)
      } else {
        addPanelTerms(panel, vectors, terms, start, rows, sums, asked)
      }
    }
    if let start {
      withUnsafeBytes(of: start) { add($0.baseAddress!.assumingMemoryBound(to: Float.self)) }
    } else {
      add(nil)
    }
  }

  /// Columns that the next function takes at once, of one block of vectors or of two.
  static func columns(ofTwo: Bool) -> Int { ofTwo ? 12 : 24 }

  /// Adds, for a block of sixteen vectors or two, the terms of so many rows of panels to the sums of `columns` columns, or writes them
  /// there from zero on where it `begins`. Asks for what is `ahead`.
  @inline(__always)
  func add(
    rows: Int, of panels: UnsafePointer<Scalar>, stride: Int, _ gradients: UnsafePointer<Scalar>, begins: Bool, columns: Int,
    to sums: UnsafeMutablePointer<Scalar>, next: (vectors: Int, sums: Int)?, ahead: Int?
  ) {
    let (panels, gradients, sums) = (floats(panels), floats(gradients), floats(sums))
    if let next {
      addPanelColumnsOfTwo(panels, stride, rows, gradients, next.vectors, begins, columns, sums, next.sums, ahead ?? 0)
    } else {
      addPanelColumns(panels, stride, rows, gradients, begins, columns, sums, ahead ?? 0)
    }
  }

  /// Two sums of 48, from `start` on: of numbers times the 48 that begin at their places.
  @inline(__always)
  func add(
    rows: UnsafePointer<Scalar>, _ first: (UnsafePointer<Scalar>, UnsafePointer<UInt32>, Int),
    _ second: (UnsafePointer<Scalar>, UnsafePointer<UInt32>, Int), from start: UnsafeRawPointer,
    to sums: UnsafeMutableRawPointer
  ) {
    addTermsAtPlaces(
      floats(rows), start.assumingMemoryBound(to: Float.self), floats(first.0), first.1, first.2, floats(second.0), second.1,
      second.2, sums.assumingMemoryBound(to: Float.self))
  }

  /// Adds to two sums of 48, side by side, numbers times rows of 48.
  @inline(__always)
  func add(
    rows: UnsafePointer<Scalar>, _ numbers: UnsafePointer<Scalar>, _ places: UnsafePointer<UInt8>, _ first: Range<Int>,
    _ second: Range<Int>, to sums: UnsafeMutablePointer<Scalar>
  ) {
    addTermsOfRows(
      floats(rows), floats(numbers + first.lowerBound), places + first.lowerBound, first.count,
      floats(numbers + second.lowerBound), places + second.lowerBound, second.count, floats(sums))
  }

  private func floats(_ numbers: UnsafePointer<Scalar>) -> UnsafePointer<Float> {
    UnsafeRawPointer(numbers).assumingMemoryBound(to: Float.self)
  }

  private func floats(_ numbers: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: Float.self)
  }
}
