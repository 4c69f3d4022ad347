/// What journals say about the program that wrote them. The same in debug and release builds: a journal
/// depends on its inputs and on this.
public enum Build {
    public static let version = "0.1.0"
    public static let identity = "ledger \(version)"
}
