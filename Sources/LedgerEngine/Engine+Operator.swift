import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What an operator may command at this stage. The command is the input, with its actor and reason;
/// what it does is derived from it.
public enum OperatorVerb: String, Sendable, CaseIterable {
    case deposit, withdrawal, fee, note

    /// Nil when the argument is good, else what is wrong with it.
    public func problem(with argument: String) -> String? {
        guard self != .note else { return nil }
        guard let amount = try? Money(argument) else {
            return "'\(argument)' is not an amount such as 12.50"
        }
        guard amount.raw > 0, amount <= Money.limit else {
            return "an amount is above 0 and at most 1000000000000, not \(argument)"
        }
        return nil
    }

    /// Nil when the command may be stepped, else why not.
    public static func problem(with command: OperatorCommanded) -> String? {
        guard let verb = OperatorVerb(rawValue: command.command) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            return "'\(command.command)' is none of \(known)"
        }
        return verb.problem(with: command.argument)
    }
}

extension Engine {
    /// Does what a command says; one that cannot be done is a note of somebody's wish.
    mutating func obey(
        _ command: OperatorCommanded, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        guard OperatorVerb.problem(with: command) == nil,
            let verb = OperatorVerb(rawValue: command.command), configuration != nil
        else { return }
        let amount: Money
        do { amount = verb == .note ? .zero : try Money(command.argument) } catch {
            throw .number(error)
        }
        let sequence: SequenceNumber
        switch verb {
        case .note: return
        case .deposit: sequence = try emit(CashDeposited(amount: amount), context, into: &batch)
        case .withdrawal:
            sequence = try emit(CashWithdrawn(amount: amount), context, into: &batch)
        case .fee:
            let kind = command.reason.isEmpty ? "fee" : command.reason
            sequence = try emit(
                FeeCharged(instrument: .none, amount: amount, kind: kind), context, into: &batch)
        }
        guard let record = batch.record(sequence) else { return }
        try fold { (engine) throws(FoldError) in try engine.books.apply(record) }
    }
}
