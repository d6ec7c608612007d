"""Faults in what is computed on what, in result rows, fingerprints, checkpoints, verification, and `svd-sizes`."""
from switched import Fault

D, E, F, M, R, S, P = (f"Study/Run/{name}.swift" for name in [
    "StudyData", "Experiments", "Fingerprint", "Measurement", "StudyRun", "ResultStore", "ProgramSources"])
C, CF, CS = (f"Study/Checkpoints/{name}.swift" for name in ["Checkpoints", "CheckpointFiles", "CheckpointSchedule"])
V, VC, VW, VE, VR = (f"Study/Verification/{name}.swift" for name in [
    "Verification", "StudyTables+Compare", "Verification+Weights", "Verification+Environment", "VerificationWork"])
K, KC, KR = (f"Study/Configuration/{name}.swift" for name in [
    "StudyConfiguration", "StudyConfiguration+Keys", "ConfigurationReader"])
Z, ZT, ZY, ZM = (f"Study/SVDSizes/{name}.swift" for name in ["SVDSizes", "SVDTrial", "SVDTally", "WeightLikeMatrix"])

FAULTS = [
    # The protocol.
    Fault(D, "validation images are the first, which are trained on", "data.training.suffix(configuration.validationImages)",
          "data.training.prefix(configuration.validationImages)"),
    Fault(D, "the split comes from the wrong end", "data.training.prefix(kept)", "data.training.suffix(kept)"),
    Fault(D, "validation images are trained on", "data.training.prefix(kept)", "data.training"),
    Fault(D, "test images are training images", "samples(data.test)", "samples(data.training.prefix(data.test.count))"),
    Fault(D, "normalisation.mean is ignored", "configuration.mean", "0"),
    Fault(D, "normalisation.deviation is ignored", "configuration.deviation", "1"),
    Fault(D, "digits are drawn from the study's seed", "configuration.digits.seed", "configuration.seed"),
    Fault(D, "the manifest counts validation images as training images", "kept", "data.training.count",
          then=", validationImages"),
    # What each experiment runs.
    Fault(E, "the history's validation accuracy is that of the test set", "data.validation", "data.test"),
    Fault(E, "the validation images are trained on in place of the training images", "data.training", "data.validation",
          then=", validation: "),
    Fault(E, "training has the study file's seed", "seed", "configuration.seed", then=", streams: streams, workers"),
    Fault(E, "the first weights have the study file's seed", "Network<Float>(widths: configuration.widths, seed: seed)",
          "Network<Float>(widths: configuration.widths, seed: configuration.seed)"),
    Fault(E, "SVD every epoch by the number of validation images", "data.training.count", "data.validation.count"),
    Fault(E, "both cadences by the first plan", "plan", "configuration.part3.plans[0].plan", then=', streams: "part3"'),
    Fault(E, "part 3's spectra are those of the baseline",
          "trained.layers.compactMap { ($0 as? any TrainableDynamicLayer<Float>)?.weights }",
          "dense.layers.prefix(configuration.compressedLayers).compactMap { layer -> Matrix<Float>? in "
          "if case .dense(let dense) = layer { dense.weights } else { nil } }"),
    Fault(E, "part 2 trains part 1's smallest rank", "svd.truncated(to: rank).layers", "svd.truncated(to: 2).layers"),
    Fault(E, "part 2 has the random streams of the baseline", '"part2"', '"baseline"', then=", key: key,\n"),
    Fault(E, "oversampling is ignored", "configuration.part3.oversampling", "0"),
    Fault(E, "the last layer is compressed too", "configuration.compressedLayers", "dense.layers.count",
          then=", workers: workers)\n    }\n"),
    # Rows.
    Fault(M, "validation accuracy measured on the test set", "network.accuracy(on: data.validation, workers: workers)",
          "network.accuracy(on: data.test, workers: Workers(count: 1))"),
    Fault(M, "test accuracy measured on validation images", "data.test.accuracy(of: predictions)",
          "network.accuracy(on: data.validation, workers: Workers(count: 1))"),
    Fault(M, "mac_ratio in results.csv is the ratio of parameters", "Double(cost.macs) / Double(baseline.cost.macs)",
          "Double(cost.parameters) / Double(baseline.cost.parameters)", then=", seconds"),
    Fault(M, "byte_ratio in results.csv is inverted", "Double(encoded.count) / Double(baseline.bytes)",
          "Double(baseline.bytes) / Double(encoded.count)"),
    Fault(M, "mac_ratio in costs.csv is inverted", "Double(cost.macs) / Double(baseline.cost.macs)",
          "Double(baseline.cost.macs) / Double(cost.macs)", then=", testAccuracy"),
    Fault(M, "parameter_ratio in costs.csv is inverted", "Double(cost.parameters) / Double(baseline.cost.parameters)",
          "Double(baseline.cost.parameters) / Double(cost.parameters)", then=", bytes: bytes"),
    Fault(M, "byte_ratio in costs.csv is that of parameters", "Double(bytes) / Double(baseline.bytes)",
          "Double(cost.parameters) / Double(baseline.cost.parameters)"),
    Fault(M, "bytes of 16-bit numbers are those of 32", "stored.encodedSize(as: type)", "stored.encodedSize()"),
    Fault(M, "networks in 16 bits have the accuracy of those in 32", "readBack == network", "readBack.inputs == network.inputs"),
    Fault(M, "predictions that agree are counted as changed", "$0 != $1", "$0 == $1"),
    Fault(M, "folded factors are counted with S", "network.folded", "network"),
    Fault(M, "layers of spectra from 0", "layer + 1", "layer"),
    # The fingerprint.
    Fault(F, "the fingerprint without validation_images", "configuration.common(dataset: dataset)",
          'configuration.common(dataset: dataset).filter { $0.key != "validation_images" }'),
    Fault(F, "the fingerprint has the study file's seed", r'.string("\(seed)")', r'.string("\(configuration.seed)")'),
    Fault(F, "the fingerprint without the part's own section", "configuration.json[experiment.rawValue] ?? .null", ".null"),
    Fault(F, "the fingerprint without the data", ".object(data.mapValues { .string($0) })", ".null"),
    Fault(F, "the fingerprint without the start", "start.map { .string($0) } ?? .null", ".null"),
    Fault(F, "the fingerprint without the sources", ".string(environment.sourceDigest)", ".null"),
    Fault(F, "the fingerprint without the BLAS's kernel", r'"\(environment.blas); \(environment.blasKernel)"',
          "environment.blas"),
    Fault(F, "MNIST's files are not in the fingerprint",
          "Dictionary(uniqueKeysWithValues: folder.files.all.map { ($0.name, $0.sha256) })", "[:]"),
    # Runs and their files.
    Fault(R, "runs have the fingerprint of no start", "fingerprint(of: experiment, start: start)",
          "fingerprint(of: experiment, start: nil)"),
    Fault(R, "a part starts from any baseline", "run.fingerprint == fingerprint(of: .baseline, start: nil)", "true"),
    Fault(R, "the manifest keeps the old configuration", "done.configuration != configuration.json", "false"),
    Fault(R, "the manifest forgets seconds before a checkpoint", "checkpoints.earlierSeconds + (clock.now - from).seconds",
          "(clock.now - from).seconds"),
    Fault(S, "changed rows are up to date", "tables.rows(of: run).digests == run.tables ? run : nil", "run"),
    Fault(S, "changed weights are up to date", "SHA256.hexDigest(of: try readFile(path)) == digest", "true"),
    Fault(C, "seconds before a checkpoint are forgotten", "found?.seconds ?? 0", "0"),
    Fault(C, "only the last network's earlier seconds count", "earlierSeconds + found.seconds", "found.seconds"),
    Fault(CF, "the older checkpoint is taken", "newest.checkpoint.progress.isAfter(checkpoint.progress)",
          "checkpoint.progress.isAfter(newest.checkpoint.progress)"),
    Fault(CF, "the newer checkpoint is overwritten", "1 - newest.index", "newest.index"),
    Fault(CF, "another run's checkpoint is taken", "checkpoint.run == run", "!checkpoint.run.isEmpty"),
    Fault(CS, "saved at each end of an epoch", "cost * 100", "cost"),
    Fault(P, "a source that is newer than the program counts", "modified <= built", "modified != built"),
    # Verification.
    Fault(VC, "verify without mac_ratio", 'columns[$0] != "seconds"', '!["seconds", "mac_ratio"].contains(columns[$0])'),
    Fault(VC, "verify without the first measured column", "$0 >= identity", "$0 > identity"),
    Fault(VW, "verify without the weights' files", "found == digest && again == digest", "again == digest"),
    Fault(VW, "verify without weights run again", "found == digest && again == digest", "found == digest"),
    Fault(VE, "verify without the numbers of images", "expected[keyPath: count] != images[keyPath: count]", "false"),
    Fault(VR, "a part starts from any stored baseline",
          "SHA256.hexDigest(of: bytes) == baseline.digests[ResultFiles.baselineWeights]", "!bytes.isEmpty"),
    Fault(V, "verify runs all seeds", "seeds.isEmpty || seeds.contains($0.seed)", "true"),
    # The study file.
    Fault(K, "the full rank is the larger side", "min($0, $1)", "max($0, $1)"),
    Fault(KC, "epochs and batch size in each other's place",
          '    try keys.whole("epochs", &epochs, in: 1...10_000)\n    try keys.whole("batch_size", &batchSize, in: 1...65536)\n',
          '    try keys.whole("epochs", &batchSize, in: 1...10_000)\n    try keys.whole("batch_size", &epochs, in: 1...65536)\n'),
    Fault(KR, "a rank twice is read", "elements.contains(next)", "false"),
    # svd-sizes.
    Fault(Z, "every run has the same matrix", "seed &+ UInt64(run)", "seed"),
    Fault(Z, "the algorithms take no turns", "(turn + run) % tallies.count", "turn"),
    Fault(ZT, "the time of all calls", "(clock.now - again).seconds / Double(calls)", "(clock.now - again).seconds"),
    Fault(ZY, "the error of the last run", "errors.map(\\.residualRatio).greatest", "errors.last?.residualRatio"),
    Fault(ZY, "the least time", "seconds.median ?? .nan", "seconds.min() ?? .nan"),
    Fault(ZM, "the change is relative to the noise alone", "Self.change * matrix.frobeniusNorm / noise.frobeniusNorm",
          "Self.change / noise.frobeniusNorm"),
]
