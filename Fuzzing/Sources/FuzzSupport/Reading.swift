import Files

/// The bytes that libFuzzer hands over, copied.
public func bytes(_ data: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  Array(UnsafeBufferPointer(start: data, count: count))
}

/// What `read` gives, or `nil` if it refuses its input. A refusal must be one line; any other way out is a crash.
public func reading<Value>(_ read: () throws(FileError) -> Value) -> Value? {
  do { return try read() } catch {
    let line = "\(error)"
    let isOneLine = !line.isEmpty && !line.contains(where: \.isNewline)
    precondition(isOneLine, "an error that is not one line: \(line.debugDescription)")
    return nil
  }
}
