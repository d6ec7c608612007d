import Files

/// A copy of the bytes that libFuzzer passes.
public func bytes(_ data: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  Array(UnsafeBufferPointer(start: data, count: count))
}

/// The result of `read`, or `nil` if it throws. The error must be one line; anything else is a crash.
public func reading<Value>(_ read: () throws(FileError) -> Value) -> Value? {
  do { return try read() } catch {
    let line = "\(error)"
    let isOneLine = !line.isEmpty && !line.contains(where: \.isNewline)
    precondition(isOneLine, "an error that is not one line: \(line.debugDescription)")
    return nil
  }
}
