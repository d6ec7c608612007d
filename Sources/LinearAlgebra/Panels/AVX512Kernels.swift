import CKernels
import Foundation

/// Whether kernels run on registers of sixteen `Float`s (AVX-512).
///
/// They are in C, as Swift is compiled for one kind of processor, AVX2. Each sum takes the same terms in the same order, each by
/// one fused multiply–add, so the bits are the same.
public enum AVX512 {
  /// Whether they are used in this task: where they are available, unless `LOWRANK_AVX512` is 0 in the environment.
  @TaskLocal public static var isUsed = isAvailable && ProcessInfo.processInfo.environment["LOWRANK_AVX512"] != "0"

  /// Whether processor and operating system support it.
  public static let isAvailable = lowrank_cpu_has_avx512f()
}

/// The kernels in C, for `Scalar` = `Float`.
struct AVX512Kernels<Scalar: BLASScalar> {
  /// `nil` where they are not used, as for `Double`.
  @inline(__always)
  static var used: AVX512Kernels? { Scalar.self == Float.self && AVX512.isUsed ? AVX512Kernels() : nil }

  private init() {}

  /// Adds `terms` columns of a panel times one block or two, for the panel's first `rows` rows, to `sums` or to `start`.
  /// - Parameters:
  ///   - next: of a second block, the distance of its vectors and sums from those of the first.
  ///   - ahead: the distance of what is prefetched.
  @inline(__always)
  func accumulateRows(
    _ panel: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>, terms: Int, rows: Int, _ start: PanelSums<Scalar>?,
    to sums: UnsafeMutablePointer<Scalar>, next: (vectors: Int, sums: Int)?, ahead: Int?
  ) {
    func accumulate(_ start: UnsafePointer<Float>?) {
      lowrank_accumulate_rows(
        next == nil ? 1 : 2, floats(panel), floats(vectors), next?.vectors ?? 0, terms, start, rows, floats(sums),
        next?.sums ?? 0, ahead.map { floats(panel + $0) })
    }
    if let start {
      withUnsafeBytes(of: start) { accumulate($0.baseAddress!.assumingMemoryBound(to: Float.self)) }
    } else {
      accumulate(nil)
    }
  }

  /// Columns that the next function takes at once.
  static func columnsAtOnce(blocks: Int) -> Int { blocks == 2 ? LOWRANK_COLUMNS_OF_TWO : LOWRANK_COLUMNS }

  /// Adds `rows` rows of panels times one block or two, for `columns` columns, to `sums`, or to zero if it `begins`.
  @inline(__always)
  func accumulateColumns(
    rows: Int, of panels: UnsafePointer<Scalar>, stride: Int, _ gradients: UnsafePointer<Scalar>, begins: Bool, columns: Int,
    to sums: UnsafeMutablePointer<Scalar>, next: (vectors: Int, sums: Int)?, ahead: Int?
  ) {
    let (panels, gradients, sums) = (floats(panels), floats(gradients), floats(sums))
    if let (vectors, nextSums) = next {
      lowrank_accumulate_columns_of_two(
        panels, stride, rows, gradients, vectors, begins, columns, sums, nextSums, ahead ?? 0)
    } else {
      lowrank_accumulate_columns(panels, stride, rows, gradients, begins, columns, sums, ahead ?? 0)
    }
  }

  /// Two sums of a pair's rows, side by side, from `start` on, of elements times the rows at their offsets.
  @inline(__always)
  func accumulate(
    rows: UnsafePointer<Scalar>, _ elements: UnsafePointer<Scalar>, offsets: UnsafePointer<UInt32>, _ first: Range<Int>,
    _ second: Range<Int>, from start: UnsafePointer<Scalar>, to sums: UnsafeMutablePointer<Scalar>
  ) {
    lowrank_accumulate_rows_at_offsets(
      floats(rows), floats(start), floats(elements + first.lowerBound), offsets + first.lowerBound, first.count,
      floats(elements + second.lowerBound), offsets + second.lowerBound, second.count, floats(sums))
  }

  /// Adds to two sums elements times the rows at their indices.
  @inline(__always)
  func accumulate(
    rows: UnsafePointer<Scalar>, _ elements: UnsafePointer<Scalar>, indices: UnsafePointer<UInt8>, _ first: Range<Int>,
    _ second: Range<Int>, to sums: UnsafeMutablePointer<Scalar>
  ) {
    lowrank_accumulate_rows_at_indices(
      floats(rows), floats(elements + first.lowerBound), indices + first.lowerBound, first.count,
      floats(elements + second.lowerBound), indices + second.lowerBound, second.count, floats(sums))
  }

  private func floats(_ p: UnsafePointer<Scalar>) -> UnsafePointer<Float> {
    UnsafeRawPointer(p).assumingMemoryBound(to: Float.self)
  }

  private func floats(_ p: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(p).assumingMemoryBound(to: Float.self)
  }
}
