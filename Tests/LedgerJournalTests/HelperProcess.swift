import Glibc
import LedgerJournal
import Synchronization

/// Another process, with pipes on its standard input and output.
final class HelperProcess {
    private let process: pid_t
    private var input: Int32
    private let output: Int32
    private var buffer: [UInt8] = []
    private var status: Int32?

    /// The journal's helper program, which is built beside the tests.
    convenience init(_ arguments: String...) throws {
        try self.init(Self.program, arguments)
    }

    /// A pipe is inherited until it is marked, so two processes are never started at once.
    private static let starting = Mutex(())

    convenience init(_ program: String, _ arguments: [String]) throws {
        let started = try Self.starting.withLock { _ in try Self.start(program, arguments) }
        self.init(started.process, started.input, started.output)
    }

    private init(_ process: pid_t, _ input: Int32, _ output: Int32) {
        self.process = process
        self.input = input
        self.output = output
    }

    private static func start(
        _ program: String, _ arguments: [String]
    ) throws -> (process: pid_t, input: Int32, output: Int32) {
        let toChild = try pipe()
        let fromChild = try pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild.read, 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild.write, 1)
        let words = Self.copies([program] + arguments)
        let settings = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "SWIFT_BACKTRACE=enable=no"]
        let environment = Self.copies(settings)
        defer { for text in words + environment { if let text { free(text) } } }
        var spawned = pid_t()
        let code = posix_spawnp(&spawned, program, &actions, nil, words, environment)
        close(toChild.read)
        close(fromChild.write)
        guard code == 0 else {
            close(toChild.write)
            close(fromChild.read)
            throw LMDBError(code: code)
        }
        return (spawned, toChild.write, fromChild.read)
    }

    deinit {
        if status == nil { kill() }
        closeInput()
        close(output)
    }

    private static var program: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count)
        let bytes = path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.prefix(through: text.lastIndex(of: "/") ?? text.startIndex) + "JournalHelper"
    }

    /// As exec(2) takes them: C strings that the caller frees, and a null.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var result: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        result.append(nil)
        return result
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw LMDBError(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// The next line of its output; nil when it has ended.
    func line() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            var part = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &part, part.count)
            guard count > 0 else { return nil }
            buffer.append(contentsOf: part[..<count])
        }
    }

    func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Ends it as a power failure of the process would.
    func kill() {
        Glibc.kill(process, SIGKILL)
        wait()
    }

    /// - Returns: its exit status as wait(2) gives it, 0 for success.
    @discardableResult
    func wait() -> Int32 {
        if let status { return status }
        var found: Int32 = 0
        while waitpid(process, &found, 0) < 0 && errno == EINTR {}
        status = found
        return found
    }
}

/// Runs `body` on a thread of its own: it may block, which a task's thread may not.
final class Background {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { pointer in
                if let pointer {
                    Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
                }
                return nil
            }, work)
    }

    func join() { pthread_join(thread, nil) }
}
