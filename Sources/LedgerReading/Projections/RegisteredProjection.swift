import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// A projection with everything that the package does with it.
package struct RegisteredProjection: Sendable {
    package let projection: any Projection.Type
    package let views: [ProjectionView]
    /// The engine's copy of the state; nil if it is folded separately.
    private let state: (@Sendable (Engine) -> any Projection)?

    /// A projection that is part of the engine's state.
    static func kept<P: Projection>(
        _ type: P.Type, _ state: @escaping @Sendable (Engine) -> P, _ views: ProjectionView...
    ) -> RegisteredProjection {
        RegisteredProjection(projection: type, views: views, state: state)
    }

    /// A projection that the engine does not need.
    static func beside<P: Projection>(
        _ type: P.Type, _ views: ProjectionView...
    ) -> RegisteredProjection {
        RegisteredProjection(projection: type, views: views, state: nil)
    }

    package var isKept: Bool { state != nil }

    /// A checkpoint of the engine's copy; nil if the engine has none.
    package func checkpoint(of engine: Engine, at sequence: SequenceNumber) -> StateCheckpoint? {
        state.map { StateCheckpoint(of: $0(engine), at: sequence) }
    }

    /// The projection after the event `sequence`, folded from its nearest checkpoint.
    package func fold(
        of journal: any Journal, through sequence: SequenceNumber? = nil
    ) throws -> any ProjectionFold {
        try Self.fold(projection, of: journal, through: sequence)
    }

    private static func fold<P: Projection>(
        _ type: P.Type, of journal: any Journal, through sequence: SequenceNumber?
    ) throws -> any ProjectionFold {
        Fold<P>(try ProjectionReader.fold(of: journal, through: sequence))
    }
}

/// A projection that follows a journal, whatever its type.
package protocol ProjectionFold: Sendable {
    var name: String { get }
    var version: UInt32 { get }
    /// Applies an event of the projection's types and ignores all others, as readers do.
    mutating func apply(_ record: Record) throws(FoldError)
    func checkpoint(at sequence: SequenceNumber) -> StateCheckpoint
}

package struct Fold<P: Projection>: ProjectionFold {
    package private(set) var state: P
    /// Whether the projection reads a type, by type number.
    private let isRead: [Bool]

    package init(_ state: P = P()) {
        self.state = state
        let numbers = P.types.map { Int($0.rawValue) }
        var isRead = [Bool](repeating: false, count: (numbers.max() ?? 0) + 1)
        for number in numbers { isRead[number] = true }
        self.isRead = isRead
    }

    package var name: String { P.name }
    package var version: UInt32 { P.version }

    package mutating func apply(_ record: Record) throws(FoldError) {
        let number = Int(record.rawType)
        guard number < isRead.count, isRead[number] else { return }
        try state.apply(record)
    }

    package func checkpoint(at sequence: SequenceNumber) -> StateCheckpoint {
        StateCheckpoint(of: state, at: sequence)
    }
}
