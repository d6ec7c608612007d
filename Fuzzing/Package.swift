// swift-tools-version: 6.1
import PackageDescription

/// Unoptimised, for the messages of preconditions, which a release build leaves out.
let messages: [SwiftSetting] = [.unsafeFlags(["-Onone"])]
/// libFuzzer has the entry point; the code here must have none.
let fuzzer = messages + [.unsafeFlags(["-parse-as-library"])]

let package = Package(
  name: "fuzzing",
  dependencies: [.package(name: "lowrank", path: "..")],
  targets: [
    .target(name: "FuzzSupport", dependencies: [.product(name: "Files", package: "lowrank")], swiftSettings: messages),
    .executableTarget(
      name: "FuzzSafeTensors",
      dependencies: [
        "FuzzSupport", .product(name: "Files", package: "lowrank"), .product(name: "NeuralNetwork", package: "lowrank"),
      ],
      swiftSettings: fuzzer),
    .executableTarget(
      name: "FuzzIDX",
      dependencies: [
        "FuzzSupport", .product(name: "Files", package: "lowrank"), .product(name: "Datasets", package: "lowrank"),
      ],
      swiftSettings: fuzzer),
  ]
)
