#!/usr/bin/env python3
"""Usage: tools/recount.py JOURNAL [LEDGER] - exits with 0 when all agree, else with 1 and the first difference

Recounts a journal from its events alone, in exact integers, and compares with `ledger project`.
It uses only the program's output: `ledger tail --all --format jsonl` prints the events, from which it
recomputes FIFO lots, cost, realised profit, fees, dividends and when they are paid, splits, transfers between
accounts, financing, margin, cash, marks, equity and its peak. For an account that converts: its balances, their
worths at the rates, and what rates contributed, but no peak.
"""
import json
import subprocess
import sys

ONE = 10 ** 9


def units(text):
    """A plain decimal as an integer in 10^-9."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return sign * (int(whole) * ONE + int((part + "0" * 9)[:9]))


def text(value):
    whole, part = divmod(abs(value), ONE)
    digits = ("%09d" % part).rstrip("0")
    return ("-" if value < 0 else "") + str(whole) + ("." + digits if digits else "")


def half_even(value, divisor):
    if divisor < 0:
        value, divisor = -value, -divisor
    quotient, rest = divmod(value, divisor)
    if 2 * rest > divisor or (2 * rest == divisor and quotient % 2):
        quotient += 1
    return quotient


def notional(price, quantity):
    return half_even(price * quantity, ONE)


class Position:
    def __init__(self):
        self.lots = []  # [quantity, cost, event that opened it]; the first two signed
        self.realised = self.fees = self.dividends = self.fills = 0

    @property
    def quantity(self):
        return sum(lot[0] for lot in self.lots)

    @property
    def cost(self):
        return sum(lot[1] for lot in self.lots)

    def fill(self, signed, price, fee, opening):
        self.fees += fee
        self.fills += 1
        paid = notional(price, signed)
        while signed and self.lots and (self.lots[0][0] < 0) != (signed < 0):
            quantity, cost, opened = self.lots[0]
            whole = abs(quantity) <= abs(signed)
            closed = quantity if whole else -signed
            basis = cost if whole else half_even(cost * closed, quantity)
            signed += closed
            part = notional(price, -closed) if signed else paid
            paid -= part
            self.realised -= part + basis
            if whole:
                self.lots.pop(0)
            else:
                self.lots[0] = [quantity - closed, cost - basis, opened]
        if signed:
            self.lots.append([signed, paid, opening])

    def split(self, numerator, denominator):
        before = after = orphaned = 0
        kept = []
        for quantity, cost, opened in self.lots:
            before += quantity
            end = half_even(before * numerator, denominator)
            if end == after:
                orphaned += cost
                continue
            kept.append([end - after, cost + orphaned, opened])
            orphaned, after = 0, end
        if kept:
            kept[-1][1] += orphaned
        else:
            self.realised -= orphaned
        self.lots = kept

    def release(self, units):
        """The oldest lots of so many units, which are taken out."""
        released = []
        while units:
            quantity, cost, opened = self.lots[0]
            if abs(quantity) > abs(units):
                part = half_even(cost * units, quantity)
                self.lots[0] = [quantity - units, cost - part, opened]
                quantity, cost = units, part
            else:
                self.lots.pop(0)
            released.append([quantity, cost, opened])
            units -= quantity
        return released

    def receive(self, lots):
        for quantity, cost, opened in lots:
            same = [lot for lot in self.lots if lot[2] == opened]
            if same:
                same[0][0] += quantity
                same[0][1] += cost
            else:
                self.lots.append([quantity, cost, opened])
        self.lots.sort(key=lambda lot: lot[2])


class Balance:
    """What an account has of a currency other than its own."""

    def __init__(self):
        self.amount = self.receivable = self.basis = self.gains = 0
        # Flows before the first rate: deposits, fees, dividends and gains.
        self.pending = [0, 0, 0, 0]
        self.charges = {"borrow": 0, "interest": 0, "funding": 0}
        # Worth beside amount x rate and holdings x rate, since a transfer and until the next rate.
        self.carried = [0, 0]


class Account:
    def __init__(self):
        self.cash = self.receivable = self.deposits = self.fees = self.dividends = self.peak = self.transfers = 0
        self.financing = {"borrow": 0, "interest": 0, "funding": 0}
        self.margin = None
        self.peak_at = "1970-01-01T00:00:00Z"
        self.currency, self.converts, self.balances = "", False, {}


class Books:
    def __init__(self):
        self.positions, self.accounts, self.marks, self.held = {}, {}, {}, {}
        # By position, in 10^-18: what it is worth beside quantity x mark until the next price.
        self.carried = {}
        self.rules = 1
        self.time = None
        self.currencies, self.sources, self.ever, self.coins = {}, [], [], set()
        # Dividends that are not paid, by the event that entered them.
        self.claims = {}

    def account(self, name):
        return self.accounts.setdefault(name, Account())

    def money(self, name):
        """Cash and what dividends will bring, in the account's currency."""
        return self.account(name).cash + self.account(name).receivable

    def worth(self, name):
        """What an account holds, in 10^-18."""
        return self.holdings(name, None) + ONE * sum(
            self.worths(name, currency)[part]
            for currency in self.account(name).balances for part in (0, 1))

    def holdings(self, name, currency):
        """The value of the instruments that a currency quotes, in 10^-18; None is the account's own."""
        return sum(position.quantity * self.marks.get(key[2], 0) + self.carried.get(key, 0)
                   for key, position in self.positions.items()
                   if key[0] == name and self.foreign(name, key[2]) == currency)

    def cost(self, name, currency):
        return sum(position.cost for key, position in self.positions.items()
                   if key[0] == name and self.foreign(name, key[2]) == currency)

    # Currencies.

    def foreign(self, name, symbol):
        """The currency of an instrument, if the account converts it."""
        account, currency = self.account(name), self.currencies.get(symbol)
        return currency if account.converts and currency not in (None, account.currency) else None

    def leg(self, base, quote):
        for source in self.sources:
            if source["via"]:
                continue
            if (source["base"], source["quote"]) == (base, quote):
                return source, source["inverse"]
            if (source["base"], source["quote"]) == (quote, base):
                return source, not source["inverse"]
        return None

    def rate(self, name, currency):
        """The rate into the account's currency as a fraction, or None."""
        own = self.account(name).currency
        path = [self.leg(currency, own)]
        if path == [None]:
            for source in self.sources:
                if source["via"] and {source["base"], source["quote"]} == {currency, own}:
                    path = [self.leg(currency, source["via"]), self.leg(source["via"], own)]
                    break
        numerator = denominator = 1
        for step in path:
            if step is None or not step[0]["rate"]:
                return None
            up, down = (ONE, step[0]["rate"]) if step[1] else (step[0]["rate"], ONE)
            numerator, denominator = numerator * up, denominator * down
        return numerator, denominator

    def worths(self, name, currency):
        """What the money and the holdings of a currency are worth, each rounded once."""
        rate, balance = self.rate(name, currency), self.account(name).balances[currency]
        if rate is None:
            return 0, 0
        return (half_even((balance.amount + balance.receivable) * rate[0], rate[1]) + balance.carried[0],
                half_even(self.holdings(name, currency) * rate[0], rate[1] * ONE) + balance.carried[1])

    def move(self, name, currency, amount, deposit=0, fee=0, dividend=0, gain=0, receivable=0):
        balance = self.account(name).balances.setdefault(currency, Balance())
        balance.amount += amount
        balance.receivable += receivable
        for place, flow in enumerate((deposit, fee, dividend, gain)):
            balance.pending[place] += flow
        self.count(name, currency)

    def count(self, name, currency):
        account, rate = self.account(name), self.rate(name, currency)
        if rate is None:
            return
        balance = account.balances[currency]
        deposit, fee, dividend, gain = (half_even(flow * rate[0], rate[1]) for flow in balance.pending)
        balance.pending = [0, 0, 0, 0]
        account.deposits += deposit
        account.fees += fee
        account.dividends += dividend
        balance.gains += gain
        balance.basis += deposit - fee + dividend
        for kind, charge in balance.charges.items():
            counted = half_even(charge * rate[0], rate[1])
            account.financing[kind] += counted
            balance.basis -= counted
            balance.charges[kind] = 0

    def count_all(self):
        """What follows a new rate."""
        for name, account in self.accounts.items():
            for currency, balance in account.balances.items():
                balance.carried = [0, 0]
                self.count(name, currency)

    def define_rate(self, event):
        if event["place"] == 0:
            self.sources = []
        source = {"base": event["base"], "quote": event["quote"], "symbol": event.get("symbol", ""),
                  "via": event["via"], "inverse": event["direction"] == "inverse"}
        # An entry that was dropped and is listed again has its last rate.
        known = [old for old in self.ever if all(old[key] == source[key] for key in source)]
        if not known:
            known = [dict(source, rate=0)]
            self.ever += known
        self.sources += known
        self.account(event["account"]).converts = True
        self.count_all()

    def convert(self, name, event):
        sold, bought = units(event["sold"]), units(event["bought"])
        sides = [(event["soldCurrency"], -sold), (event["boughtCurrency"], bought)]
        own, basis = self.account(name).currency, 0
        for currency, amount in sides:
            rate = (1, 1) if currency == own else None
            if rate:
                basis = abs(amount)
        if own not in (sides[0][0], sides[1][0]):
            for currency, amount in sides:
                rate = self.rate(name, currency)
                if rate:
                    basis = half_even(abs(amount) * rate[0], rate[1])
                    break
        for (currency, amount), cost in zip(sides, (-basis, basis)):
            if currency == own:
                self.account(name).cash += amount
            else:
                self.move(name, currency, amount)
                self.account(name).balances[currency].basis += cost

    # What goes from one account to another.

    def transfer_cash(self, event):
        amount, currency = units(event["amount"]), event["currency"]
        for name, moved in ((event["account"], -amount), (event["to"], amount)):
            if currency == self.account(name).currency:
                self.deposit(name, moved)
            else:
                self.shift(name, currency, moved)

    def transfer_position(self, event):
        symbol, value, signed = event["symbol"], units(event["value"]), units(event["quantity"])
        exact = signed * self.marks.get(symbol, 0)
        ends = [(event["account"], event["strategy"]), (event["to"], event["toStrategy"])]
        before = [self.account(name).cash * ONE + self.worth(name) for name, _ in ends]
        keys = [(name, strategy, symbol) for name, strategy in ends]
        worths = [tuple(self.worths(name, self.foreign(name, symbol))) if self.foreign(name, symbol)
                  in self.account(name).balances else (0, 0) for name, _ in ends]
        lots = self.positions[keys[0]].release(signed)
        self.positions.setdefault(keys[1], Position()).receive(lots)
        cost = sum(lot[1] for lot in lots)
        if cost != units(event["cost"]):
            fail("event %d: its lots cost %s" % (event["seq"], text(cost)))
        for place, sign in ((0, -1), (1, 1)):
            name, currency = ends[place][0], self.foreign(ends[place][0], symbol)
            account = self.account(name)
            if currency is None:
                self.carry(keys[place], sign * (value * ONE - exact))
                self.deposits_moved(name, before[place], sign * value)
                account.transfers -= sign * (value - cost)
                continue
            rate = self.rate(name, currency)
            balance = account.balances.setdefault(currency, Balance())
            worth, gone = (half_even(sign * part * rate[0], rate[1]) for part in (value, cost))
            balance.carried[1] = 0
            balance.carried[1] = worths[place][1] + worth - self.worths(name, currency)[1]
            balance.basis -= worth - gone
            account.transfers -= worth - gone
            self.move(name, currency, 0, deposit=sign * value)

    def shift(self, name, currency, amount):
        """Moves money of another currency, whose worth is rounded once."""
        rate, balance = self.rate(name, currency), self.account(name).balances.setdefault(currency, Balance())
        wanted = self.worths(name, currency)[0] + half_even(amount * rate[0], rate[1]) if rate else 0
        self.move(name, currency, amount, deposit=amount)
        if rate:
            balance.carried[0] = 0
            balance.carried[0] = wanted - self.worths(name, currency)[0]

    def charge(self, name, kind, event):
        """A borrow fee, interest or funding: positive is paid."""
        amount, currency = units(event["amount"]), event["currency"]
        if event["periods"]:
            computed = half_even(
                units(event["base"]) * units(event["rate"]) * event["periods"], ONE * event["perRate"])
            if computed != amount:
                fail("event %d: its terms give %s" % (event["seq"], text(computed)))
        account = self.account(name)
        if currency == account.currency:
            account.cash -= amount
            account.financing[kind] += amount
            return self.observe(name)
        account.balances.setdefault(currency, Balance()).charges[kind] += amount
        self.move(name, currency, -amount)

    def rounded(self, name):
        """The same in 10^-9. Since rules 2 equity is rounded as a whole, cash included."""
        cash = self.money(name)
        if self.rules < 2:
            return half_even(self.worth(name), ONE)
        return half_even(cash * ONE + self.worth(name), ONE) - cash

    def observe(self, name):
        account = self.account(name)
        now = self.money(name) * ONE + self.worth(name)
        if now > account.peak:
            account.peak, account.peak_at = now, self.time

    def mark(self, symbol, price):
        """A price that is more than half of the last one away from it waits for the next one; under rules 1
        for one near it."""
        def near(other):
            return price > 0 and other > 0 and 2 * abs(price - other) <= other
        last, held = self.marks.get(symbol, 0), self.held.get(symbol)
        confirms = held is not None and (self.rules >= 2 or near(held))
        if last > 0 and not near(last) and not confirms:
            self.held[symbol] = price
            return
        self.held.pop(symbol, None)
        self.carried = {key: value for key, value in self.carried.items() if key[2] != symbol}
        self.set_mark(symbol, price)

    def carry(self, key, value):
        self.carried[key] = self.carried.get(key, 0) + value

    def set_mark(self, symbol, price):
        self.marks[symbol] = price
        for source in self.ever:
            if source["symbol"] == symbol and price > 0:
                source["rate"] = price
                self.count_all()
        for name in {key[0] for key, position in self.positions.items()
                     if key[2] == symbol and position.quantity}:
            self.observe(name)

    def deposit(self, name, amount):
        before = self.account(name).cash * ONE + self.worth(name)
        self.account(name).cash += amount
        self.deposits_moved(name, before, amount)

    def deposits_moved(self, name, before, amount):
        """Keeps the peak's proportion to equity, which was `before` in 10^-18."""
        account = self.account(name)
        grown = before >= account.peak
        account.deposits += amount
        after = before + amount * ONE
        if before > 0 and after > 0:
            account.peak = -(-account.peak * after // before)
        else:
            account.peak = max(0, account.peak + amount * ONE)
        if grown:
            account.peak_at = self.time
        self.observe(name)

    def apply(self, event):
        kind, symbol, name = event["type"], event.get("symbol"), event.get("account")
        self.time = event["time"]
        if kind == "Bar":
            self.mark(symbol, units(event["close"]))
        elif kind == "Trade":
            self.mark(symbol, units(event["price"]))
        elif kind == "Quote":
            bid, ask = units(event["bid"]), units(event["ask"])
            if bid > 0 or ask > 0:
                self.mark(symbol, (bid + ask) // 2 if bid > 0 and ask > 0 else max(bid, ask))
        elif kind == "InstrumentDefined":
            self.currencies[symbol] = event["currency"]
            if event["kind"] == "crypto":
                self.coins.add(symbol)
        elif kind == "AccountDefined":
            self.account(event["name"]).currency = event["currency"]
        elif kind == "RateDefined":
            self.define_rate(event)
        elif kind == "RateObserved":
            for source in self.ever:
                if not source["symbol"] and not source["via"] and (
                        source["base"], source["quote"]) == (event["base"], event["quote"]):
                    source["rate"] = units(event["rate"])
            self.count_all()
        elif kind in ("BalanceDeposited", "BalanceWithdrawn"):
            amount = units(event["amount"]) * (1 if kind == "BalanceDeposited" else -1)
            if event["currency"] == self.account(name).currency:
                self.deposit(name, amount)
            else:
                self.move(name, event["currency"], amount, deposit=amount)
        elif kind == "BalanceCharged":
            amount = units(event["amount"])
            if event["currency"] == self.account(name).currency:
                self.account(name).cash -= amount
                self.account(name).fees += amount
            else:
                self.move(name, event["currency"], -amount, fee=amount)
        elif kind == "CashTransferred":
            self.transfer_cash(event)
        elif kind == "PositionTransferred":
            self.transfer_position(event)
        elif kind in ("BorrowCharged", "InterestCharged", "FundingCharged"):
            self.charge(name, kind[:-len("Charged")].lower(), event)
        elif kind == "MarginDefined":
            self.account(name).margin = {
                key: event[key] if key == "kind" else units(event[key])
                for key in ("kind", "initialLong", "initialShort", "maintenanceLong",
                            "maintenanceShort", "maxLeverage", "minimumEquity")}
        elif kind == "BalanceConverted":
            self.convert(name, event)
        elif kind == "CashDeposited":
            self.deposit(name, units(event["amount"]))
        elif kind == "CashWithdrawn":
            self.deposit(name, -units(event["amount"]))
        elif kind == "PeakRebased":
            account = self.account(name)
            account.peak = max(0, self.money(name) * ONE + self.worth(name))
            account.peak_at = self.time
        elif kind == "FeeCharged" and self.foreign(name, symbol):
            amount = units(event["amount"])
            self.move(name, self.foreign(name, symbol), -amount, fee=amount)
        elif kind == "FeeCharged":
            self.account(name).cash -= units(event["amount"])
            self.account(name).fees += units(event["amount"])
            self.observe(name)
        elif kind == "RulesDeclared":
            self.rules = max(self.rules, event["rules"])
        elif kind in ("DividendDeclared", "DividendScheduled") and self.rules >= 2 and self.marks.get(symbol):
            per_unit = units(event["perUnit"])
            for key, position in self.positions.items():
                if key[2] == symbol:
                    self.carry(key, position.quantity * per_unit)
            self.marks[symbol] -= per_unit
        elif kind == "DividendPaid":
            amount = units(event["amount"])
            if self.rules >= 2 and "cause" in event:
                self.carry((name, event["strategy"], symbol), -amount * ONE)
            self.position(event).dividends += amount
            if self.foreign(name, symbol):
                return self.move(name, self.foreign(name, symbol), amount, dividend=amount)
            self.account(name).cash += amount
            self.account(name).dividends += amount
            self.observe(name)
        elif kind == "DividendAccrued":
            if self.rules >= 2:
                self.carry((name, event["strategy"], symbol), -units(event["amount"]) * ONE)
            self.claims[event["seq"]] = units(event["amount"])
            self.accrue(event, name)
        elif kind == "DividendSettled":
            amount = self.claims.pop(event["accrual"])
            if amount != units(event["amount"]):
                fail("event %s pays %s of a claim to %s" % (event["seq"], event["amount"], text(amount)))
            if self.foreign(name, symbol):
                return self.move(name, self.foreign(name, symbol), amount, receivable=-amount)
            self.account(name).receivable -= amount
            self.account(name).cash += amount
            self.observe(name)
        elif kind == "DividendCorrected":
            self.correct(event, name)
        elif kind == "OrderFilled":
            self.fill(event)
        elif kind == "SplitApplied":
            self.split(symbol, event["numerator"], event["denominator"])

    def accrue(self, event, name):
        """A dividend that is paid later."""
        amount = units(event["amount"])
        self.position(event).dividends += amount
        if self.foreign(name, event["symbol"]):
            return self.move(
                name, self.foreign(name, event["symbol"]), 0, dividend=amount, receivable=amount)
        self.account(name).receivable += amount
        self.account(name).dividends += amount
        self.observe(name)

    def correct(self, event, name):
        amount, waits = units(event["amount"]), event["corrected"] in self.claims
        if waits or not event["payable"].startswith("1970-01-01T00:00:00"):
            key = event["corrected"] if waits else event["seq"]
            self.claims[key] = self.claims.get(key, 0) + amount
            return self.accrue(event, name)
        self.position(event).dividends += amount
        if self.foreign(name, event["symbol"]):
            return self.move(name, self.foreign(name, event["symbol"]), amount, dividend=amount)
        self.account(name).cash += amount
        self.account(name).dividends += amount
        self.observe(name)

    def position(self, event):
        key = (event["account"], event["strategy"], event["symbol"])
        return self.positions.setdefault(key, Position())

    def fill(self, event):
        account, price, fee = self.account(event["account"]), units(event["price"]), units(event["fee"])
        signed = units(event["quantity"]) * (1 if event["side"] == "buy" else -1)
        if not self.marks.get(event["symbol"]):
            self.mark(event["symbol"], price)
        before = self.position(event).realised
        self.position(event).fill(signed, price, fee, event["seq"])
        currency = self.foreign(event["account"], event["symbol"])
        if currency:
            return self.move(
                event["account"], currency, -notional(price, signed) - fee, fee=fee,
                gain=self.position(event).realised - before)
        account.cash -= notional(price, signed) + fee
        account.fees += fee
        self.observe(event["account"])

    def split(self, symbol, numerator, denominator):
        def price(old):
            return half_even(old * denominator, numerator)
        mark = self.marks.get(symbol, 0)
        for key, position in self.positions.items():
            if key[2] == symbol:
                before, realised = position.quantity * mark, position.realised
                position.split(numerator, denominator)
                currency = self.foreign(key[0], symbol)
                if currency:
                    self.move(key[0], currency, 0, gain=position.realised - realised)
                if self.rules >= 2:
                    self.carry(key, before - position.quantity * price(mark))
        if self.rules < 2:
            self.held.pop(symbol, None)
        elif symbol in self.held:
            self.held[symbol] = price(self.held[symbol])
        if symbol in self.marks:
            self.set_mark(symbol, price(mark))

    # What the program prints, from these books.

    def position_rows(self):
        rows = {}
        for key, position in self.positions.items():
            quantity, cost, mark = position.quantity, position.cost, self.marks.get(key[2], 0)
            value = notional(mark, quantity)
            average = text(half_even(cost * ONE, quantity)) if quantity else None
            rows[key] = {
                "quantity": text(quantity), "average_cost": average, "cost": text(cost),
                "mark": text(mark), "value": text(value), "unrealised": text(value - cost),
                "realised": text(position.realised), "dividends": text(position.dividends),
                "fees": text(position.fees), "fills": position.fills,
            }
        return rows

    def profit_rows(self):
        rows = {}
        for name, account in self.accounts.items():
            mine = [p for key, p in self.positions.items()
                    if key[0] == name and not self.foreign(name, key[2])]
            worth = self.rounded(name)
            realised = sum(p.realised for p in mine)
            unrealised = worth - sum(p.cost for p in mine)
            rates = 0
            for currency, balance in account.balances.items():
                rate, (money, holdings) = self.rate(name, currency), self.worths(name, currency)
                cost = half_even(self.cost(name, currency) * rate[0], rate[1]) if rate else 0
                realised += balance.gains
                unrealised -= money + cost
                rates += money + cost - balance.basis - balance.gains
            net = realised + unrealised + account.dividends - account.fees + rates + account.transfers
            net -= sum(account.financing.values())
            if net != self.money(name) + worth - account.deposits:
                fail("the parts of %s's profit do not add up: %s" % (name, text(net)))
            rows[name] = {
                "realised": text(realised), "unrealised": text(unrealised),
                "dividends": text(account.dividends), "fees": text(account.fees),
                "net": text(net), "equity": text(self.money(name) + worth),
                "net_deposits": text(account.deposits),
            }
            if account.converts:
                rows[name]["rates"] = text(rates)
            if any(other.transfers for other in self.accounts.values()):
                rows[name]["transfers"] = text(account.transfers)
            for kind in account.financing:
                if any(other.financing[kind] for other in self.accounts.values()):
                    rows[name][kind] = text(account.financing[kind])
        return rows

    def equity_rows(self):
        rows = {}
        for name, account in self.accounts.items():
            worth = self.rounded(name)
            rows[name] = {
                "cash": text(account.cash), "market_value": text(worth),
                "equity": text(self.money(name) + worth), "net_deposits": text(account.deposits),
            }
            if not account.converts:
                rows[name].update(peak=text(half_even(account.peak, ONE)), peak_at=account.peak_at)
        return rows

    def margin_rows(self):
        """What each account must own of its positions, rounded up, and what it may still buy."""
        def up(value, divisor):
            return -(-value // divisor)
        rows = {}
        for name, account in self.accounts.items():
            terms = account.margin
            if terms is None:
                continue
            equity = self.money(name) + self.rounded(name)
            lends = terms["kind"] == "margin" and equity >= terms["minimumEquity"]
            sides, initial, maintenance = {True: 0, False: 0}, 0, 0
            for symbol in {key[2] for key in self.positions}:
                net = sum(p.quantity for key, p in self.positions.items() if (key[0], key[2]) == (name, symbol))
                currency, mark = self.foreign(name, symbol), self.marks.get(symbol, 0)
                rate = self.rate(name, currency) if currency else (1, 1)
                if not net:
                    continue
                value, low, high = (up(abs(net) * price * rate[0], rate[1] * ONE)
                                    for price in (mark, 5 * ONE // 2, 5 * ONE))
                sides[net > 0] += value
                first, held = value, 0
                if terms["kind"] == "margin" and symbol in self.coins:
                    held = value
                elif terms["kind"] == "margin":
                    side = "Long" if net > 0 else "Short"
                    held = up(terms["maintenance" + side] * value, ONE)
                    if net > 0 and mark < 5 * ONE // 2:
                        held = value
                    if net < 0:
                        held = max(value, low) if mark < 5 * ONE else max(held, high)
                    first = max(up(terms["initial" + side] * value, ONE) if lends else value, held)
                initial, maintenance = initial + first, maintenance + held
            power = max(equity - initial, 0) * ONE // (terms["initialLong"] if lends else ONE)
            if terms["maxLeverage"]:
                most = max(equity, 0) * terms["maxLeverage"] // ONE
                power = min(power, max(most - sum(sides.values()), 0))
            rows[name] = {
                "equity": text(equity), "long": text(sides[True]), "short": text(sides[False]),
                "initial": text(initial), "maintenance": text(maintenance),
                "excess": text(equity - maintenance), "buying_power": text(power)}
        return rows

    def balance_rows(self):
        rows = {}
        for name, account in self.accounts.items():
            rows[(name, account.currency)] = {
                "balance": text(account.cash), "worth": text(self.money(name))}
            for currency, balance in account.balances.items():
                money, holdings = self.worths(name, currency)
                rows[(name, currency)] = {
                    "balance": text(balance.amount), "worth": text(money),
                    "holdings_worth": text(holdings)}
        return rows


def fail(message):
    print(message)
    sys.exit(1)


def compare(what, ours, theirs):
    if sorted(ours) != sorted(theirs):
        fail("%s: the events give rows %s, the program prints %s"
             % (what, sorted(ours), sorted(theirs)))
    for key in sorted(ours):
        for column, value in ours[key].items():
            if theirs[key][column] != value:
                fail("%s of %s: %s is %s by the events, %s by the program"
                     % (what, key, column, value, theirs[key][column]))


def project(program, journal, *arguments):
    command = [program, "project", *arguments, "--journal", journal, "--format", "json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main(arguments):
    if not 1 <= len(arguments) <= 2 or arguments[0] in ("-h", "--help"):
        print(__doc__, file=sys.stderr)
        return 2
    journal, program = arguments[0], (arguments + ["ledger"])[1]
    books, events = Books(), 0
    command = [program, "tail", "--journal", journal, "--all", "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tail:
        for line in tail.stdout:
            events += 1
            books.apply(json.loads(line))
    if tail.returncode:
        return 2
    rows = project(program, journal, "positions", "--all")
    compare("positions", books.position_rows(),
            # "#0" is no strategy.
            {(row["account"], row["strategy"].replace("#0", ""), row["symbol"]): row for row in rows})
    rows = project(program, journal, "pnl")
    compare("profit", books.profit_rows(),
            {row["account"]: row for row in rows if row["span"] == "total"})
    rows = project(program, journal, "equity")
    # Other rows are sums of accounts.
    compare("equity", books.equity_rows(),
            {row["account"]: row for row in rows if row["account"] in books.accounts})
    rows = project(program, journal, "balances")
    compare("balances", books.balance_rows(),
            {(row["account"], row["currency"]): row for row in rows})
    if any(account.margin for account in books.accounts.values()):
        rows = project(program, journal, "margin")
        compare("margin", books.margin_rows(), {row["account"]: row for row in rows})
    fills = sum(position.fills for position in books.positions.values())
    print("the same: %d events, %d fills, %d positions, %d accounts"
          % (events, fills, len(books.positions), len(books.accounts)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
