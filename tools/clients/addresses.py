"""What the four clients share: where the exchange is, and how a check fails."""

import sys
import time

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
