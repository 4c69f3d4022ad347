"""What the four clients share: where the exchange is, and how a check fails."""

import json
import sys
import time
import urllib.request

KEY, SECRET = "local-key", "local-secret"


def addresses():
    """`alpaca rest http://…` becomes {("alpaca", "rest"): "http://…"}."""
    found = {}
    with open(sys.argv[1]) as lines:
        for line in lines:
            parts = line.split()
            if len(parts) == 3:
                found[parts[0], parts[1]] = parts[2]
    return found


def check(condition, what):
    if not condition:
        raise SystemExit(f"failed: {what}")


def until(condition, what, seconds=20):
    """Waits for something that another thread brings about."""
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, what)
        time.sleep(0.02)


def control(address, path, **body):
    """Tells the exchange behind a REST address what its market does."""
    request = urllib.request.Request(f"{address}/control/{path}", json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        check(answer.status == 200, f"{path} {body}")


class still:
    """While it lasts, prices are those that are given and no others."""

    def __init__(self, address, symbol):
        self.address, self.symbol = address, symbol

    def __enter__(self):
        control(self.address, "feed", action="pause")
        return self

    def quote(self, bid, ask, size):
        control(self.address, "quote", symbol=self.symbol, bid=str(bid), ask=str(ask), bid_size=str(size), ask_size=str(size))

    def __exit__(self, *_):
        control(self.address, "feed", action="start")
