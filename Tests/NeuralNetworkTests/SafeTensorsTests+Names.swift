import Files
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

/// Names of tensors are bytes: what Swift holds for equal text may be two names.
extension SafeTensorsTests {
  /// é in one scalar and in two, the sign of Kelvin and K.
  @Test func namesAreBytes() throws {
    var file = SafeTensors()
    let names = ["\u{E9}", "e\u{301}", "\u{212A}", "K"]
    for (index, name) in names.enumerated() { file.append(name, shape: [1], elements: [Float(index)], as: .float32) }
    let read = try SafeTensors(decoding: file.encoded, path: "x")
    let header = try SafeTensors.Header(decoding: file.encoded, path: "x")
    for (index, name) in names.enumerated() {
      #expect(try read[name]?.elements(as: Float.self, place: "x") == [Float(index)])
      #expect(Array(try header.entry(named: name, path: "x").name.utf8) == Array(name.utf8))
    }
  }

  /// A name that continues with a combining accent does have the prefix.
  @Test func prefixesAreBytes() {
    var file = SafeTensors()
    file.append("layers.0.\u{301}x", shape: [1], elements: [1] as [Float], as: .float32)
    let state = LayerState<Float>(from: file, prefix: "layers.0.", path: "x")
    #expect(state.has("\u{301}x"))
    #expect("a\u{301}".removing(prefix: "a") == "\u{301}" && "\u{E9}".removing(prefix: "e") == nil)
  }
}
