"""Usage: python_binance_client.py ADDRESSES - python-binance trades and streams against the local exchange."""

import asyncio

from binance import AsyncClient, BinanceSocketManager
from binance.base_client import BaseClient
from binance.exceptions import BinanceAPIException

from addresses import KEY, SECRET, addresses, check, still

places = addresses()
BaseClient.API_URL = places["binance", "rest"] + "/api"
BaseClient.WS_API_URL = places["binance", "ws-api"]
BinanceSocketManager.STREAM_URL = places["binance", "streams"] + "/"


async def refused(call, code):
    try:
        await call
    except BinanceAPIException as error:
        check(error.code == code, f"{error} instead of {code}")
        return
    check(False, f"nothing was refused with {code}")


async def partly_filled(client, market):
    """A replacement that is meant for an order without fills leaves one that has some."""
    market.quote(59_990, 60_000, "0.004")
    part = await client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price="60000", newClientOrderId="part")
    check(part["status"] == "PARTIALLY_FILLED" and part["executedQty"] == "0.00400000", "a partial fill")
    order = {
        "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.006", "price": "59000",
        "cancelReplaceMode": "STOP_ON_FAILURE", "cancelRestrictions": "ONLY_NEW", "cancelOrigClientOrderId": "part",
    }
    await refused(client.cancel_replace_order(**order), -2022)
    check((await client.get_order(symbol="BTCUSDT", origClientOrderId="part"))["status"] == "PARTIALLY_FILLED", "it stays")
    amend = {"symbol": "BTCUSDT", "origClientOrderId": "part", "newClientOrderId": "part", "newQty": "0.008"}
    amended = await client._put("order/amend/keepPriority", True, data=dict(amend))
    check(amended["amendedOrder"]["qty"] == "0.00800000" and amended["amendedOrder"]["orderId"] == part["orderId"], "an amend")
    await refused(client._put("order/amend/keepPriority", True, data=dict(amend, newQty="0.009")), -2038)
    market.quote(59_990, 60_000, "0.001")
    ended = await client.cancel_order(symbol="BTCUSDT", origClientOrderId="part", cancelRestrictions="ONLY_PARTIALLY_FILLED")
    check(ended["status"] == "CANCELED" and ended["executedQty"] == "0.00500000", "what had filled when it was cancelled")


