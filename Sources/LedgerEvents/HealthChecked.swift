extension HealthChecked {
    /// Whether all four checks passed.
    public var canResume: Bool {
        reconciliation && dataQuality && noDuplicateIntents && strategiesEnabled
    }
}
