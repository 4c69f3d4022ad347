import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Money that an operator says came, went or became money of another currency.
extension AccountEngine {
    /// Why the account keeps no balance of a currency; nil where it does.
    func problem(holding currency: String) -> String? {
        let own = configuration?.currency ?? ""
        if currency == own { return nil }
        guard profit.converts else {
            return "the account keeps \(own) alone; add `rates` to the settings to keep \(currency)"
        }
        return RateSettings.leads(configuration?.rates ?? [], from: currency, to: own)
            ? nil : RateSettings.noPath(from: currency, to: own)
    }

    func problem(with conversion: OperatorConversion) -> String? {
        guard profit.converts else { return problem(holding: conversion.sold.currency) }
        return problem(holding: conversion.sold.currency)
            ?? problem(holding: conversion.bought.currency)
            ?? shortage(of: conversion.sold.money, conversion.sold.currency)
    }

    func problem(with rate: OperatorRate) -> String? {
        let rates = configuration?.rates ?? []
        let isListed = rates.contains {
            !$0.path.isEmpty && ($0.base, $0.quote) == (rate.base, rate.quote)
        }
        guard !isListed else { return nil }
        let known = rates.filter { !$0.path.isEmpty }.map(\.name).joined(separator: ", ")
        return "no entry of rates expects \(rate.base)/\(rate.quote) from a file; "
            + (known.isEmpty ? "there is none" : "they expect \(known)")
    }

    /// Why an amount cannot leave a balance; nil where it can.
    ///
    /// - Parameter currency: empty for the account's own.
    public func shortage(of amount: Money, _ currency: String) -> String? {
        let own = configuration?.currency ?? ""
        let named = currency.isEmpty ? own : currency
        let balance =
            named == own
            ? profit.equity[account]?.cash ?? .zero : profit.equity.balance(account, in: named)
        return amount <= balance
            ? nil : "\(amount) \(named) is more than the balance of \(balance) \(named)"
    }

    /// Whether an amount is of a balance beside the cash.
    private func isOther(_ amount: OperatorAmount) -> Bool {
        !amount.currency.isEmpty && amount.currency != configuration?.currency
    }

    mutating func deposit(_ amount: OperatorAmount, _ step: inout Step) throws(EngineError) {
        guard isOther(amount) else {
            return try book(CashDeposited(amount: amount.money), &step)
        }
        try book(BalanceDeposited(amount: amount.money, currency: amount.currency), &step)
    }

    mutating func withdraw(_ amount: OperatorAmount, _ step: inout Step) throws(EngineError) {
        guard isOther(amount) else {
            return try book(CashWithdrawn(amount: amount.money), &step)
        }
        try book(BalanceWithdrawn(amount: amount.money, currency: amount.currency), &step)
    }

    mutating func charge(
        _ amount: OperatorAmount, _ kind: String, _ step: inout Step
    ) throws(EngineError) {
        guard isOther(amount) else {
            return try book(
                FeeCharged(instrument: .none, amount: amount.money, kind: kind), &step)
        }
        try book(
            BalanceCharged(
                instrument: .none, amount: amount.money, currency: amount.currency, kind: kind),
            &step)
    }

    mutating func convert(
        _ conversion: OperatorConversion, _ step: inout Step
    ) throws(EngineError) {
        try book(
            BalanceConverted(
                sold: conversion.sold.money, bought: conversion.bought.money,
                soldCurrency: conversion.sold.currency,
                boughtCurrency: conversion.bought.currency), &step)
    }
}
