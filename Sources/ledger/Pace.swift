import LedgerCommands
import ArgumentParser
import Glibc
import LedgerDomain

/// How fast events are printed: `10x` is ten times real time, `max` is without pauses.
enum Speed: ExpressibleByArgument, Equatable {
    case unpaced
    case factor(Double)

    init?(argument: String) {
        if argument == "max" {
            self = .unpaced
        } else {
            let digits = argument.last == "x" ? argument.dropLast() : argument[...]
            guard let factor = Double(digits), factor > 0, factor.isFinite else { return nil }
            self = .factor(factor)
        }
    }
}

/// Waits between events for the time between them, divided by the speed.
struct Pace {
    /// Does not wait through nights and weekends.
    static let longestPause = 2.0

    /// Ctrl-C, between two events.
    struct Interrupted: Error {}

    private let factor: Double?
    private var last: Timestamp?

    init(_ speed: Speed?) {
        if case .factor(let factor) = speed { self.factor = factor } else { factor = nil }
    }

    /// How many seconds to wait before an event with this time.
    mutating func pause(before time: Timestamp) -> Double {
        defer { last = time }
        guard let factor, let last, time > last else { return 0 }
        let span = Double(time.nanoseconds) - Double(last.nanoseconds)
        return min(span / 1e9 / factor, Self.longestPause)
    }

    /// Waits this long, in pieces short enough for Ctrl-C.
    static func wait(_ seconds: Double) throws {
        var left = seconds
        while left > 0, !Interrupt.wasAsked {
            let piece = min(left, 0.05)
            usleep(useconds_t(piece * 1e6))
            left -= piece
        }
        if Interrupt.wasAsked { throw Interrupted() }
    }
}
