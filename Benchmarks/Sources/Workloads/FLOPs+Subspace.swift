import LinearAlgebra

// Subspace iterations on an m×n matrix A, with a block of l = min(D + oversampling + guards, m, n) rows.

extension FLOPs {
  /// From a Gaussian block: `iterations`, of which the first `powerIterations` compute no values, and one more
  /// product with A, with which the others begin.
  static func subspaceCold(
    _ m: Int, _ n: Int, rank: Int, oversampling: Int, powerIterations: Int, iterations: Int
  ) -> Double {
    let l = block(m, n, rank: rank, oversampling: oversampling)
    return Double(iterations) * iteration(m, n, l) + Double(iterations - powerIterations) * ritz(m, n, l, min(rank, l))
      + product(l, n, m)
  }

  /// From the last call's vectors: one iteration, and how far the new vectors (D×n) lie outside the old block, twice 2 D l n.
  static func subspaceWarm(_ m: Int, _ n: Int, rank: Int, oversampling: Int) -> Double {
    let l = block(m, n, rank: rank, oversampling: oversampling)
    let kept = min(rank, l)
    return iteration(m, n, l) + ritz(m, n, l, kept) + product(kept, n, l) + product(kept, l, n)
  }

  /// Half an iteration, the mean of one from the right and one from the left: a product with A, a QR, the small SVD, from it l
  /// vectors of the new side and D of the other; from the left, how far the new vectors lie outside the old ones.
  static func subspaceHalf(_ m: Int, _ n: Int, rank: Int, oversampling: Int) -> Double {
    let l = block(m, n, rank: rank, oversampling: oversampling)
    let kept = min(rank, l)
    let right = product(l, l, m) + product(kept, l, n)
    let left = product(l, l, n) + product(m, l, kept) + product(kept, n, l) + product(kept, l, n)
    return product(m, n, l) + subspaceHalfFactorisations(m, n, rank: rank, oversampling: oversampling) + (right + left) / 2
  }

  /// Half an iteration without its products with large matrices: the QR and the small SVD.
  static func subspaceHalfFactorisations(_ m: Int, _ n: Int, rank: Int, oversampling: Int) -> Double {
    let l = block(m, n, rank: rank, oversampling: oversampling)
    return (qr(m, l) + qr(n, l)) / 2 + svd(l, l)
  }

  private static func block(_ m: Int, _ n: Int, rank: Int, oversampling: Int) -> Int {
    min(rank + oversampling + SubspaceSVD<Float>.guards, m, n)
  }

  /// Y = A blockᵀ and Z = Qᵀ A, and the QR of both (m×l and n×l).
  private static func iteration(_ m: Int, _ n: Int, _ l: Int) -> Double {
    product(m, n, l) + qr(m, l) + product(l, m, n) + qr(n, l)
  }

  /// The SVD of the small factor of Z (l×l), and from it all l right vectors and D left ones.
  private static func ritz(_ m: Int, _ n: Int, _ l: Int, _ kept: Int) -> Double {
    svd(l, l) + product(l, l, n) + product(m, l, kept)
  }
}
