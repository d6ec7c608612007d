import LinearAlgebra
import Network
import Foundation
func run() throws {
  let threads = Int(CommandLine.arguments[1])!
  let n = 128 * 60
  var g = RandomStream(seed: 1, name: "x")
  let s = Samples<Float>(width: 784, pixels: (0..<n*784).map { _ in UInt8(truncatingIfNeeded: g.next32()) }, labels: (0..<n).map { _ in UInt8(g.below(10)) }, mean: 0.5, deviation: 0.3)
  let net = Network<Float>(widths: [784,1024,1024,1024,1024,1024,10], seed: 1)
  let plan = TrainingPlan(epochs: 1, batchSize: 128, learningRate: 0.05, warmupEpochs: 0, momentum: 0.9, weightDecay: 5e-4, dropout: 0.2)
  let t = Training(plan: plan, samples: s, validation: s, seed: 1, streams: "b", workers: Workers(count: threads))
  var last = Date(), times: [Double] = []
  _ = try t.run(net.layers.map { $0.trainable() }, onStep: { _ in let d = Date(); times.append(d.timeIntervalSince(last)); last = d }, onEpoch: { print($0); last = Date() })
  times.sort()
  print("median ms/step", times[times.count/2]*1000, "min", times[0]*1000, OpenBLAS.kernel)
}
try run()
