import Files
import TestSupport
import Testing

@testable import Models

@Suite struct RankListTests {
  private func list(_ text: String) throws -> RankList {
    try withTemporaryFolder { folder in
      try AtomicFile.write(text, to: "\(folder)/r.csv")
      return try RankList(readingFrom: "\(folder)/r.csv")
    }
  }

  /// Two columns among others, in any order; a rank may be empty.
  @Test func reading() throws {
    let ranks = try list("rank,note,tensor\n3,x,a\n,y,b\n12,,\"c,d\"\n").ranks
    #expect(ranks.map(\.name) == ["a", "b", "c,d"] && ranks.map(\.rank) == [3, nil, 12])
  }

  /// The same names and ranks, in the same order; names by their bytes.
  @Test func equality() throws {
    let one = try list("tensor,rank\n\u{E9},1\n")
    #expect(try one == list("rank,tensor\n1,\u{E9}\n"))
    #expect(try one != list("tensor,rank\ne\u{301},1\n"))
    #expect(try one != list("tensor,rank\n\u{E9},2\n") && one != list("tensor,rank\n\u{E9},1\nb,1\n"))
    #expect(try list("tensor,rank\n\u{E9},1\ne\u{301},2\n").ranks.map(\.rank) == [1, 2])
  }

  @Test(arguments: [
    ("tensor,rank\na,0\n", "r.csv:2: column rank", "'0'"), ("tensor,rank\na,-1\n", "r.csv:2: column rank", "'-1'"),
    ("tensor,rank\na,1\nb,x\n", "r.csv:3: column rank", "'x'"), ("tensor,rank\na,1.5\n", "r.csv:2: column rank", "'1.5'"),
    ("tensor,rank\n\"a\n\",1\nb, 2\n", "r.csv:4: column rank", "' 2'"),
    ("tensor,rank\na,1\nb,1\na,2\n", "r.csv:4", "the tensor 'a' again"), ("tensor,rank\n", "r.csv", "no row"),
    ("tensor\na\n", "r.csv:1", "no column 'rank'"), ("rank\n1\n", "r.csv:1", "no column 'tensor'"),
    ("tensor,rank,rank\na,1,1\n", "r.csv:1", "two columns 'rank'"), ("tensor,rank\na\n", "r.csv:2", "1 field"),
    ("tensor,rank\na,99999999999999999999\n", "r.csv:2: column rank", "'99999999999999999999'"),
  ])
  func mistakes(text: String, path: String, found: String) {
    let error = #expect(throws: FileError.self) { try list(text) }
    #expect(error?.path.hasSuffix(path) == true && error?.found == found, "\(error as Any)")
  }
}
