extension Int {
  /// A whole number in its only spelling: digits, after a minus sign or not. `01`, `+1`, `1_000`, `1.0` and `0x1` are
  /// `nil`: to YAML 1.1, 010 is 8, and to others 10.
  init?(canonical text: String) {
    guard let number = Int(text), "\(number)" == text else { return nil }
    self = number
  }
}

extension Double {
  /// A number as YAML writes it in decimal, without a leading zero; `nil` for `0x1p3`, `nan`, `.inf`, `01.5` and `1,5`.
  init?(yaml text: String) {
    let number = /[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/
    guard text.wholeMatch(of: number) != nil else { return nil }
    self.init(text)
  }
}
