import CLMDB
import CProcess

/// The linked LMDB library.
public enum LMDBLibrary {
    public static var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        _ = mdb_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }
}

/// The end of a process that touches a damaged page of a mapped data file.
public enum DamageExit {
    /// Such an end has this exit code from now on, instead of 3.
    public static func use(_ code: Int32) { ledger_fault_exit_code(code) }
}
