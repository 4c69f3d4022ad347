import CCurl
import Dispatch
import Glibc
import LedgerDomain
import LedgerVenues
import Synchronization

/// HTTP/1.1 over libcurl's multi interface: one thread, persistent connections, verified
/// certificates and host names, no redirects, no proxies, no cookies.
///
/// Requests may come from any thread; completions run on the client's thread and must not block.
/// libcurl repeats a request whose reused connection died before an answer. A request that may be
/// written only once ends there instead, as one that may have arrived.
// Sendable unchecked: state used by both sides is under the lock; the rest belongs to the thread.
public final class HTTPClient: @unchecked Sendable {
    public struct Settings: Hashable, Sendable {
        public var connectTimeout = Nanoseconds(5_000_000_000)
        /// From the start of a request to the end of its answer.
        public var timeout = Nanoseconds(5_000_000_000)
        /// Maximum size of an answer in bytes.
        public var maximumBody = 64 << 20
        /// Maximum open connections to one host; further requests wait.
        public var maximumConnections = 8
        /// PEM file of a certificate authority to trust in addition to the system's; none if empty.
        public var authorityFile = ""

        public init() {}
    }

    public typealias Completion = @Sendable (HTTPResult) -> Void

    /// State used by callers and by the client's thread.
    private struct Shared {
        var waiting: [HTTPTransfer] = []
        var isStopped = false
        /// Nil until the first request.
        var thread: pthread_t?
    }

    private let settings: Settings
    private let multi: OpaquePointer?
    private let shared = Mutex(Shared())
    // Used only by the thread.
    private var running: [HTTPTransfer] = []
    private var spare: [HTTPHandle] = []

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        let multi = curl_multi_init()
        self.multi = multi.map { OpaquePointer($0) }
        _ = ledger_curl_multi_set_long(
            multi, CURLMOPT_MAX_HOST_CONNECTIONS, settings.maximumConnections)
        _ = ledger_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maximumConnections * 4)
        _ = ledger_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    /// Call `stop` first: the thread keeps the client alive.
    deinit {
        if let multi { curl_multi_cleanup(UnsafeMutableRawPointer(multi)) }
    }

    /// The completion is called exactly once.
    public func send(_ request: HTTPRequest, _ completion: @escaping Completion) {
        let transfer = HTTPTransfer(
            request, completion, queuedAt: MachineTime.steady, limit: settings.maximumBody)
        let isTaken = shared.withLock { shared in
            guard !shared.isStopped, multi != nil else { return false }
            shared.waiting.append(transfer)
            if shared.thread == nil { shared.thread = start() }
            return true
        }
        if isTaken {
            curl_multi_wakeup(raw)
        } else {
            transfer.end(.failed(mayHaveArrived: false, "the client has stopped"))
        }
    }

    /// Sends a request and waits, for commands that have nothing else to do.
    public func perform(_ request: HTTPRequest) -> HTTPResult {
        let box = HTTPBox()
        send(request) { box.fill($0) }
        return box.wait()
    }

    /// Ends all running requests as failed, and the thread. Do not call it from a completion.
    public func stop() {
        let thread = shared.withLock { shared in
            let thread = shared.isStopped ? nil : shared.thread
            shared.isStopped = true
            return thread
        }
        guard let thread else { return }
        curl_multi_wakeup(raw)
        pthread_join(thread, nil)
    }

    // MARK: The thread

    private var raw: UnsafeMutableRawPointer? { multi.map { UnsafeMutableRawPointer($0) } }

    private func start() -> pthread_t {
        var thread = pthread_t()
        let own = Unmanaged.passRetained(self).toOpaque()
        pthread_create(
            &thread, nil,
            { own in
                guard let own else { return nil }
                Unmanaged<HTTPClient>.fromOpaque(own).takeRetainedValue().run()
                return nil
            }, own)
        return thread
    }

    private func run() {
        var isOver = false
        while !isOver {
            let new = shared.withLock { shared in
                defer { shared.waiting.removeAll(keepingCapacity: true) }
                isOver = shared.isStopped
                return shared.waiting
            }
            if isOver {
                for transfer in new { transfer.end(.failed(mayHaveArrived: false, "stopped")) }
                break
            }
            for transfer in new { begin(transfer) }
            var active: Int32 = 0
            curl_multi_perform(raw, &active)
            finish()
            curl_multi_poll(raw, nil, 0, 1000, nil)
        }
        for transfer in running {
            if let handle = transfer.handle { curl_multi_remove_handle(raw, handle.easy) }
            transfer.end(.failed(mayHaveArrived: transfer.isWritten, "stopped"))
        }
        running = []
        spare = []
    }

    private func begin(_ transfer: HTTPTransfer) {
        guard let handle = spare.popLast() ?? HTTPHandle() else {
            transfer.end(.failed(mayHaveArrived: false, "no memory for a request"))
            return
        }
        handle.prepare(transfer, settings)
        transfer.handle = handle
        guard curl_multi_add_handle(raw, handle.easy) == CURLM_OK else {
            transfer.end(.failed(mayHaveArrived: false, "the request could not be started"))
            return
        }
        running.append(transfer)
    }

    private func finish() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let (easy, code) = (message.pointee.easy_handle, message.pointee.data.result)
            guard let index = running.firstIndex(where: { $0.handle?.easy == easy }) else {
                continue
            }
            let transfer = running.remove(at: index)
            curl_multi_remove_handle(raw, easy)
            let outcome = transfer.outcome(code)
            if let handle = transfer.handle, spare.count < 16 { spare.append(handle) }
            transfer.handle = nil
            transfer.end(outcome)
        }
    }
}

/// Hands a result from the client's thread to a waiting one.
private final class HTTPBox: Sendable {
    private let result = Mutex<HTTPResult?>(nil)
    private let isFilled = DispatchSemaphore(value: 0)

    func fill(_ new: HTTPResult) {
        result.withLock { $0 = new }
        isFilled.signal()
    }

    func wait() -> HTTPResult {
        while true {
            isFilled.wait()
            if let result = result.withLock({ $0 }) { return result }
        }
    }
}
