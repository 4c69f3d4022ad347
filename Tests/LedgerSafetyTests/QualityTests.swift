import LedgerDomain
import LedgerSafety
import Testing

@Suite struct QualityTests {}
