#!/usr/bin/env python3
"""Usage: tools/recount.py LEDGER JOURNAL - counts a journal again, from its JSON lines alone

Reads `LEDGER tail --all --format jsonl --journal JOURNAL` and computes positions (first in, first out),
cash, fees, dividends, equity, its peak and profit in its own integers of 10^-9, then compares them with
`LEDGER project positions|equity|pnl --format json`. Exit code 1 names the first difference.
"""
import json
import subprocess
import sys
from collections import deque

ONE = 10 ** 9


def number(text):
    """A decimal with at most nine places as an integer of 10^-9."""
    negative = text.startswith("-")
    whole, _, fraction = text.lstrip("-").partition(".")
    value = int(whole) * ONE + int((fraction + "000000000")[:9])
    return -value if negative else value


def shown(value):
    whole, fraction = divmod(abs(value), ONE)
    text = "%d.%09d" % (whole, fraction)
    text = text.rstrip("0").rstrip(".")
    return "-" + text if value < 0 else text


def half_even(value, divisor):
    quotient, rest = divmod(abs(value), divisor)
    if rest * 2 > divisor or (rest * 2 == divisor and quotient % 2):
        quotient += 1
    return -quotient if value < 0 else quotient


class Position:
    def __init__(self):
        self.lots, self.realised, self.fees, self.dividends, self.fills = deque(), 0, 0, 0, 0

    @property
    def quantity(self):
        return sum(lot[0] for lot in self.lots)

    @property
    def cost(self):
        return sum(lot[1] for lot in self.lots)

    def fill(self, signed, price):
        """Cash is rounded once a fill: the last part takes what the other parts leave."""
        self.fills += 1
        paid = half_even(signed * price, ONE)
        while signed and self.lots and (self.lots[0][0] < 0) != (signed < 0):
            lot = self.lots[0]
            closed = lot[0] if abs(lot[0]) <= abs(signed) else -signed
            basis = lot[1] if closed == lot[0] else half_even(lot[1] * abs(closed), abs(lot[0]))
            signed += closed
            part = paid if signed == 0 else half_even(-closed * price, ONE)
            paid -= part
            self.realised -= part + basis
            if closed == lot[0]:
                self.lots.popleft()
            else:
                lot[0] -= closed
                lot[1] -= basis
        if signed:
            self.lots.append([signed, paid])


