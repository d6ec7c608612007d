import Files
import Foundation
import Testing
import TestSupport

/// `scripts/install-packages.sh` on machines that differ, each made of stand-ins for the commands that it asks.
@Suite struct SetUpTests {
  /// A machine: the commands on its path, by name, with what they do.
  struct Machine {
    var commands = [
      "swift": "exit 0", "gnuplot": "exit 0", "id": "echo 1000", "sudo": "exec \"$@\"", "env": "shift; exec \"$@\"",
      "dpkg-query": "echo installed", "apt-get": "echo \"apt-get $*\" >> \"$LOG\"",
    ]

    /// Runs the script there.
    /// - Returns: its status, what it printed, and how apt-get was called.
    func install() throws -> (status: Int32, errors: [String], calls: [String]) {
      try withTemporaryFolder { folder in
        for (name, body) in commands {
          try AtomicFile.write("#!/bin/sh\n\(body)\n", to: "\(folder)/\(name)")
          try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(name)")
        }
        for tool in ["sh", "cut", "grep", "sed", "tr"] {
          try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(tool)", withDestinationPath: "/usr/bin/\(tool)")
        }
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sh")
        process.arguments = [
          URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../scripts/install-packages.sh"
        ]
        process.environment = ["PATH": folder, "LOG": "\(folder)/log"]
        process.standardError = errors
        try process.run()
        let lines = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n")
        process.waitUntilExit()
        let calls = fileExists("\(folder)/log") ? try readText("\(folder)/log").split(separator: "\n").map(String.init) : []
        return (process.terminationStatus, lines.map(String.init), calls)
      }
    }
  }

  /// Two packages missing: only these are installed, and their purpose is printed.
  private static let twoMissing = "case \"$*\" in *liblapacke-dev|*zlib1g-dev) exit 1 ;; *) echo installed ;; esac"

  @Test func nothingMissing() throws {
    let (status, errors, calls) = try Machine().install()
    #expect(status == 0 && errors.isEmpty && calls.isEmpty)
  }

  @Test func throughSudo() throws {
    var machine = Machine()
    machine.commands["dpkg-query"] = Self.twoMissing
    let (status, errors, calls) = try machine.install()
    #expect(status == 0 && calls.count == 2 && calls.first == "apt-get update -qq")
    #expect(calls.last == "apt-get install -y -qq --no-install-recommends --no-remove liblapacke-dev zlib1g-dev")
    #expect(errors.contains { $0.contains("liblapacke-dev    the C interface to LAPACK") })
    #expect(errors.contains("Installing them with apt-get, through sudo."))
  }

  /// Another build of gnuplot excludes gnuplot-nox; it will do.
  @Test func anotherGnuplotWillDo() throws {
    var machine = Machine()
    machine.commands["dpkg-query"] = "case \"$*\" in *gnuplot-nox) exit 1 ;; *) echo installed ;; esac"
    #expect(try machine.install().calls.isEmpty)
    machine.commands["gnuplot"] = nil
    #expect(try machine.install().calls.last?.hasSuffix(" gnuplot-nox") == true)
  }

  @Test func asRoot() throws {
    var machine = Machine()
    (machine.commands["dpkg-query"], machine.commands["id"], machine.commands["sudo"]) = (Self.twoMissing, "echo 0", nil)
    let (status, errors, calls) = try machine.install()
    #expect(status == 0 && calls.count == 2 && errors.contains("Installing them with apt-get."))
  }

  @Test func stopsWithout() throws {
    for (command, says): (String, String) in [
      (
        "sudo",
        "error: found no root privileges and no sudo, expected one of them; as root: apt-get install liblapacke-dev zlib1g-dev"
      ),
      (
        "apt-get",
        "error: apt-get: found no such command, expected Debian or Ubuntu; install what these packages hold by hand"
      ),
      ("swift", "error: swift: found no such command, expected a Swift 6.3 toolchain: https://www.swift.org/install"),
    ] {
      var machine = Machine()
      machine.commands["dpkg-query"] = Self.twoMissing
      machine.commands[command] = nil
      let (status, errors, calls) = try machine.install()
      #expect(status == 1 && errors.last == says && calls.isEmpty, "\(errors)")
    }
  }

  /// An apt-get that fails stops the set-up.
  @Test func installationFails() throws {
    var machine = Machine()
    (machine.commands["dpkg-query"], machine.commands["apt-get"]) = (Self.twoMissing, "exit 100")
    #expect(try machine.install().status == 100)
  }
}
