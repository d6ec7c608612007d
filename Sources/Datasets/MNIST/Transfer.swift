import Files
import Foundation
import FoundationNetworking
import Synchronization

/// An HTTP request whose response is written to a file as it arrives.
///
/// `URLSession` calls the delegate's methods on its own queue while another thread waits; both use `state`. After the outcome
/// is set, nothing more is written, whatever `URLSession` still delivers.
final class Transfer: NSObject, URLSessionDataDelegate {
  private struct State {
    var file: FileHandle
    /// Bytes in the file.
    var bytes: Int
    var hasAnswered = false
    var lastSign = ContinuousClock.now
    var task: URLSessionTask?
    var outcome: Result<Void, any Error>?
  }

  private let state: Mutex<State>
  private let ended = DispatchSemaphore(value: 0)
  private let request: URLRequest
  private let part: String
  private let offset: Int
  private let expected: Int

  /// A request for the rest of `part`, which holds `offset` of `bytes` bytes.
  /// - Throws: `FileError` if it cannot be opened for writing.
  init(address: URL, part: String, offset: Int, bytes: Int) throws(FileError) {
    var request = URLRequest(url: address, cachePolicy: .reloadIgnoringLocalCacheData)
    // A server may compress otherwise; the offsets would then not be those of the file.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
    self.request = request
    (self.part, self.offset, expected) = (part, offset, bytes)
    let descriptor = open(part, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0, lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else {
      throw FileError(path: part, found: String(cString: strerror(errno)), expected: "a file that can be written")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    state = Mutex(State(file: file, bytes: offset))
  }

  /// Sends the request.
  func start() {
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
    let task = session.dataTask(with: request)
    state.withLock { $0.task = task }
    task.resume()
    // The session keeps its delegate alive until the task has ended.
    session.finishTasksAndInvalidate()
  }

  /// Waits for the end, at most `seconds`. Returns the bytes in the file, whether the answer has begun, the seconds since the
  /// last data from the server, and the outcome, if it is set.
  func wait(seconds: Double) -> (bytes: Int, hasAnswered: Bool, silence: Double, outcome: Result<Void, any Error>?) {
    _ = ended.wait(timeout: .now() + seconds)
    return state.withLock { state in
      let silence = (ContinuousClock.now - state.lastSign) / .seconds(1)
      return (state.bytes, state.hasAnswered, silence, state.outcome)
    }
  }

  /// Stops the transfer, with `error` as the outcome unless it is set.
  func stop(because error: any Error) { state.withLock { settle(&$0, .failure(error)) } }

  // MARK: What URLSession calls

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    state.withLock { state in
      guard state.outcome == nil else { return }
      (state.hasAnswered, state.lastSign) = (true, .now)
      do {
        let start = try startOfBody(in: response)
        if start != state.bytes {
          try state.file.truncate(atOffset: UInt64(start))
          state.bytes = start
        }
      } catch {
        settle(&state, .failure(error))
      }
    }
    // On Linux the disposition has no effect; after `settle`, nothing is written to the file.
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    state.withLock { state in
      guard state.outcome == nil else { return }
      guard state.bytes + data.count <= expected else {
        return settle(&state, .failure(Download.Failure(reason: "sent more than the \(expected) bytes expected")))
      }
      do {
        try state.file.write(contentsOf: data)
        state.bytes += data.count
        state.lastSign = .now
      } catch {
        let reason = (error as NSError).localizedDescription
        settle(&state, .failure(FileError(path: part, found: reason, expected: "room for \(expected) bytes")))
      }
    }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    state.withLock { state in
      if let error {
        settle(&state, .failure(Download.Failure(reason: Self.reason(error))))
      } else if state.bytes < expected {
        settle(&state, .failure(Download.Failure(reason: "broke off after \(state.bytes) of \(expected) bytes")))
      } else {
        settle(&state, .success(()))
      }
    }
  }

  // MARK: Helpers

  /// The offset in the file of the first byte of the response: `offset` if the server continues there, else 0.
  /// - Throws: `Download.Failure` if the response is not the file, or its rest, of the expected length.
  private func startOfBody(in response: URLResponse) throws -> Int {
    guard let response = response as? HTTPURLResponse else { throw Download.Failure(reason: "no HTTP answer") }
    var start = 0
    switch response.statusCode {
    case 200: break
    case 206:
      let range = response.value(forHTTPHeaderField: "Content-Range") ?? "none"
      guard range.hasPrefix("bytes \(offset)-") else {
        throw Download.Failure(reason: "sent the range `\(range)`, expected one from byte \(offset)")
      }
      start = offset
    default: throw Download.Failure(reason: "HTTP status \(response.statusCode)")
    }
    let length = start + Int(response.expectedContentLength)
    guard response.expectedContentLength < 0 || length == expected else {
      throw Download.Failure(reason: "has a file of \(length) bytes, expected \(expected)")
    }
    return start
  }

  /// Sets the outcome unless it is set, flushes and closes the file, and cancels the request.
  private func settle(_ state: inout State, _ outcome: Result<Void, any Error>) {
    guard state.outcome == nil else { return }
    do {
      try state.file.synchronize()
      try state.file.close()
      state.outcome = outcome
    } catch {
      state.outcome = .failure(FileError(path: part, found: (error as NSError).localizedDescription))
    }
    let task = state.task
    // `cancel` waits for a queue of the session that may be calling this object.
    DispatchQueue.global().async { task?.cancel() }
    ended.signal()
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? URLError)?.code {
    case .cannotFindHost?, .dnsLookupFailed?: "the host's name is not known (no network?)"
    case .cannotConnectToHost?, .notConnectedToInternet?: "no connection"
    case .networkConnectionLost?: "the connection broke off"
    default: (error as NSError).localizedDescription
    }
  }
}
