import Files
import Results
import Testing
import TestSupport

@Suite struct CompareRowTests {
  @Test func rowsRoundTrip() throws {
    try withTemporaryFolder { folder in
      let rows = CompareRow.Work.allCases.flatMap { work in
        CompareRow.Peer.allCases.map { peer in
          CompareRow(work: work, peer: peer, ours: 0.1, theirs: 1.0 / 3, ratio: 10.0 / 3, unit: "seconds per epoch", runs: 5)
        }
      }
      try CompareRow.write(rows, to: "\(folder)/compare.csv")
      #expect(try CompareRow.read(from: "\(folder)/compare.csv") == rows)
    }
    // As `experiments/peers/compare.py` writes them.
    try withTemporaryFolder { folder in
      try AtomicFile.write(
        """
        work,peer,ours,theirs,ratio,unit,runs
        full_svd_five_layers,numpy,1.5,3,2.0,seconds,5
        dense_epoch,pytorch,8.888888888888889,1e3,112.5,seconds per epoch,3

        """, to: "\(folder)/compare.csv")
      #expect(
        try CompareRow.read(from: "\(folder)/compare.csv") == [
          CompareRow(work: .fullSVDFiveLayers, peer: .numpy, ours: 1.5, theirs: 3, ratio: 2, unit: "seconds", runs: 5),
          CompareRow(
            work: .denseEpoch, peer: .pytorch, ours: 8.888888888888889, theirs: 1000, ratio: 112.5,
            unit: "seconds per epoch", runs: 3),
        ])
    }
  }

  @Test func mistakes() throws {
    for (line, message): (String, String) in [
      (
        "sorting,numpy,1,2,2,seconds,5",
        "compare.csv:2: work: found 'sorting', expected dense_epoch, dynamic_every_step, "
          + "full_svd_five_layers, truncated_svd_rank20"
      ),
      (
        "dense_epoch,jax,1,2,2,seconds,5",
        "compare.csv:2: peer: found 'jax', expected pytorch, pytorch_svd_lowrank, " + "pytorch_equal_error, numpy"
      ),
      (
        "dense_epoch,numpy,1,fast,2,seconds,5",
        "compare.csv:2: theirs: found 'fast', expected a number from 0.0 to 1000000000000000.0"
      ),
    ] {
      try withTemporaryFolder { folder in
        try AtomicFile.write("work,peer,ours,theirs,ratio,unit,runs\n\(line)\n", to: "\(folder)/compare.csv")
        let error = #expect(throws: FileError.self, "\(line), \(message)") {
          try CompareRow.read(from: "\(folder)/compare.csv")
        }
        #expect(error?.description.hasSuffix(message) == true, "\(error as Any)")
      }
    }
  }

  /// Keys that the figure does not show are ignored.
  @Test func aManifestIsReadFromMore() throws {
    try withTemporaryFolder { folder in
      let environment = SampleStudy().manifest.runs[0].environment
      let manifest = CompareManifest(ours: environment, peers: .init(torch: "2.13.0", numpy: "2.4.6"))
      let text = String(decoding: manifest.encoded, as: UTF8.self)
      try AtomicFile.write(
        "{ \"parity\": {\"steps\": 50}," + text.drop { $0 != "{" }.dropFirst(), to: "\(folder)/compare.json")
      #expect(try CompareManifest.read(from: "\(folder)/compare.json") == manifest)
    }
  }
}
