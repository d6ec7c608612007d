import Files
import Results
import Testing
import TestSupport

/// Every column of every table means what its name says: a line with a value of its own in each column, as text and as a row.
extension ResultFileTests {
  private func expect<Row: TableRow & Equatable>(_ row: Row, _ header: String, _ line: String) throws {
    #expect(Row.text(of: [row]) == "\(header)\n\(line)\n")
    try withTemporaryFolder { folder in
      try AtomicFile.write("\(header)\n\(line)\n", to: "\(folder)/rows.csv")
      #expect(try Row.read(from: "\(folder)/rows.csv") == [row])
    }
  }

  @Test func columns() throws {
    var key = key
    key.ranks = LayerRanks([33, nil, 11])
    (key.calibrationImages, key.allocation) = (400, .exchanged)
    let names = "dataset,study,seed,experiment,method,rank,cadence"
    let more = "ranks,calibration_images,allocation"
    let (values, moreValues) = ("mnist,paper,7,part3,dynamic,20,step", "33-dense-11,400,exchanged")
    var stored = key
    stored.bits = 3
    try expect(
      ResultRow(
        key: stored, testAccuracy: 1.5, validationAccuracy: 2.5, parameters: 3, parameterRatio: 4.5, bytes: 5,
        byteRatio: 6.5, macs: 7, macRatio: 8.5, seconds: 9.5, changedPredictions: 10),
      "\(names),test_accuracy,validation_accuracy,parameters,parameter_ratio,bytes,byte_ratio,macs,mac_ratio,seconds,"
        + "changed_predictions,bits,\(more)", "\(values),1.5,2.5,3,4.5,5,6.5,7,8.5,9.5,10,3,\(moreValues)")
    try expect(
      CostRow(
        key: key, storage: .folded, bits: 16, parameters: 3, parameterRatio: 4.5, bytes: 5, byteRatio: 6.5, macs: 7,
        macRatio: 8.5, testAccuracy: 9.5, validationAccuracy: 10.5),
      "\(names),storage,bits,parameters,parameter_ratio,bytes,byte_ratio,macs,mac_ratio,test_accuracy,"
        + "validation_accuracy,\(more)", "\(values),folded,16,3,4.5,5,6.5,7,8.5,9.5,10.5,\(moreValues)")
    for (loss, text) in [(3.5, "3.5"), (nil, "")] {
      try expect(
        HistoryRow(key: key, epoch: 0, learningRate: 2.5, trainingLoss: loss, validationAccuracy: 4.5, seconds: 5.5),
        "\(names),epoch,learning_rate,training_loss,validation_accuracy,seconds,\(more)",
        "\(values),0,2.5,\(text),4.5,5.5,\(moreValues)")
    }
    try expect(
      SpectrumRow(key: key, layer: 1, index: 2, singularValue: 3.5), "\(names),layer,index,singular_value,\(more)",
      "\(values),1,2,3.5,\(moreValues)")
    try expect(
      SensitivityRow(key: key, layer: 2, validationAccuracy: 1.5, validationLoss: 2.5),
      "\(names),layer,validation_accuracy,validation_loss,\(more)", "\(values),2,1.5,2.5,\(moreValues)")
    // The dense network has none of them.
    try expect(
      SensitivityRow(
        key: NetworkKey(dataset: "mnist", study: "paper", seed: 7, experiment: .baseline, method: .dense), layer: 1,
        validationAccuracy: 0, validationLoss: 0),
      "\(names),layer,validation_accuracy,validation_loss,\(more)", "mnist,paper,7,baseline,dense,,,1,0.0,0.0,,,")
    try expect(
      SVDSizeRow(
        algorithm: .jacobi, precision: .double, size: 1, rank: 2, runs: 3, seconds: 4.5, residualRatio: 5.5,
        orthogonalityOfU: 6.5, orthogonalityOfV: 7.5, iterations: 8, fullSVDs: 9),
      "algorithm,precision,size,rank,runs,seconds,residual_ratio,orthogonality_u,orthogonality_v,iterations,full_svds",
      "jacobi,double,1,2,3,4.5,5.5,6.5,7.5,8,9")
    try expect(
      SVDSizeRow(
        algorithm: .subspaceWarm, precision: .float, size: 64, rank: 20, runs: 1, seconds: 2e-6, residualRatio: nil,
        orthogonalityOfU: nil, orthogonalityOfV: nil, iterations: 3, fullSVDs: 0),
      "algorithm,precision,size,rank,runs,seconds,residual_ratio,orthogonality_u,orthogonality_v,iterations,full_svds",
      "subspaceWarm,float,64,20,1,2e-06,,,,3,0")
    for (runs, seconds, text) in [(3, 4.5, "3,4.5"), (0, nil, "0,")] {
      try expect(
        ScalingRow(
          work: .lowRank, width: 1, rank: 2, batch: 9, runs: runs, seconds: seconds, flops: 5.5, factorisationFlops: 6.5,
          bytes: 7.5, modelSeconds: 8.5),
        "work,width,rank,batch,runs,seconds,flops,factorisation_flops,bytes,model_seconds",
        "lowRank,1,2,9,\(text),5.5,6.5,7.5,8.5")
    }
  }

  /// Values just outside of what a column may hold.
  @Test func bounds() throws {
    let study = SampleStudy()
    func refuses<Row: TableRow>(_ rows: [Row], _ column: String, _ values: [String]) throws {
      let index = try #require(Row.columns.firstIndex(of: column))
      for value in values {
        try withTemporaryFolder { folder in
          let path = "\(folder)/rows.csv"
          var fields = rows.prefix(2).map(\.fields)
          fields[1][index] = value
          try AtomicFile.write(CSVTable(columns: Row.columns, rows: fields).text, to: path)
          let error = #expect(throws: FileError.self, "\(column): \(value)") { try Row.read(from: path) }
          #expect(error?.path == "\(path):3: \(column)" && error?.found == "'\(value)'", "\(error as Any)")
        }
      }
    }
    for column in ["test_accuracy", "validation_accuracy"] {
      try refuses(study.results, column, ["-0.1", "100.1", "nan", "inf", "", "98 %"])
      try refuses(study.costs, column, ["-0.1", "100.1", "nan", ""])
    }
    for column in ["parameters", "bytes", "macs"] { try refuses(study.results, column, ["0", "-1", "1.0", ""]) }
    for column in ["parameter_ratio", "byte_ratio", "mac_ratio", "seconds"] {
      try refuses(study.results, column, ["-1", "nan", "inf", ""])
    }
    try refuses(study.results, "changed_predictions", ["-1", "0.5", "1000000001", ""])
    try refuses(study.results, "rank", ["0", "-1"])
    try refuses(study.results, "ranks", ["0", "33-", "-5", "033", "33-dense", "dense", "33 29", "x"])
    try refuses(study.results, "calibration_images", ["0", "-1", "1.5"])
    try refuses(study.results, "allocation", ["best", "Uniform"])
    try refuses(study.results, "bits", ["0", "65", ""])
    try refuses(study.results, "seed", ["-1", "18446744073709551616", ""])
    try refuses(study.costs, "bits", ["0", "65"])
    try refuses(study.costs, "storage", ["", "Dense"])
    try refuses(study.history, "epoch", ["-1", ""])
    try refuses(study.spectra, "singular_value", ["-1", "nan", "1e39"])
  }
}
