/// What journals record about the program that wrote them. It is the same in debug and release
/// builds, because a journal depends only on its inputs and on this.
public enum Build {
    public static let version = "0.1.0"
    public static let identity = "ledger \(version)"
}
