import Dispatch

/// Runs work on its own thread while the caller does something else.
final class SecondThread<Product>: @unchecked Sendable {
    // Sendable unchecked: the work and its result belong to the second thread until the group is
    // done, and to the caller afterwards.
    private let work: () throws -> Product
    private var result: Result<Product, any Error>?
    private let group = DispatchGroup()

    init(_ work: @escaping () throws -> Product) {
        self.work = work
        DispatchQueue.global().async(group: group) {
            self.result = Result { try self.work() }
        }
    }

    /// Waits for the work.
    ///
    /// - Throws: what the work threw.
    func product() throws -> Product {
        group.wait()
        return try (result ?? Result { try work() }).get()
    }
}
