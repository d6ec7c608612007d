/// The matrices of one panel: a single one, or those whose names differ in numbers only, such as `layers.*.attention.query`.
struct SpectrumGroup {
  /// The common name, with `*` for each number.
  let name: String
  private(set) var layers: [LayerSpectrum]
  /// The numbers in each layer's name.
  private var numbers: [[Double]]

  /// The first number that is not the same in all names, for each layer: its depth. `nil` if there is none.
  var depths: [Double]? {
    let place = numbers[0].indices.first { place in numbers.contains { $0[place] != numbers[0][place] } }
    return place.map { place in numbers.map { $0[place] } }
  }

  /// Of all matrices together.
  private var parameters: Double { layers.reduce(0) { $0 + Double($1.rows) * Double($1.columns) } }

  /// Each of `layers` alone if that makes at most `most` groups. Otherwise by names without the numbers that are words of their
  /// own, as in `layers.0.fc1`; and otherwise without all numbers.
  static func groups(of layers: [LayerSpectrum], atMost most: Int) -> [SpectrumGroup] {
    if layers.count <= most { return layers.map { SpectrumGroup(name: $0.name, layers: [$0], numbers: [[]]) } }
    let words = groups(of: layers) { $0.matches(of: /(?:^|[.\/])([0-9]+)(?![^.\/])/).map(\.1) }
    return words.count <= most ? words : groups(of: layers) { $0.matches(of: /([0-9]+)/).map(\.1) }
  }

  /// In the order of the first layer of each.
  private static func groups(of layers: [LayerSpectrum], numbers: (String) -> [Substring]) -> [SpectrumGroup] {
    var (groups, places) = ([SpectrumGroup](), [String: Int]())
    for layer in layers {
      let found = numbers(layer.name)
      var name = layer.name
      for number in found.reversed() { name.replaceSubrange(number.startIndex..<number.endIndex, with: "*") }
      let place = places[name] ?? groups.count
      if place == groups.count {
        places[name] = place
        groups.append(SpectrumGroup(name: name, layers: [], numbers: []))
      }
      groups[place].layers.append(layer)
      groups[place].numbers.append(found.map { Double($0) ?? 0 })
    }
    return groups
  }

  /// The `most` groups with most parameters, in the order in which they are.
  static func largest(_ most: Int, of groups: [SpectrumGroup]) -> [SpectrumGroup] {
    // Of equal ones the first: Swift's sort is stable.
    let order = groups.indices.sorted { groups[$0].parameters > groups[$1].parameters }
    return order.prefix(most).sorted().map { groups[$0] }
  }

  /// `384 × 384`, `12 of 384 × 384`, or from the smallest to the largest.
  var shape: String {
    let sorted = layers.sorted {
      (Double($0.rows) * Double($0.columns), $0.rows) < (Double($1.rows) * Double($1.columns), $1.rows)
    }
    let shapes = [sorted[0], sorted[sorted.count - 1]].map { "\($0.rows) × \($0.columns)" }
    let text = shapes[0] == shapes[1] ? shapes[0] : "\(shapes[0]) to \(shapes[1])"
    return layers.count == 1 ? text : "\(layers.count) of \(text)"
  }
}