async def main():
    client = await AsyncClient.create(KEY, SECRET)
    sockets = BinanceSocketManager(client)
    seen = {"user": [], "trade": [], "book": [], "kline": []}

    async def listen(name, socket):
        async with socket as stream:
            while True:
                seen[name].append(await stream.recv())

    async def until(condition, what):
        for _ in range(1000):
            if condition():
                return
            await asyncio.sleep(0.02)
        check(False, f"{what}: {seen['user']}")

    tasks = [
        asyncio.create_task(listen("user", sockets.user_socket())),
        asyncio.create_task(listen("trade", sockets.trade_socket("BTCUSDT"))),
        asyncio.create_task(listen("book", sockets.multiplex_socket(["btcusdt@bookTicker", "ethusdt@trade"]))),
        asyncio.create_task(listen("kline", sockets.kline_socket("BTCUSDT"))),
    ]
    await until(lambda: seen["trade"] and seen["book"] and seen["kline"], "the market streams")
    check(float(seen["trade"][0]["p"]) > 0 and seen["trade"][0]["e"] == "trade", "a trade")
    check(seen["book"][0]["stream"] in ("btcusdt@bookTicker", "ethusdt@trade"), "a combined stream")
    check(seen["kline"][0]["k"]["i"] == "1m", "a kline")

    check((await client.get_server_time())["serverTime"] > 0, "the time")
    info = await client.get_symbol_info("BTCUSDT")
    check(info["baseAsset"] == "BTC", "a symbol")
    check(len(await client.get_all_tickers()) == 2, "all prices")
    check((await client.get_order_book(symbol="BTCUSDT"))["bids"], "the book")
    check(await client.get_recent_trades(symbol="BTCUSDT"), "recent trades")
    check(await client.get_klines(symbol="BTCUSDT", interval="1m"), "klines")
    check(float((await client.get_avg_price(symbol="BTCUSDT"))["price"]) > 0, "the average price")

    def reports(name, kind):
        return [
            one for one in seen["user"]
            if one.get("e") == "executionReport" and kind == one["x"] and name in (one["c"], one["C"])
        ]

    await asyncio.sleep(0.5)
    bought = await client.order_market_buy(symbol="BTCUSDT", quantity="0.01", newClientOrderId="market-1")
    check(bought["status"] == "FILLED" and bought["fills"][0]["commissionAsset"] == "USDT", "a market order")
    await until(lambda: reports("market-1", "NEW") and reports("market-1", "TRADE"), "its reports")
    check(reports("market-1", "TRADE")[0]["t"] == bought["fills"][0]["tradeId"], "one execution, one id")
    check(any(one.get("e") == "outboundAccountPosition" for one in seen["user"]), "balances")
    spent = await client.create_order(symbol="ETHUSDT", side="BUY", type="MARKET", quoteOrderQty="100")
    check(float(spent["cummulativeQuoteQty"]) <= 101, "an amount in the quote currency")

    resting = await client.order_limit_buy(symbol="BTCUSDT", quantity="0.02", price="40000", newClientOrderId="limit-1")
    check(resting["status"] == "NEW", "a limit order")
    await refused(client.order_limit_buy(symbol="BTCUSDT", quantity="0.02", price="40000", newClientOrderId="limit-1"), -2010)
    check([one["orderId"] for one in await client.get_open_orders(symbol="BTCUSDT")] == [resting["orderId"]], "open orders")
    check((await client.get_order(symbol="BTCUSDT", origClientOrderId="limit-1"))["status"] == "NEW", "the order by its name")
    replaced = await client.cancel_replace_order(
        symbol="BTCUSDT", side="BUY", type="LIMIT", cancelReplaceMode="STOP_ON_FAILURE", timeInForce="GTC",
        quantity="0.03", price="41000", cancelOrigClientOrderId="limit-1", newClientOrderId="limit-2",
    )
    check(replaced["newOrderResult"] == "SUCCESS", "a replacement")
    await until(lambda: reports("limit-1", "CANCELED") and reports("limit-2", "NEW"), "its reports")
    cancelled = await client.cancel_order(symbol="BTCUSDT", origClientOrderId="limit-2")
    check(cancelled["status"] == "CANCELED", "a cancel")
    await refused(client.cancel_order(symbol="BTCUSDT", origClientOrderId="limit-2"), -2011)
    await refused(client.get_order(symbol="BTCUSDT", origClientOrderId="nobody"), -2013)
    await refused(client.order_limit_buy(symbol="BTCUSDT", quantity="0.000001", price="40000"), -1013)
    await refused(client.order_limit_buy(symbol="BTCUSDT", quantity="100", price="40000"), -2010)
    await refused(client.order_limit_buy(symbol="NOTHING", quantity="1", price="1"), -1121)
    check(await client.create_test_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01") == {}, "a test order")
    stop = await client.create_order(
        symbol="BTCUSDT", side="SELL", type="STOP_LOSS_LIMIT", timeInForce="GTC", quantity="0.01",
        price="30000", stopPrice="30100",
    )
    check((await client.get_order(symbol="BTCUSDT", orderId=stop["orderId"]))["type"] == "STOP_LOSS_LIMIT", "a stop")
    account = await client.get_account()
    coins = {one["asset"]: one for one in account["balances"]}
    check(float(coins["BTC"]["locked"]) == 0.01, "what the stop locks")
    check(len(await client.get_my_trades(symbol="BTCUSDT")) == 1, "trades")
    check(len(await client.get_all_orders(symbol="BTCUSDT")) == 4, "all orders")
    with still(places["binance", "rest"], "BTCUSDT") as market:
        await partly_filled(client, market)
    fills, start = [], 0
    while page := await client.get_my_trades(symbol="BTCUSDT", fromId=start, limit=1):
        fills += page
        start = page[-1]["id"] + 1
    check(len(fills) == 3 and sorted(one["id"] for one in fills) == [one["id"] for one in fills], "trades, page by page")
    await refused(client.get_my_trades(symbol="BTCUSDT", fromId=1, startTime=1), -1128)
    await refused(client.get_my_trades(symbol="BTCUSDT", startTime=1, endTime=86_400_002), -1127)
    await until(lambda: reports("part", "REPLACED") and reports("part", "CANCELED"), "what became of the part")
    strange = await AsyncClient.create(KEY, "no-secret")
    await refused(strange.get_account(), -1022)
    await strange.close_connection()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.close_connection()
    print(f"python-binance: {len(seen['user'])} user events, {len(seen['trade'])} trades, {len(seen['book'])} combined")


asyncio.run(main())