class Books:
    def __init__(self):
        self.positions, self.cash, self.deposits, self.fees, self.dividends = {}, {}, {}, {}, {}
        self.marks, self.peak, self.held = {}, {}, {}

    def account(self, event):
        name = event["account"]
        if name not in self.cash:
            self.cash[name] = self.deposits[name] = self.fees[name] = self.dividends[name] = self.peak[name] = 0
        return name

    def position(self, event):
        return self.positions.setdefault((event["account"], event.get("strategy", ""), event["symbol"]), Position())

    def equity(self, account):
        """In 10^-18, as marks times quantities are."""
        worth = sum(q * self.marks.get(symbol, 0) for (owner, symbol), q in self.held.items() if owner == account)
        return self.cash[account] * ONE + worth

    def see(self, account):
        self.peak[account] = max(self.peak[account], self.equity(account))

    def mark(self, symbol, price):
        self.marks[symbol] = price
        for account in self.cash:
            if self.held.get((account, symbol)):
                self.see(account)

    def take(self, e):
        kind = e["type"]
        if kind == "Bar":
            self.mark(e["symbol"], number(e["close"]))
        elif kind == "Trade":
            self.mark(e["symbol"], number(e["price"]))
        elif kind == "Quote":
            sides = [p for p in (number(e["bid"]), number(e["ask"])) if p > 0]
            if sides:
                self.mark(e["symbol"], sum(sides) // len(sides))
        elif kind == "OrderFilled":
            self.fill(e)
        elif kind == "SplitApplied":
            self.split(e)
        elif kind in ("CashDeposited", "CashWithdrawn"):
            a, amount = self.account(e), number(e["amount"]) * (1 if kind == "CashDeposited" else -1)
            self.cash[a] += amount
            self.deposits[a] += amount
            self.peak[a] = max(0, self.peak[a] + amount * ONE)
            self.see(a)
        elif kind == "FeeCharged":
            a, amount = self.account(e), number(e["amount"])
            self.cash[a] -= amount
            self.fees[a] += amount
            self.see(a)
        elif kind == "DividendPaid":
            a, amount = self.account(e), number(e["amount"])
            self.cash[a] += amount
            self.dividends[a] += amount
            self.position(e).dividends += amount
            self.see(a)

    def fill(self, e):
        a, price, fee = self.account(e), number(e["price"]), number(e["fee"])
        signed = number(e["quantity"]) * (1 if e["side"] == "buy" else -1)
        position = self.position(e)
        position.fill(signed, price)
        position.fees += fee
        self.cash[a] -= half_even(signed * price, ONE) + fee
        self.fees[a] += fee
        self.marks.setdefault(e["symbol"], price)
        key = (a, e["symbol"])
        self.held[key] = self.held.get(key, 0) + signed
        self.see(a)

    def split(self, e):
        symbol, over, under = e["symbol"], e["numerator"], e["denominator"]
        for (account, _, name), position in self.positions.items():
            if name == symbol:
                for lot in position.lots:
                    lot[0] = half_even(lot[0] * over, under)
        for key in self.held:
            if key[1] == symbol:
                self.held[key] = sum(p.quantity for (a, _, n), p in self.positions.items() if (a, n) == key)
        if symbol in self.marks:
            self.marks[symbol] = half_even(self.marks[symbol] * under, over)


def run(program, *arguments):
    return json.loads(subprocess.run([program, *arguments], stdout=subprocess.PIPE, check=True).stdout)


def compare(what, ours, theirs):
    if shown(ours) != theirs:
        print("%s: recounted %s, the ledger says %s" % (what, shown(ours), theirs))
        sys.exit(1)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, journal = sys.argv[1:]
    books, events = Books(), 0
    tail = subprocess.Popen([program, "tail", "--all", "--format", "jsonl", "--journal", journal], stdout=subprocess.PIPE)
    for line in tail.stdout:
        books.take(json.loads(line))
        events += 1
    if tail.wait():
        sys.exit("%s tail failed" % program)

    figures = 0
    rows = run(program, "project", "positions", "--all", "--format", "json", "--journal", journal)
    known = {(r["account"], r["strategy"], r["symbol"]): r for r in rows}
    if set(known) != set(books.positions):
        sys.exit("positions: recounted %s, the ledger has %s" % (sorted(books.positions), sorted(known)))
    for key, p in sorted(books.positions.items()):
        for name in ("quantity", "cost", "realised", "dividends", "fees"):
            compare("%s of %s" % (name, "/".join(key)), getattr(p, name), known[key][name])
            figures += 1
        compare("fills of %s" % "/".join(key), p.fills * ONE, str(known[key]["fills"]))
    for row in run(program, "project", "equity", "--format", "json", "--journal", journal):
        a = row["account"]
        equity = half_even(books.equity(a), ONE)
        for name, value in (("cash", books.cash[a]), ("equity", equity), ("peak", half_even(books.peak[a], ONE)),
                            ("net_deposits", books.deposits[a])):
            compare("%s of %s" % (name, a), value, row[name])
            figures += 1
    for row in run(program, "project", "pnl", "--format", "json", "--journal", journal):
        if row["span"] != "total":
            continue
        a = row["account"]
        mine = [p for (owner, _, _), p in books.positions.items() if owner == a]
        realised, cost = sum(p.realised for p in mine), sum(p.cost for p in mine)
        equity = half_even(books.equity(a), ONE)
        unrealised = equity - books.cash[a] - cost
        net = realised + unrealised + books.dividends[a] - books.fees[a]
        for name, value in (("realised", realised), ("unrealised", unrealised), ("dividends", books.dividends[a]),
                            ("fees", books.fees[a]), ("net", net)):
            compare("%s of %s" % (name, a), value, row[name])
            figures += 1
        if net != equity - books.deposits[a]:
            sys.exit("net profit of %s is not equity less deposits" % a)
    print("recounted %d events: %d figures agree" % (events, figures))


main()
