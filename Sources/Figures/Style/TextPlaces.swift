/// Finds places for texts beside points, in pixels, so that none lies on another or on a point.
struct TextPlaces {
  struct Box {
    var left, top, right, bottom: Double

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    /// Where a line to `point` begins.
    func end(near point: (x: Double, y: Double)) -> (x: Double, y: Double) {
      (x: min(max(point.x, left), right), y: min(max(point.y, top), bottom))
    }
  }

  private var taken: [Box] = []
  private var texts: [Box] = []

  /// Keeps the place of a point free of texts.
  mutating func take(at point: (x: Double, y: Double)) {
    taken.append(Box(left: point.x - 5, top: point.y - 5, right: point.x + 5, bottom: point.y + 5))
  }

  /// Keeps a line free of texts.
  mutating func take(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) {
    taken += Self.boxes(from: start, to: end)
  }

  private static func boxes(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) -> [Box] {
    let count = min(Int(max(abs(end.x - start.x), abs(end.y - start.y)) / 4) + 1, 1000)
    return (0...count).map { step in
      let share = Double(step) / Double(count)
      let (x, y) = (start.x + share * (end.x - start.x), start.y + share * (end.y - start.y))
      return Box(left: x - 2, top: y - 2, right: x + 2, bottom: y + 2)
    }
  }

  /// Takes a place for a text of this size: below, above, to the right or left of a point, at one of some distances from it, so
  /// that a line from it to the point crosses no other text.
  /// - Returns: `nil` if there is none inside `box`.
  mutating func place(
    width: Double, height: Double, beside point: (x: Double, y: Double), inside box: Box, distances: [Double] = [1]
  ) -> Box? {
    let half = width / 2
    let sides: [(Double, Double)] = [(1, 1), (-1, 1), (1, -1), (-1, -1), (0, -1), (0, 1), (1, 0), (-1, 0)]
    let middles = distances.flatMap { distance in
      sides.map { across, down in (across * (8 * distance + half), 14 * down * distance) }
    }
    let places = middles.map { across, down in
      Box(
        left: point.x + across - half, top: point.y + down - height / 2, right: point.x + across + half,
        bottom: point.y + down + height / 2)
    }
    let free = places.first { place in
      place.left >= box.left + 2 && place.right <= box.right && place.top >= box.top && place.bottom <= box.bottom - 2
        && !taken.contains { $0.overlaps(place) }
        && !Self.boxes(from: place.end(near: point), to: point).contains { box in texts.contains { $0.overlaps(box) } }
    }
    if let free {
      taken.append(free)
      texts.append(free)
    }
    return free
  }
}
