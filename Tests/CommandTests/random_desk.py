"""Usage: random_desk.py SEED - writes data, settings and run.sh of a random desk into the current directory

The desk has 1 to 20 accounts in up to four currencies. run.sh runs a back-test, records deposits, withdrawals,
fees, conversions, rates, financing and transfers between accounts, and continues the back-test with the rest of the data.
"""
import random
import sys

random.seed(int(sys.argv[1]))
DAYS = ["%04d-%02d-%02d" % (2020 + m // 12, m % 12 + 1, d) for m in range(10) for d in range(1, 28)]
CURRENCIES = ["USD", "EUR", "GBP", "BTC"]
SHARES = [("A", "USD", 50.0), ("B", "EUR", 9.0), ("C", "BTC", 0.031), ("D", "GBP", 120.0), ("E", "USD", 7.7)]
RATES = [("EUR", "USD", 1.1), ("BTC", "USD", 21000.0), ("EUR", "GBP", 0.87)]


def table(name, header, rows, part):
    with open(name, "w") as file:
        print(header, file=file)
        for row in rows[:part]:
            print(row, file=file)


HALF = len(DAYS) // 2
files = []
for symbol, _, price in SHARES:
    rows = []
    for day in DAYS:
        old, price = price, price * random.uniform(0.94, 1.065)
        rows.append("%s,%.9f,%.9f,%.9f,%.9f,1000000" % (
            day, old, max(old, price), min(old, price), price))
    files.append((symbol + ".csv", "time,open,high,low,close,volume", rows))
for base, quote, rate in RATES:
    rows = []
    for day in DAYS:
        rate *= random.uniform(0.97, 1.031)
        rows.append("%s,%.9f" % (day, rate))
    files.append((base + quote + ".csv", "time,rate", rows))
for name, header, rows in files:
    table(name, header, rows, HALF)
    table("all-" + name, header, rows, len(rows))
table("actions.csv", "Symbol,Date,Action,Value", ["A,2020-03-05,split,2:1", "D,2020-04-07,dividend,1.5"], 2)

accounts = []
for number in range(random.randint(1, 20)):
    others = random.sample(CURRENCIES[1:], random.randint(0, 3))
    accounts.append({
        "name": "account%d" % number, "cash": random.choice(["10000", "2500.123456789", "77777.7"]),
        "balances": ",".join("%s=%s" % (c, random.choice(["900.5", "0.75", "12000"])) for c in others),
        "short": random.choice(["true", "false"]), "held": ["USD"] + others,
        "financing": random.choice([
            "", ", financing: {borrow_rate: 0.0325, debit_rate: 0.07, credit_rate: 0.01}",
            ", financing: {credit_rate: 0.0133, day_count: 365, funding_rate: -0.00013, "
            "funding_hours: 4, funding_symbols: 'A,C'}"]),
        "margin": random.choice([
            "", ", margin: {type: margin}",
            ", margin: {type: margin, initial_long: 0.4, maintenance_short: 0.45, max_leverage: 1.3}"]),
    })
for account in accounts:
    if account["margin"] == "" and account["short"] == "false":
        account["margin"] = random.choice(["", ", margin: {type: cash}"])
with open("x.yaml", "w") as file:
    print("rates:", file=file)
    for base, quote, _ in RATES:
        print("  - {from: %s, to: %s, path: %s%s.csv}" % (base, quote, base, quote), file=file)
    print("  - {from: GBP, to: USD, via: EUR}", file=file)
    print("venues:\n  - {name: here, kind: simulated, fee_basis_points: 7.7, slippage_basis_points: 3}",
          file=file)
    print("accounts:", file=file)
    for account in accounts:
        print('  - {name: %(name)s, venue: here, cash: "%(cash)s", balances: "%(balances)s", '
              'allow_short: %(short)s%(financing)s%(margin)s}' % account, file=file)
    print("data:", file=file)
    for symbol, currency, _ in SHARES:
        print("  - {path: %s.csv, symbol: %s, currency: %s, tick: 0.000000001, lot: 0.001, "
              "interval: 86400}" % (symbol, symbol, currency), file=file)
    for symbol, currency in (("A", "USD"), ("D", "GBP")):
        print("  - {path: actions.csv, format: actions, symbol: %s, currency: %s, tick: 0.000000001, "
              "lot: 0.001}" % (symbol, currency), file=file)
    print("drawdown: {enabled: false}\nrisk: {enabled: false}\nstrategies:", file=file)
    for symbol, _, price in SHARES:
        names = [a["name"] for a in random.sample(accounts, random.randint(1, len(accounts)))]
        print('  - {kind: sma_crossover, name: trade%s, symbols: %s, fast: %d, slow: %d, quantity: %.3f, accounts: "%s"}'
              % (symbol, symbol, random.randint(1, 2), random.randint(3, 6), 900 / price * random.random() + 0.001,
                 ",".join(names)), file=file)
with open("run.sh", "w") as file:
    print("set -e\nledger backtest --journal run -c x.yaml", file=file)
    for _ in range(45):
        account = random.choice(accounts)
        held, name = account["held"], account["name"]
        one, other = (random.choice(held), random.choice(held))
        amount = random.choice(["1", "0.05", "33.333333333", "0.000000001"])
        kind = random.choice(["deposit", "withdrawal", "fee", "conversion", "rate"] + ["transfer", "position"] * 2
                             + ["borrow", "interest", "funding"])
        if kind == "rate":
            print("ledger record rate %.9f EUR/USD --journal run" % random.uniform(0.9, 1.3), file=file)
            continue
        words = [amount, one]
        if kind in ("transfer", "position"):
            if kind == "position":
                symbol, _, price = random.choice(SHARES)
                words = ["%.9f" % (300 / price * random.random()), "--symbol", symbol]
            # The balance or the position may be too small, and the accounts may be one.
            print("ledger record transfer %s --from %s --to %s --journal run || test $? = 6"
                  % (" ".join(words), name, random.choice(accounts)["name"]), file=file)
            continue
        if kind == "conversion":
            if one == other:
                continue
            words += [random.choice(["2", "0.125", "41.1"]), other]
        if kind in ("borrow", "interest", "funding"):
            words += random.choice([[], ["--received"], ["--symbol", random.choice("ABCDE")]])
        # A balance may be too small, which the command refuses.
        print("ledger record %s %s --account %s --journal run || test $? = 6"
              % (kind, " ".join(words), name), file=file)
    for name, _, _ in files:
        print("cp all-%s %s" % (name, name), file=file)
    print("ledger backtest --journal run -c x.yaml --continue", file=file)
