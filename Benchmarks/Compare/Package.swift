// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "lowrank-compare",
  products: [.executable(name: "peer-work", targets: ["PeerWork"])],
  dependencies: [.package(name: "lowrank", path: "../..")],
  targets: [
    .executableTarget(
      name: "PeerWork",
      dependencies: [
        .product(name: "LinearAlgebra", package: "lowrank"),
        .product(name: "NeuralNetwork", package: "lowrank"),
        .product(name: "Compression", package: "lowrank"),
        .product(name: "Study", package: "lowrank"),
      ])
  ]
)
