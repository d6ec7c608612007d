import CKernels

extension PanelMatrix {
  /// Below this share of nonzeros in X the sparse step is faster. Measured at this share: equal with 8 panels (1024 columns,
  /// batch 128); 0.6 of the time with 43 panels.
  static var sparseStepShare: Double { 0.5 }
  /// With fewer panels, listing the nonzeros takes longer than it saves.
  static var sparseStepPanels: Int { 8 }

  /// The step, to the same bits, over the terms of X that are not zero: of a pair of panels, two columns at a time.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func stepAlongNonzeros(
    momentum v: inout PanelMatrix, outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    rule: NesterovSGD<Scalar>, workers: Workers
  ) {
    let (rows, columns, panels, size) = (rows, columns, panels, Tile.mr * columns)
    let pieces = BlockPieces((panels + 1) / 2, by: 1, columns, by: panels >= Self.enoughPanels ? columns : 64)
    let terms = FeatureNonzeros(x, stride: Tile.pair, workers: workers)
    let (count, background) = (x.count, x.background)
    let bytes = x.blocks * Tile.nr * Tile.pair * MemoryLayout<Scalar>.stride
    let avx512 = AVX512Kernels<Scalar>.used
    elements.withUnsafeMutableBufferPointer { w in
      v.elements.withUnsafeMutableBufferPointer { v in
        let (w, v) = (w.baseAddress!, v.baseAddress!)
        workers.forEach(pieces.count) { piece, _ in
          let (pair, range) = pieces[piece]
          let panel = 2 * pair.lowerBound
          let isPair = panel + 1 < panels
          // Aligned, so that no register is loaded from two cache lines.
          withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { space in
            let y = space.baseAddress!.assumingMemoryBound(to: Scalar.self)
            for side in 0..<2 {
              let features = min(rows, (panel + side) * Tile.mr)..<min(rows, (panel + side + 1) * Tile.mr)
              dY.copyRows(features, to: y + side * Tile.mr, stride: Tile.pair)
            }
            let start = PairSums(background: background, times: y, count: count)
            for column in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
              let place = panel * size + column * Tile.mr
              let (w, v) = (w + place, v + place)
              // Weights and momentum of columns to come are loaded while the gradient of these is computed.
              for line in 0..<3 {
                let ahead = 4 * Tile.mr + line * Tile.line
                lowrank_prefetch_for_writing(w + ahead)
                lowrank_prefetch_for_writing(v + ahead)
                lowrank_prefetch_for_writing(w + size + ahead)
                lowrank_prefetch_for_writing(v + size + ahead)
              }
              // Side by side, as the terms of a sum wait for each other. A last odd column is its own neighbour.
              let isLast = column + 1 == range.upperBound
              var sums = (start, start)
              terms.accumulate(column, isLast ? column : column + 1, times: y, to: &sums, avx512)
              rule.step(w, v, sums.0.low)
              if isPair { rule.step(w + size, v + size, sums.0.high) }
              guard !isLast else { break }
              rule.step(w + Tile.mr, v + Tile.mr, sums.1.low)
              if isPair { rule.step(w + size + Tile.mr, v + size + Tile.mr, sums.1.high) }
            }
          }
        }
      }
    }
  }
}

extension FeatureNonzeros {
  /// Adds the terms of two features, times the rows of pairs at y, to a sum each.
  @inline(__always)
  fileprivate func accumulate(
    _ first: Int, _ second: Int, times y: UnsafePointer<Scalar>, to sums: inout (PairSums<Scalar>, PairSums<Scalar>),
    _ avx512: AVX512Kernels<Scalar>?
  ) {
    elements.withUnsafeBufferPointer { elements in
      offsets.withUnsafeBufferPointer { offsets in
        let (x, offsets) = (elements.baseAddress!, offsets.baseAddress!)
        let (own, next) = (lists[first], lists[second])
        if let avx512 {
          return withUnsafeMutableBytes(of: &sums) {
            let sums = $0.baseAddress!.assumingMemoryBound(to: Scalar.self)
            avx512.accumulate(rows: y, x, offsets: offsets, own, next, from: sums, to: sums)
          }
        }
        let both = min(own.count, next.count)
        for term in 0..<both {
          sums.0.accumulate(x[own.lowerBound + term], times: y + Int(offsets[own.lowerBound + term]))
          sums.1.accumulate(x[next.lowerBound + term], times: y + Int(offsets[next.lowerBound + term]))
        }
        for term in own.dropFirst(both) { sums.0.accumulate(x[term], times: y + Int(offsets[term])) }
        for term in next.dropFirst(both) { sums.1.accumulate(x[term], times: y + Int(offsets[term])) }
      }
    }
  }
}
