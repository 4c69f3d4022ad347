"""Usage: ccxt_client.py ADDRESSES - ccxt trades and streams against the local exchange, by its binance class."""

import asyncio

import ccxt
import ccxt.pro

from addresses import KEY, SECRET, addresses, check

places = addresses()


def moved(urls):
    """Every address, replaced: what is not the spot API leads nowhere."""
    nowhere = "http://127.0.0.1:1"
    api = {name: nowhere for name in urls if name != "ws"}
    api["public"] = api["private"] = places["binance", "rest"] + "/api/v3"
    api["ws"] = {name: "ws://127.0.0.1:1" for name in urls.get("ws", {}) if name != "ws-api"}
    api["ws"]["spot"] = places["binance", "streams"] + "/ws"
    api["ws"]["ws-api"] = {"spot": places["binance", "ws-api"]}
    return api


async def main():
    exchange = ccxt.pro.binance({
        "apiKey": KEY, "secret": SECRET,
        "options": {
            "defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False,
            "fetchMargins": False, "adjustForTimeDifference": True,
        },
    })
    exchange.urls["api"] = moved(exchange.urls["api"])
    exchange.has["fetchCurrencies"] = False
    try:
        markets = await exchange.load_markets()
        check("BTC/USDT" in markets and markets["BTC/USDT"]["precision"]["price"] > 0, "the markets")
        ticker = await exchange.watch_ticker("BTC/USDT", {"name": "miniTicker"})
        check(ticker["last"] > 0, "a ticker")
        trades = await exchange.watch_trades("BTC/USDT", params={"name": "trade"})
        check(trades[0]["price"] > 0, "trades")
        quotes = await exchange.watch_bids_asks(["BTC/USDT"])
        check(quotes["BTC/USDT"]["ask"] > 0, "best quotes")
        check((await exchange.fetch_order_book("BTC/USDT"))["bids"], "the book")
        check(await exchange.fetch_ohlcv("BTC/USDT", "1m"), "candles")

        # The first watch subscribes to the account's events.
        watching = asyncio.ensure_future(exchange.watch_orders("BTC/USDT"))
        await asyncio.sleep(1)
        bought = await exchange.create_order("BTC/USDT", "market", "buy", 0.01)
        check(bought["status"] == "closed" and bought["filled"] == 0.01, "a market order")
        check(bought["fee"] is None or bought["fee"]["currency"] == "USDT", "its fee")
        told = await asyncio.wait_for(watching, 20)
        check(any(one["id"] == bought["id"] for one in told), "its report")
        resting = await exchange.create_order("BTC/USDT", "limit", "buy", 0.01, 38_000)
        check(resting["status"] == "open", "a limit order")
        changed = await exchange.edit_order(resting["id"], "BTC/USDT", "limit", "buy", 0.02, 38_500)
        check(changed["id"] != resting["id"] and changed["amount"] == 0.02, "a replacement")
        check((await exchange.fetch_order(resting["id"], "BTC/USDT"))["status"] == "canceled", "what it replaced")
        check(any(one["id"] == changed["id"] for one in await exchange.fetch_open_orders("BTC/USDT")), "open orders")
        check((await exchange.cancel_order(changed["id"], "BTC/USDT"))["status"] == "canceled", "a cancel")
        try:
            await exchange.cancel_order(changed["id"], "BTC/USDT")
            check(False, "what is cancelled cannot be cancelled")
        except ccxt.OrderNotFound:
            pass
        try:
            await exchange.create_order("BTC/USDT", "limit", "buy", 200, 38_000)
            check(False, "an order beyond the account is refused")
        except ccxt.InsufficientFunds:
            pass
        try:
            await exchange.create_order("BTC/USDT", "limit", "buy", 0.00002, 38_000)
            check(False, "an order below the minimum is refused")
        except (ccxt.InvalidOrder, ccxt.BadRequest):
            pass
        mine = await exchange.fetch_my_trades("BTC/USDT")
        check(mine[-1]["order"] == bought["id"], "trades")
        check(mine[-1]["fee"]["currency"] == "USDT" and mine[-1]["fee"]["cost"] > 0, "a trade's fee")
        page = await exchange.fetch_my_trades("BTC/USDT", limit=1, params={"fromId": mine[-1]["id"]})
        check([one["id"] for one in page] == [mine[-1]["id"]], "trades from a number on")
        orders = await exchange.fetch_orders("BTC/USDT")
        check({one["id"] for one in orders} >= {bought["id"], resting["id"], changed["id"]}, "the history of orders")
        balance = await exchange.fetch_balance()
        check(balance["BTC"]["total"] > 0 and balance["USDT"]["free"] > 0, "balances")
        print(f"ccxt: {len(told)} orders watched, {len(mine)} trades")
    finally:
        await exchange.close()


asyncio.run(main())
