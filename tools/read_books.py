#!/usr/bin/env python3
"""Usage: tools/read_books.py FILE - prints what Beancount computes from a file; needs the package beancount

Prints lines with tabs between the fields, and exits with 1 and the errors when Beancount has any:

    lot      account  commodity  units  unit cost  currency  day  label    each open lot
    balance  account  number  currency                                     money of an account
    gain     account  number  fills                                        gains from the prices alone

A gain is recomputed from the units sold, their price and their cost, including the rounding accounts; the
amounts of the income accounts are not read. Each fill may differ by half of the last decimal of the amount
paid, 10^-9.
"""
import sys
from fractions import Fraction

from beancount import loader
from beancount.core import data, inventory


def plain(number):
    """A decimal without an exponent and without trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def gains(entry):
    """For each account of gains that the transaction touches: the gain, and 1 where it has a price."""
    found = {}
    if entry.narration == "opening balances":
        return found

    def add(account, number, fills):
        parts = account.split(":")
        parts[0], parts[2] = "Income", "Realised"
        before, count = found.get(":".join(parts), (Fraction(0), 0))
        found[":".join(parts)] = before + number, max(count, fills)

    for posting in entry.postings:
        units = Fraction(posting.units.number)
        if posting.cost is not None:
            price = posting.price.number if posting.price else 0
            worth = units * (Fraction(posting.cost.number) - Fraction(price))
            add(posting.account, worth, 1 if posting.price else 0)
        elif posting.account.endswith(":Rounding"):
            add(posting.account[: -len(":Rounding")], units, 0)
    return found


def main():
    entries, errors, _ = loader.load_file(sys.argv[1])
    for error in errors:
        print("%s:%s: %s" % (error.source["filename"], error.source["lineno"], error.message))
    if errors:
        sys.exit(1)
    balances, sums = {}, {}
    for entry in data.filter_txns(entries):
        for posting in entry.postings:
            balances.setdefault(posting.account, inventory.Inventory()).add_position(posting)
        for account, (number, fills) in gains(entry).items():
            total, count = sums.get(account, (0, 0))
            sums[account] = total + number, count + fills
    for account, held in sorted(balances.items()):
        for position in held:
            units, cost = position.units, position.cost
            if cost is None:
                print("balance", account, plain(units.number), units.currency, sep="\t")
            else:
                print("lot", account, units.currency, plain(units.number), plain(cost.number),
                      cost.currency, cost.date, cost.label, sep="\t")
    for account, (total, fills) in sorted(sums.items()):
        # Prices and units have nine decimals each.
        whole = total * 10 ** 18
        assert whole.denominator == 1
        sign = "-" if whole < 0 else ""
        digits = "%019d" % abs(whole)
        print("gain", account, "%s%s.%s" % (sign, digits[:-18], digits[-18:]), fills, sep="\t")


if __name__ == "__main__":
    main()
