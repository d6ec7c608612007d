/// Finds places for texts beside points, in pixels, so that none lies on another or on a point.
struct TextPlaces {
  struct Box {
    var left, top, right, bottom: Double

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  private var taken: [Box] = []

  /// Keeps the place of a point free of texts.
  mutating func take(at point: (x: Double, y: Double)) {
    taken.append(Box(left: point.x - 5, top: point.y - 5, right: point.x + 5, bottom: point.y + 5))
  }

  /// Takes a place for a text of this size: below to the right, to the right, to the left, above or below of a point.
  /// - Returns: `nil` if there is none inside `box`.
  mutating func place(width: Double, height: Double, beside point: (x: Double, y: Double), inside box: Box) -> Box? {
    let (half, gap) = (width / 2, 8.0)
    let middles = [
      (gap + half, 14.0), (gap + 2 + half, 0), (-gap - 2 - half, 0), (-gap - half, 14), (gap + half, -13),
      (-gap - half, -13),
      (0, -15), (0, 16),
    ]
    let places = middles.map { across, down in
      Box(
        left: point.x + across - half, top: point.y + down - height / 2, right: point.x + across + half,
        bottom: point.y + down + height / 2)
    }
    let free = places.first { place in
      place.left >= box.left + 2 && place.right <= box.right && place.top >= box.top && place.bottom <= box.bottom - 2
        && !taken.contains { $0.overlaps(place) }
    }
    if let free { taken.append(free) }
    return free
  }
}
