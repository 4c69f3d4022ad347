#!/usr/bin/env python3
"""Usage: tools/recount.py JOURNAL [LEDGER] - exits with 0 when all agree, else with 1 and the first difference

Recounts a journal from its events alone, in exact integers, and compares with `ledger project`.
It uses only the program's output: `ledger tail --all --format jsonl` prints the events, from which it
recomputes FIFO lots, cost, realised profit, fees, dividends, splits, cash, marks, equity and its peak.
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
        self.lots = []  # [quantity, cost], both signed
        self.realised = self.fees = self.dividends = self.fills = 0

    @property
    def quantity(self):
        return sum(lot[0] for lot in self.lots)

    @property
    def cost(self):
        return sum(lot[1] for lot in self.lots)

    def fill(self, signed, price, fee):
        self.fees += fee
        self.fills += 1
        paid = notional(price, signed)
        while signed and self.lots and (self.lots[0][0] < 0) != (signed < 0):
            quantity, cost = self.lots[0]
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
                self.lots[0] = [quantity - closed, cost - basis]
        if signed:
            self.lots.append([signed, paid])

    def split(self, numerator, denominator):
        before = after = orphaned = 0
        kept = []
        for quantity, cost in self.lots:
            before += quantity
            end = half_even(before * numerator, denominator)
            if end == after:
                orphaned += cost
                continue
            kept.append([end - after, cost + orphaned])
            orphaned, after = 0, end
        if kept:
            kept[-1][1] += orphaned
        else:
            self.realised -= orphaned
        self.lots = kept


class Account:
    def __init__(self):
        self.cash = self.deposits = self.fees = self.dividends = self.peak = 0
        self.peak_at = "1970-01-01T00:00:00Z"


class Books:
    def __init__(self):
        self.positions, self.accounts, self.marks, self.held = {}, {}, {}, {}
        # By position, in 10^-18: what it is worth beside quantity x mark until the next price.
        self.carried = {}
        self.rules = 1
        self.time = None

    def account(self, name):
        return self.accounts.setdefault(name, Account())

    def worth(self, name):
        """What an account holds, in 10^-18."""
        return sum(position.quantity * self.marks.get(key[2], 0) + self.carried.get(key, 0)
                   for key, position in self.positions.items() if key[0] == name)

    def rounded(self, name):
        """The same in 10^-9. Since rules 2 equity is rounded as a whole, cash included."""
        cash = self.account(name).cash
        if self.rules < 2:
            return half_even(self.worth(name), ONE)
        return half_even(cash * ONE + self.worth(name), ONE) - cash

    def observe(self, name):
        account = self.account(name)
        now = account.cash * ONE + self.worth(name)
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
        for name in {key[0] for key, position in self.positions.items()
                     if key[2] == symbol and position.quantity}:
            self.observe(name)

    def deposit(self, name, amount):
        account = self.account(name)
        before = account.cash * ONE + self.worth(name)
        grown = before >= account.peak
        account.cash += amount
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
        elif kind == "CashDeposited":
            self.deposit(name, units(event["amount"]))
        elif kind == "CashWithdrawn":
            self.deposit(name, -units(event["amount"]))
        elif kind == "PeakRebased":
            account = self.account(name)
            account.peak = max(0, account.cash * ONE + self.worth(name))
            account.peak_at = self.time
        elif kind == "FeeCharged":
            self.account(name).cash -= units(event["amount"])
            self.account(name).fees += units(event["amount"])
            self.observe(name)
        elif kind == "RulesDeclared":
            self.rules = max(self.rules, event["rules"])
        elif kind == "DividendDeclared" and self.rules >= 2 and self.marks.get(symbol):
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
            self.account(name).cash += amount
            self.account(name).dividends += amount
            self.observe(name)
        elif kind == "OrderFilled":
            self.fill(event)
        elif kind == "SplitApplied":
            self.split(symbol, event["numerator"], event["denominator"])

    def position(self, event):
        key = (event["account"], event["strategy"], event["symbol"])
        return self.positions.setdefault(key, Position())

    def fill(self, event):
        account, price, fee = self.account(event["account"]), units(event["price"]), units(event["fee"])
        signed = units(event["quantity"]) * (1 if event["side"] == "buy" else -1)
        if not self.marks.get(event["symbol"]):
            self.mark(event["symbol"], price)
        self.position(event).fill(signed, price, fee)
        account.cash -= notional(price, signed) + fee
        account.fees += fee
        self.observe(event["account"])

    def split(self, symbol, numerator, denominator):
        def price(old):
            return half_even(old * denominator, numerator)
        mark = self.marks.get(symbol, 0)
        for key, position in self.positions.items():
            if key[2] == symbol:
                before = position.quantity * mark
                position.split(numerator, denominator)
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
            mine = [p for key, p in self.positions.items() if key[0] == name]
            worth = self.rounded(name)
            realised = sum(p.realised for p in mine)
            unrealised = worth - sum(p.cost for p in mine)
            net = realised + unrealised + account.dividends - account.fees
            if net != account.cash + worth - account.deposits:
                fail("the parts of %s's profit do not add up: %s" % (name, text(net)))
            rows[name] = {
                "realised": text(realised), "unrealised": text(unrealised),
                "dividends": text(account.dividends), "fees": text(account.fees),
                "net": text(net), "equity": text(account.cash + worth),
                "net_deposits": text(account.deposits),
            }
        return rows

    def equity_rows(self):
        rows = {}
        for name, account in self.accounts.items():
            worth = self.rounded(name)
            rows[name] = {
                "cash": text(account.cash), "market_value": text(worth),
                "equity": text(account.cash + worth), "peak": text(half_even(account.peak, ONE)),
                "peak_at": account.peak_at, "net_deposits": text(account.deposits),
            }
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
            {(row["account"], row["strategy"], row["symbol"]): row for row in rows})
    rows = project(program, journal, "pnl")
    compare("profit", books.profit_rows(),
            {row["account"]: row for row in rows if row["span"] == "total"})
    rows = project(program, journal, "equity")
    compare("equity", books.equity_rows(), {row["account"]: row for row in rows})
    fills = sum(position.fills for position in books.positions.values())
    print("the same: %d events, %d fills, %d positions, %d accounts"
          % (events, fills, len(books.positions), len(books.accounts)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
