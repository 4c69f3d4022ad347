/// Where an event comes from.
public enum EventRole: Sendable {
    /// From outside: files, venues, operators, the clock or the program that runs the engine.
    case input
    /// From the engine, which derives it from an input and refuses it as an input.
    case derived
    /// From outside, or derived from another input.
    case both
}
