#!/usr/bin/env python3
"""Usage: tools/python tools/check_metrics.py CURVE.csv METRICS.csv

Computes the ratios of an account's daily returns with quantstats and empyrical, and compares them
with the ledger's:

    ledger project equity --curve --format csv > CURVE.csv
    ledger project equity --metrics --format csv > METRICS.csv

Prints "the same: N figures", or each difference of more than 1e-9. Opens no connection: a package
that tries to is an error.
"""

import csv
import math
import socket
import sys


def refuse(*_):
    raise RuntimeError("a package tried to reach the network")


socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse

import empyrical  # noqa: E402
import pandas  # noqa: E402
import quantstats.stats as quantstats  # noqa: E402


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures(returns, a_year):
    """The first day is the base, so there is one return less than there are days."""
    return {
        "total_return": [quantstats.comp(returns), empyrical.cum_returns_final(returns)],
        "growth_a_year": [
            quantstats.cagr(returns, periods=a_year),
            empyrical.annual_return(returns, annualization=a_year),
        ],
        "volatility_a_year": [
            quantstats.volatility(returns, periods=a_year),
            empyrical.annual_volatility(returns, annualization=a_year),
        ],
        "sharpe": [
            quantstats.sharpe(returns, periods=a_year),
            empyrical.sharpe_ratio(returns, annualization=a_year),
        ],
        "largest_daily_drawdown": [
            quantstats.max_drawdown(returns),
            empyrical.max_drawdown(returns),
        ],
    }


def main(curve, metrics):
    compared, wrong = 0, 0
    for ours in rows(metrics):
        days = [row for row in rows(curve) if row["account"] == ours["account"]]
        equity = pandas.Series(
            [float(row["equity"]) for row in days],
            index=pandas.to_datetime([row["day"] for row in days]),
        )
        returns = equity.pct_change().dropna()
        # Both packages suppose 252 days a year; ours counts them.
        for name, theirs in figures(returns, float(ours["returns_a_year"])).items():
            for value in theirs:
                compared += 1
                if not math.isclose(float(ours[name]), float(value), rel_tol=1e-9, abs_tol=1e-9):
                    wrong += 1
                    print(f"{ours['account']} {name}: {ours[name]} is not {value}")
    if compared == 0:
        print("there is nothing to compare")
        return 2
    if wrong == 0:
        print(f"the same: {compared} figures")
    return min(wrong, 1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
