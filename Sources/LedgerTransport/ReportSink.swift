import LedgerVenues

/// Where a gateway's reports go. Both may be called from any of the gateway's threads, and may take as long
/// as acting on a report takes: nothing more is read from that socket meanwhile.
public struct ReportSink: Sendable {
    /// A report, and `MachineTime.steady` when its bytes had come.
    public var receive: @Sendable (GatewayReport, Int64) -> Void
    /// Nothing more is at hand: time to act on what was taken.
    public var flush: @Sendable () -> Void

    public init(
        receive: @escaping @Sendable (GatewayReport, Int64) -> Void,
        flush: @escaping @Sendable () -> Void
    ) {
        (self.receive, self.flush) = (receive, flush)
    }
}
