/// Which of several networks no other one beats in both accuracy and size.
enum ParetoFront {
  /// The places of the points that are on the front, by size: each is more accurate than all that are not larger.
  static func of(_ points: [(size: Double, accuracy: Double)]) -> [Int] {
    // Of equal sizes the most accurate comes first.
    let order = points.indices.sorted { (points[$0].size, -points[$0].accuracy) < (points[$1].size, -points[$1].accuracy) }
    var best = -Double.infinity
    return order.filter { index in
      guard points[index].accuracy > best else { return false }
      best = points[index].accuracy
      return true
    }
  }
}
