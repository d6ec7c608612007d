import Files
import Foundation

/// What a parent process hands over, and what must be so before anything else is done.
enum Surroundings {
  static func prepare() {
    openStandardStreams()
    // A file that exceeds its size limit then gives an error and does not kill the program.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Opens standard streams that are closed. Otherwise the next file would get such a descriptor, and what is printed would go
  /// into that file. Reading and writing them stays an error.
  private static func openStandardStreams() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // The system takes the lowest descriptor that is free, which is this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Checks that arguments, and variables that name folders, are UTF-8. Swift would replace other bytes, and the path would name
  /// another file.
  /// - Throws: `FileError` for the first that is not.
  static func requireUTF8() throws(FileError) {
    for index in 0..<Int(CommandLine.argc) { try requireUTF8(CommandLine.unsafeArgv[index], name: "argument \(index)") }
    for name in ["MNIST_DIR", "TMPDIR"] { try requireUTF8(getenv(name), name: name) }
  }

  private static func requireUTF8(_ text: UnsafePointer<CChar>?, name: String) throws(FileError) {
    guard let text, String(validatingCString: text) == nil else { return }
    throw FileError(path: name, found: "'\(String(cString: text))', which is not UTF-8", expected: "a name in UTF-8")
  }
}
