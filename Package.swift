// swift-tools-version: 6.1
import PackageDescription

/// The numeric targets are optimised in debug builds too: unoptimised Swift would make `swift test` take an hour.
let numeric: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The linear algebra is compiled as a whole in debug builds too, so that its loops are inlined across files. Debug builds want an
/// object file a source file, which takes more than one thread, and batch mode off.
let whole: [SwiftSetting] = [
  .unsafeFlags(["-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"], .when(configuration: .debug))
]

/// The loops of training are written for AVX2 with fused multiply–add.
#if arch(x86_64)
  let vectors: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
#else
  let vectors: [SwiftSetting] = []
#endif

let package = Package(
  name: "lowrank",
  products: [
    .executable(name: "lowrank", targets: ["lowrank"]),
    // For our own benchmarks and fuzzers, which are packages of their own; no promise to others.
    .library(name: "Files", targets: ["Files"]),
    .library(name: "LinearAlgebra", targets: ["LinearAlgebra"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "NeuralNetwork", targets: ["NeuralNetwork"]),
    .library(name: "Compression", targets: ["Compression"]),
    .library(name: "Study", targets: ["Study", "Datasets", "Results", "Files"]),
  ],
  // Exact: results are to be the same for whoever builds them.
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // System libraries; C kernels; the C++ shim.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas lapacke",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // What Swift cannot express: prefetching, permutations of a register, code for AVX-512 beside code for AVX2.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    .target(
      name: "CGnuplot",
      linkerSettings: [
        .linkedLibrary("boost_iostreams"), .linkedLibrary("boost_filesystem"), .linkedLibrary("boost_system"),
      ]),

    // What everything rests on.
    .target(name: "Files", dependencies: ["CCrypto"], swiftSettings: numeric),
    .target(
      name: "LinearAlgebra", dependencies: ["COpenBLAS", "CKernels"], exclude: ["Panels/README.md"],
      swiftSettings: numeric + whole + vectors),

    // The study, from the data up.
    .target(name: "NeuralNetwork", dependencies: ["Files", "LinearAlgebra"], swiftSettings: numeric),
    .target(
      name: "Datasets", dependencies: ["CZlib", "Files", "LinearAlgebra", "NeuralNetwork"], swiftSettings: numeric),
    .target(name: "Compression", dependencies: ["Files", "LinearAlgebra", "NeuralNetwork"], swiftSettings: numeric),
    .target(name: "Results", dependencies: ["Files"]),
    // Networks of other programs.
    .target(
      name: "Models", dependencies: ["Compression", "Datasets", "Files", "LinearAlgebra", "NeuralNetwork", "Results"],
      swiftSettings: numeric),
    .target(
      name: "Study",
      dependencies: [
        "Compression", "Datasets", "Results", .product(name: "Yams", package: "Yams"),
      ]),

    // What is made from the result files alone.
    .target(name: "Figures", dependencies: ["CGnuplot", "Files", "Results"]),
    .target(name: "Report", dependencies: ["Files", "Results"]),

    .executableTarget(
      name: "lowrank",
      dependencies: [
        "Compression", "Files", "LinearAlgebra", "Datasets", "Models", "NeuralNetwork", "Results", "Study", "Figures",
        "Report",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests: one folder a library target.
    .target(
      name: "TestSupport", dependencies: ["Datasets", "Files", "LinearAlgebra", "NeuralNetwork", "Results"],
      path: "Tests/TestSupport", swiftSettings: numeric),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(name: "ResultsTests", dependencies: ["Results", "TestSupport"]),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "TestSupport"], swiftSettings: numeric),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "TestSupport"], swiftSettings: numeric),
    .testTarget(name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "TestSupport"], swiftSettings: numeric),
    .testTarget(name: "CompressionTests", dependencies: ["Compression", "TestSupport"], swiftSettings: numeric),
    .testTarget(name: "ModelsTests", dependencies: ["Models", "TestSupport"], swiftSettings: numeric),
    .testTarget(name: "StudyTests", dependencies: ["Study", "TestSupport"], swiftSettings: numeric),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "TestSupport"]),
    .testTarget(name: "ReportTests", dependencies: ["Report", "TestSupport"]),
    // Functions of the command line; and the built program, as a person runs it.
    .testTarget(name: "LowrankTests", dependencies: ["lowrank", "TestSupport"]),
    .testTarget(name: "CommandLineTests", dependencies: ["lowrank", "Results", "TestSupport"]),
  ],
  cxxLanguageStandard: .cxx17
)
