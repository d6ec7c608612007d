import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

@Suite struct GnuplotTests {
  @Test func aBadCommandIsAnErrorAndTheEarlierFigureStays() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/broken.svg"
      try AtomicFile.write("the figure before", to: path)
      var figure = Figure(name: "broken", title: "Broken", subtitle: "")
      figure.add("plod sin(x)")
      let error = #expect(throws: GnuplotError.self) { try figure.files(in: folder, log: { _ in }) }
      #expect(error?.description.hasPrefix("\(path): gnuplot: ") == true)
      #expect(error?.description.contains("invalid command") == true)
      #expect(error?.description.contains("\n") == false)
      #expect(try readText(path) == "the figure before")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["broken.svg"])
    }
  }

  /// A gnuplot that ends before it has read everything does not end this process by a signal.
  @Test func aGnuplotThatEndsEarlyIsAnError() throws {
    let error = #expect(throws: GnuplotError.self) {
      let gnuplot = try Gnuplot()
      gnuplot.add("exit status 3")
      for _ in 0..<20 { gnuplot.addData([Array(repeating: 1, count: 10_000)], as: "block") }
      _ = try gnuplot.run()
    }
    #expect(error?.reason == "exit status 3")
  }

  /// NaN is a missing value, and data are sent with all their digits.
  @Test func dataReachGnuplot() throws {
    let gnuplot = try Gnuplot()
    gnuplot.addData([[0.1, .nan, 1 / 3, 0.2], [1, 2, 4, 7]], as: "block")
    gnuplot.add("set datafile missing NaN")
    gnuplot.add("stats $block using 1:2 nooutput")
    gnuplot.add("print STATS_records, STATS_max_x == 1.0 / 3, STATS_sum_y")
    #expect(try gnuplot.run().warnings == "3 1 12.0")
  }

  @Test func warningsAreReturned() throws {
    let gnuplot = try Gnuplot()
    gnuplot.add("print 'watch out'")
    #expect(try gnuplot.run().warnings.contains("watch out"))
    var figure = Figure(name: "loud", title: "", subtitle: "")
    figure.add("print 'watch out'")
    figure.add("set yrange [0:2]")
    figure.plot(["1 with lines lw 1 notitle"])
    var lines: [String] = []
    _ = try figure.files(in: "figures") { lines.append($0) }
    #expect(lines == ["svg", "png", "pdf"].map { "figures/loud.\($0): gnuplot: watch out" })
  }

  @Test func missingGnuplotSaysWhatToInstall() async throws {
    // In a process of its own: PATH belongs to all tests.
    await #expect(processExitsWith: .success) {
      setenv("PATH", "/nowhere", 1)
      try withTemporaryFolder { folder in
        let files = try SampleStudy().write(to: folder + "/results")
        let error = #expect(throws: GnuplotError.self) { try FigureCatalog.draw(results: files, to: folder + "/figures") }
        #expect(
          error?.description == "\(folder)/figures/accuracy-by-rank.svg: gnuplot: no such program on PATH; "
            + "the package gnuplot-nox has it")
        #expect(!fileExists(folder + "/figures"))
      }
    }
  }

  /// Neither what gnuplot and its libraries read from the environment, nor the time zone, the locale, and the time.
  @Test func theEnvironmentChangesNothing() async throws {
    // In a process of its own: the environment belongs to all tests.
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let title = StudyTitle(dataset: "mnist", study: "µ²")
        let rows = try StudyResults(reading: SampleStudy().write(to: folder))
        let figure = try #require(FigureCatalog.accuracyByRank(rows, title))
        func files() throws -> [[UInt8]] { try figure.files(in: folder, log: { Issue.record("\($0)") }).map(\.bytes) }
        setenv("TZ", "UTC", 1)
        let expected = try files()
        for name in [
          "GNUTERM", "GNUPLOT_LIB", "GNUPLOT_DRIVER_DIR", "GNUPLOT_PS_DIR", "GDFONTPATH", "GNUPLOT_FONTPATH", "DISPLAY",
          "GNUPLOT_DEFAULT_GDFONT", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_CONFIG_HOME", "HOME", "SOURCE_DATE_EPOCH",
          "FIT_LOG", "FIT_SCRIPT", "TMPDIR",
        ] { setenv(name, "/nonsense", 1) }
        for zone in ["Asia/Kolkata", "EST5EDT", "XYZ-3:07"] {
          setenv("TZ", zone, 1)
          #expect(try files() == expected, "\(zone)")
        }
        for locale in ["tr_TR.UTF-8", "C", nil] {
          if let locale { setenv("LC_ALL", locale, 1) } else { unsetenv("LC_ALL") }
          unsetenv("LANG")
          #expect(try files() == expected, "\(locale ?? "none")")
        }
      }
    }
  }

  @Test func textIsQuoted() {
    for (text, expected): (String, String) in [
      ("paper", "'paper'"), ("it's", #"'it'."\047".'s'"#), ("a\r\nb", #"'a'."\015"."\012".'b'"#),
      ("''", #""\047"."\047""#), ("`touch pwned`", "'`touch pwned`'"), ("", "''"), ("µ², 数", "'µ², 数'"),
      (#"a\"b"#, #"'a\"b'"#),
    ] { #expect(quoted(text) == expected, "\(text), \(expected)") }
  }

  @Test func aStudysNameIsNothingButText() throws {
    for name: String in [
      "x'; system(\"touch pwned\") ; '", "`touch pwned`", "a\nsystem 'touch pwned'", "@pwned {/*9 big} _x^y",
      "''\" ; !touch pwned", "'''; system('touch pwned') #", "''''; !touch pwned", "\\'; !touch pwned", "| touch pwned",
      "%d%s%n 100 %", "$(touch pwned)",
    ] {
      try withTemporaryFolder { folder in
        var sample = SampleStudy()
        sample.study = name
        let figures = "\(folder)/figures/mnist/\(name)"
        let files = try sample.write(to: folder + "/results")
        let title = StudyTitle(dataset: "mnist", study: name)
        let figure = try #require(FigureCatalog.bytes(try StudyResults(reading: files), title), "\(name)")
        let drawn = try figure.files(in: figures, log: { Issue.record("\($0)") })
        #expect(drawn.count == 3 && drawn.allSatisfy { $0.bytes.count > 1000 }, "\(name)")
        // It stands there as it is, on one line.
        let texts = SVGText.all(in: String(decoding: drawn[0].bytes, as: UTF8.self)).map(\.text)
        #expect(
          texts.contains("mnist, study " + escaped(printable(name)) + "; percentages are of the baseline"),
          "\(name): \(texts)")
        for place in [folder, figures, FileManager.default.currentDirectoryPath] {
          #expect(!fileExists(place + "/pwned"), "\(name)")
        }
      }
    }
  }

  /// As XML has it.
  private func escaped(_ text: String) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")].reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
