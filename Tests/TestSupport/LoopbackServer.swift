import Foundation
import Synchronization

/// A small HTTP server on 127.0.0.1: one thread, one request a connection, at most 100 connections.
public final class LoopbackServer: Sendable {
  /// A client's request.
  public struct Request: Equatable, Sendable {
    public let path: String
    /// The value of the header `Range`.
    public let range: String?

    public init(path: String, range: String?) { (self.path, self.range) = (path, range) }
  }

  /// The server's response.
  public struct Response: Sendable {
    public var status: Int
    public var headers: [String: String] = [:]
    public var body: [UInt8]
    /// The number of bytes sent before the connection is cut; the whole body if `nil`.
    public var cutAfter: Int?
    /// Whether the header `Content-Length` is sent.
    public var announcesLength = true
    /// Seconds before the response is sent.
    public var delay = 0.0
    /// Seconds between the last byte and the end of the connection.
    public var hold = 0.0

    public init(status: Int = 200, body: [UInt8] = []) { (self.status, self.body) = (status, body) }
  }

  private struct State {
    var requests: [Request] = []
    var bodyBytesSent = 0
    var isStopped = false
  }

  private let listener: Int32
  private let port: UInt16
  private let handler: @Sendable (Request) -> Response
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  /// Listens on a port that the system chooses, until `stop`.
  public init(_ handler: @escaping @Sendable (Request) -> Response) throws {
    self.handler = handler
    (listener, port) = try Self.listen()
    Thread { self.serve() }.start()
  }

  /// A server that sends `files[name]` for the path `/name`, from the byte that a client asks for.
  public convenience init(files: [String: [UInt8]]) throws {
    try self.init { request in Self.file(files[String(request.path.dropFirst())], for: request) }
  }

  /// `http://127.0.0.1:port/`
  public var url: URL { URL(string: "http://127.0.0.1:\(port)/") ?? URL(fileURLWithPath: "/") }
  /// The requests so far, in order.
  public var requests: [Request] { state.withLock { $0.requests } }
  /// Bytes of bodies sent so far.
  public var bodyBytesSent: Int { state.withLock { $0.bodyBytesSent } }

  /// Ends the thread and closes the port.
  public func stop() {
    state.withLock { $0.isStopped = true }
    shutdown(listener, Int32(SHUT_RDWR))  // wakes `accept`
    ended.wait()
    close(listener)
  }

  /// The response of a correct server: 200 with the whole file, 206 with the rest, or 404.
  public static func file(_ file: [UInt8]?, for request: Request) -> Response {
    guard let file else { return Response(status: 404) }
    let start = request.range.flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
    guard let start, start < file.count else { return Response(body: file) }
    var response = Response(status: 206, body: Array(file[start...]))
    response.headers["Content-Range"] = "bytes \(start)-\(file.count - 1)/\(file.count)"
    return response
  }

  // MARK: The thread

  private func serve() {
    for _ in 0..<100 {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      var limit = timeval(tv_sec: 5, tv_usec: 0)
      setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      if let request = receive(connection) {
        state.withLock { $0.requests.append(request) }
        answer(handler(request), on: connection)
      }
      close(connection)
    }
    ended.signal()
  }

  private func receive(_ connection: Int32) -> Request? {
    var text = "", buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0, text.utf8.count < 1 << 16 else { return nil }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    let lines = text.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    let range = lines.first { $0.lowercased().hasPrefix("range:") }?.dropFirst("range:".count)
    return Request(path: String(words[1]), range: range.map { $0.trimmingCharacters(in: .whitespaces) })
  }

  private func answer(_ response: Response, on connection: Int32) {
    pause(response.delay)
    var head = "HTTP/1.1 \(response.status) Test\r\nConnection: close\r\n"
    if response.announcesLength { head += "Content-Length: \(response.body.count)\r\n" }
    for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
    guard send(Array((head + "\r\n").utf8), on: connection) else { return }
    let body = Array(response.body.prefix(response.cutAfter ?? response.body.count))
    if send(body, on: connection) { state.withLock { $0.bodyBytesSent += body.count } }
    pause(response.hold)
  }

  private func send(_ bytes: [UInt8], on connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { bytes in
        Foundation.send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Waits `seconds`, or until the server is stopped.
  private func pause(_ seconds: Double) {
    let end = Date() + seconds
    while Date() < end && !state.withLock({ $0.isStopped }) { usleep(10_000) }
  }

  private static func listen() throws -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, length) == 0, Foundation.listen(listener, 16) == 0 else { return Int32(-1) }
        return getsockname(listener, address, &length)
      }
    }
    guard listener >= 0, status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return (listener, UInt16(bigEndian: address.sin_port))
  }
}
