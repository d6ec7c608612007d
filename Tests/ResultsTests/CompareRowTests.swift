import Files
import Results
import Testing
import TestSupport

@Suite struct CompareRowTests {
  static let times = CompareRow.Times(median: 0.1, lowerQuartile: 1.0 / 30, upperQuartile: 10.0 / 3)

  @Test func rowsRoundTrip() throws {
    try withTemporaryFolder { folder in
      let rows = CompareRow.Work.allCases.flatMap { work in
        CompareRow.Peer.allCases.map { peer in
          CompareRow(
            processor: "Intel(R) Xeon(R), \"2.5\" GHz", work: work, peer: peer, ours: Self.times,
            theirs: .init(median: 3, lowerQuartile: 2, upperQuartile: 4), ratio: 30, unit: "seconds per epoch", runs: 5)
        }
      }
      try CompareRow.write(rows, to: "\(folder)/compare.csv")
      #expect(try CompareRow.read(from: "\(folder)/compare.csv") == rows)
    }
  }

  static let header =
    "processor,work,peer,ours,ours_lower_quartile,ours_upper_quartile,theirs,theirs_lower_quartile,theirs_upper_quartile,"
    + "ratio,unit,runs"

  /// As `experiments/peers/compare.py` writes them.
  @Test func anotherProgramsRowsAreRead() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(
        """
        \(Self.header)
        AMD EPYC,full_svd_five_layers,numpy,1.5,1.25,1.75,3,2.5,3.5,2.0,seconds,5
        Intel Xeon,truncated_svd_follow,pytorch_warm_start,8.888888888888889,8,9,1e3,9e2,1100,112.5,seconds,3

        """, to: "\(folder)/compare.csv")
      #expect(
        try CompareRow.read(from: "\(folder)/compare.csv") == [
          CompareRow(
            processor: "AMD EPYC", work: .fullSVDFiveLayers, peer: .numpy,
            ours: .init(median: 1.5, lowerQuartile: 1.25, upperQuartile: 1.75),
            theirs: .init(median: 3, lowerQuartile: 2.5, upperQuartile: 3.5), ratio: 2, unit: "seconds", runs: 5),
          CompareRow(
            processor: "Intel Xeon", work: .truncatedSVDFollow, peer: .pytorchWarm,
            ours: .init(median: 8.888888888888889, lowerQuartile: 8, upperQuartile: 9),
            theirs: .init(median: 1000, lowerQuartile: 900, upperQuartile: 1100), ratio: 112.5, unit: "seconds", runs: 3),
        ])
    }
  }

  /// Quartiles more than 15 % of the median apart, on either side.
  @Test func noise() {
    let quiet = CompareRow.Times(median: 10, lowerQuartile: 9.5, upperQuartile: 10.99)
    let noisy = CompareRow.Times(median: 10, lowerQuartile: 9.5, upperQuartile: 11.01)
    for (ours, theirs, isNoisy) in [(quiet, quiet, false), (noisy, quiet, true), (quiet, noisy, true)] {
      let row = CompareRow(
        processor: "", work: .denseEpoch, peer: .pytorch, ours: ours, theirs: theirs, ratio: 1, unit: "seconds", runs: 5)
      #expect(row.isNoisy == isNoisy, "\(row)")
    }
  }

  @Test func mistakes() throws {
    for (line, message): (String, String) in [
      (
        "A,sorting,numpy,1,1,1,2,2,2,2,seconds,5",
        "compare.csv:2: work: found 'sorting', expected dense_epoch, dense_epoch_without_zeros, dynamic_every_step, "
          + "dynamic_every_step_without_zeros, full_svd_five_layers, truncated_svd_track, truncated_svd_follow, krylov_svd_2048, "
          + "krylov_svd_4096"
      ),
      (
        "A,dense_epoch,jax,1,1,1,2,2,2,2,seconds,5",
        "compare.csv:2: peer: found 'jax', expected pytorch, pytorch_svd_lowrank, pytorch_equal_error, "
          + "pytorch_warm_start, numpy"
      ),
      (
        "A,dense_epoch,numpy,1,1,1,2,2,fast,2,seconds,5",
        "compare.csv:2: theirs_upper_quartile: found 'fast', expected a number from 0.0 to 1000000000000000.0"
      ),
    ] {
      try withTemporaryFolder { folder in
        try AtomicFile.write("\(Self.header)\n\(line)\n", to: "\(folder)/compare.csv")
        let error = #expect(throws: FileError.self, "\(line), \(message)") {
          try CompareRow.read(from: "\(folder)/compare.csv")
        }
        #expect(error?.description.hasSuffix(message) == true, "\(error as Any)")
      }
    }
  }

  /// What `compare.py` wrote before it kept rows by processor.
  @Test func anEarlierFormatIsRefused() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("work,peer,ours,theirs,ratio,unit,runs\n", to: "\(folder)/compare.csv")
      #expect(throws: FileError.self) { try CompareRow.read(from: "\(folder)/compare.csv") }
      try AtomicFile.write("{\"format\": 1}", to: "\(folder)/compare.json")
      #expect(throws: FileError.self) { try CompareManifest.read(from: "\(folder)/compare.json") }
    }
  }

  /// Keys that the figure does not show are ignored.
  @Test func aManifestIsReadFromMore() throws {
    try withTemporaryFolder { folder in
      let environment = SampleStudy().manifest.runs[0].environment
      let manifest = CompareManifest(machines: [.init(ours: environment, peers: .init(torch: "2.13.0", numpy: "2.4.6"))])
      let text = String(decoding: manifest.encoded, as: UTF8.self)
      try AtomicFile.write(
        "{ \"parity\": {\"steps\": 50}," + text.drop { $0 != "{" }.dropFirst(), to: "\(folder)/compare.json")
      #expect(try CompareManifest.read(from: "\(folder)/compare.json") == manifest)
    }
  }
}
