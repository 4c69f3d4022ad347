import LedgerVenues

/// Where a gateway's reports go. Both may be called on any of the gateway's threads and may take as
/// long as acting on a report takes; the socket is not read in the meantime.
public struct ReportSink: Sendable {
    /// A report, and the `MachineTime.steady` at which its bytes were read.
    public var receive: @Sendable (GatewayReport, Int64) -> Void
    /// Nothing more is waiting: act on the reports so far.
    public var flush: @Sendable () -> Void

    public init(
        receive: @escaping @Sendable (GatewayReport, Int64) -> Void,
        flush: @escaping @Sendable () -> Void
    ) {
        (self.receive, self.flush) = (receive, flush)
    }
}
