// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "benchmarks",
  // Exact, as in the main package.
  dependencies: [
    .package(name: "lowrank", path: ".."),
    // Its traits count allocations, by libraries that are preloaded; only times are taken here.
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  ],
  targets: [
    // What is timed, and how much work it is.
    .target(
      name: "Workloads",
      dependencies: [
        .product(name: "LinearAlgebra", package: "lowrank"),
        .product(name: "NeuralNetwork", package: "lowrank"),
        .product(name: "Compression", package: "lowrank"),
      ]),

    // Times it: run by `swift package benchmark`, which looks for targets in a folder of the name Benchmarks.
    .executableTarget(
      name: "Timing",
      dependencies: [
        "Workloads", .product(name: "Benchmark", package: "benchmark"),
      ], path: "Timing", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),

    // Prints the table.
    .executableTarget(
      name: "Table",
      dependencies: [
        "Workloads", .product(name: "Benchmark", package: "benchmark"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Measures training steps against their size, for the figure of scaling.
    .executableTarget(
      name: "Scaling",
      dependencies: [
        "Workloads", .product(name: "Study", package: "lowrank"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "WorkloadsTests", dependencies: ["Workloads"]),
    .testTarget(name: "ScalingTests", dependencies: ["Scaling"]),
    .testTarget(name: "TableTests", dependencies: ["Table", .product(name: "Benchmark", package: "benchmark")]),
  ]
)
