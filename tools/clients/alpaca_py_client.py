"""Usage: alpaca_py_client.py ADDRESSES - alpaca-py trades and streams against the local exchange."""

import threading
from datetime import datetime, timedelta, timezone

from alpaca.common.exceptions import APIError
from alpaca.data.historical import CryptoHistoricalDataClient, StockHistoricalDataClient
from alpaca.data.live import CryptoDataStream, StockDataStream
from alpaca.data.requests import (
    CryptoLatestQuoteRequest,
    StockBarsRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockQuotesRequest,
    StockSnapshotRequest,
    StockTradesRequest,
)
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, OrderStatus, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetAssetsRequest,
    GetCalendarRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    ReplaceOrderRequest,
    StopOrderRequest,
)
from alpaca.trading.stream import TradingStream

from addresses import KEY, SECRET, addresses, check, still, until

places = addresses()
rest = places["alpaca", "rest"]
client = TradingClient(KEY, SECRET, paper=True, url_override=rest)

# Streams first, so that they miss nothing.
updates, trades, quotes, coins = [], [], [], []


def keep(found):
    async def handler(message):
        found.append(message)

    return handler


orders = TradingStream(KEY, SECRET, paper=True, url_override=places["alpaca", "orders"])
orders.subscribe_trade_updates(keep(updates))
stocks = StockDataStream(KEY, SECRET, url_override=places["alpaca", "data"])
stocks.subscribe_trades(keep(trades), "AAPL")
stocks.subscribe_quotes(keep(quotes), "AAPL", "SPY")
crypto = CryptoDataStream(KEY, SECRET, url_override=places["alpaca", "crypto"])
crypto.subscribe_quotes(keep(coins), "BTC/USD")
for stream in (orders, stocks, crypto):
    threading.Thread(target=stream.run, daemon=True).start()
until(lambda: orders._running and trades and quotes and coins, "the streams begin")
check(quotes[0].bid_price > 0 and quotes[0].ask_price > quotes[0].bid_price, "a quote")
check(trades[0].timestamp.tzinfo is not None, "a trade's time")

account = client.get_account()
check(account.status.value == "ACTIVE" and float(account.cash) == 100_000, "the account")
check(client.get_account_configurations().no_shorting, "the configuration")
check(client.get_clock().next_open is not None, "the clock")
calendar = client.get_calendar(
    GetCalendarRequest(start=datetime(2024, 7, 1).date(), end=datetime(2024, 7, 5).date())
)
check([day.date.day for day in calendar] == [1, 2, 3, 5], "the calendar")
check({asset.symbol for asset in client.get_all_assets(GetAssetsRequest())} >= {"AAPL", "SPY"}, "assets")
check(client.get_asset("AAPL").fractionable, "an asset")


def said(order, event):
    return [one for one in updates if one.order.id == order.id and str(getattr(one.event, "value", one.event)) == event]


# A market order is filled, told by the stream, and held.
bought = client.submit_order(
    MarketOrderRequest(
        symbol="AAPL", qty=10.5, side=OrderSide.BUY, time_in_force=TimeInForce.DAY,
        client_order_id="clients-1",
    )
)
check(bought.status in (OrderStatus.ACCEPTED, OrderStatus.PENDING_NEW), "a market order")
until(lambda: said(bought, "new") and said(bought, "fill"), "its updates")
fill = said(bought, "fill")[0]
check(fill.qty == 10.5 and fill.price > 0 and fill.position_qty == 10.5, "its fill")
check(fill.execution_id is not None, "its execution")
check(client.get_order_by_id(bought.id).status == OrderStatus.FILLED, "the order by its id")
check(client.get_order_by_client_id("clients-1").id == bought.id, "the order by its name")
position = client.get_open_position("AAPL")
check(float(position.qty) == 10.5 and float(position.market_value) > 0, "the position")
check(len(client.get_all_positions()) == 1, "all positions")

try:
    client.submit_order(
        MarketOrderRequest(
            symbol="AAPL", qty=1, side=OrderSide.BUY, time_in_force=TimeInForce.DAY,
            client_order_id="clients-1",
        )
    )
    check(False, "a name that was used is refused")
except APIError as error:
    check(error.status_code == 422 and error.code == 40010001, f"the refusal {error}")
try:
    client.submit_order(
        LimitOrderRequest(
            symbol="AAPL", qty=100_000, side=OrderSide.BUY, time_in_force=TimeInForce.DAY,
            limit_price=100,
        )
    )
    check(False, "an order beyond the account is refused")
except APIError as error:
    check(error.status_code == 403 and error.code == 40310000, f"the refusal {error}")

# A limit order rests, is replaced, and is cancelled.
resting = client.submit_order(
    LimitOrderRequest(
        symbol="SPY", qty=3, side=OrderSide.BUY, time_in_force=TimeInForce.GTC, limit_price=400.25,
    )
)
open_orders = client.get_orders(GetOrdersRequest(status=QueryOrderStatus.OPEN))
check([order.id for order in open_orders] == [resting.id], "the open order")
replaced = client.replace_order_by_id(
    resting.id, ReplaceOrderRequest(qty=4, limit_price=401.5, client_order_id="clients-2")
)
check(replaced.replaces == resting.id and float(replaced.limit_price) == 401.5, "the replacement")
old = client.get_order_by_id(resting.id)
check(old.status == OrderStatus.REPLACED and old.replaced_by == replaced.id, "what it replaced")
until(lambda: said(resting, "replaced") and said(replaced, "new"), "the replacement's updates")
client.cancel_order_by_id(replaced.id)
until(lambda: said(replaced, "canceled"), "the cancel's update")
try:
    client.cancel_order_by_id(replaced.id)
    check(False, "what is cancelled cannot be cancelled")
except APIError as error:
    check(error.status_code == 422, f"the refusal {error}")

# What replaces a partly filled order counts from nothing.
with still(rest, "SPY") as market:
    market.quote(499.99, 500.01, 2)
    part = client.submit_order(
        LimitOrderRequest(
            symbol="SPY", qty=5, side=OrderSide.BUY, time_in_force=TimeInForce.DAY, limit_price=500.01,
        )
    )
    until(lambda: said(part, "partial_fill"), "a partial fill")
    check(said(part, "partial_fill")[0].qty == 2, "what of it filled")
    rest_of_it = client.replace_order_by_id(part.id, ReplaceOrderRequest(qty=3, limit_price=500.02))
    check(float(rest_of_it.qty) == 3 and float(rest_of_it.filled_qty) == 0, "the replacement's own quantities")
    old = client.get_order_by_id(part.id)
    check(old.status == OrderStatus.REPLACED and float(old.filled_qty) == 2, "what the old one keeps")
    market.quote(499.99, 500.02, 50)
    until(lambda: said(rest_of_it, "fill"), "the replacement's fill")
    check(float(said(rest_of_it, "fill")[0].order.filled_qty) == 3, "its quantity")
    check(float(client.get_open_position("SPY").qty) == 5, "both together")

# Fills come in pages, the oldest first where that is asked for.
fills, page = [], {"page_size": 2, "direction": "asc"}
while found := client.get("/account/activities/FILL", page):
    check(len(found) <= 2, "a page's size")
    fills += found
    page["page_token"] = found[-1]["id"]
check(len(fills) == 3 and len({one["id"] for one in fills}) == 3, "three fills, each once")
check([one["cum_qty"] for one in fills] == ["10.5", "2", "3"], f"what each order had filled {fills}")


def refused(status, code, **order):
    try:
        client.submit_order(LimitOrderRequest(symbol="AAPL", side=OrderSide.BUY, limit_price=100, **order))
        check(False, f"{order} is refused")
    except APIError as error:
        check(error.status_code == status and error.code == code, f"the refusal {error}")


refused(422, 42210000, qty=1.5, time_in_force=TimeInForce.GTC)
refused(422, 42210000, qty=1, time_in_force=TimeInForce.GTC, extended_hours=True)
refused(422, 40010001, qty=1, time_in_force=TimeInForce.DAY, client_order_id="clients-1")
client.close_position("SPY")
until(lambda: [one.symbol for one in client.get_all_positions()] == ["AAPL"], "SPY is sold again")

# Several are cancelled together; stops and notional orders are taken.
for offset in range(3):
    client.submit_order(
        LimitOrderRequest(
            symbol="SPY", qty=1, side=OrderSide.BUY, time_in_force=TimeInForce.GTC,
            limit_price=300 + offset,
        )
    )
client.submit_order(
    StopOrderRequest(
        symbol="AAPL", qty=1, side=OrderSide.SELL, time_in_force=TimeInForce.GTC, stop_price=10,
    )
)
check(len(client.cancel_orders()) == 4, "all are cancelled")
coin = client.submit_order(
    MarketOrderRequest(
        symbol="BTC/USD", notional=500, side=OrderSide.BUY, time_in_force=TimeInForce.GTC,
    )
)
until(lambda: said(coin, "fill"), "a notional order's fill")
check(client.get_order_by_id(coin.id).notional == "500", "its amount")

# Half is closed, then everything.
closing = client.close_position("AAPL", ClosePositionRequest(percentage="50"))
until(lambda: said(closing, "fill"), "the closing order's fill")
check(float(client.get_open_position("AAPL").qty) == 5.25, "half is left")
check(len(client.close_all_positions(cancel_orders=True)) == 2, "all are closed")
until(lambda: not client.get_all_positions(), "nothing is left")
activities = client.get("/account/activities/FILL")
# Eight orders have filled, some of them perhaps in parts.
check(len(activities) >= 8 and all("::" in one["id"] for one in activities), "the activities")
executions = {one["id"].split("::")[1] for one in activities}
until(
    lambda: {str(one.execution_id) for one in updates if one.execution_id and one.price} == executions,
    "activities and stream name the same executions",
)

# History, page after page.
data = StockHistoricalDataClient(KEY, SECRET, url_override=rest)
since = datetime.now(timezone.utc) - timedelta(hours=1)
check(data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="AAPL"))["AAPL"].ask_price > 0, "latest quote")
check(data.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols="AAPL"))["AAPL"].size > 0, "latest trade")
check(data.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=["AAPL"]))["AAPL"].latest_trade.price > 0, "a snapshot")
page = data.get_stock_trades(StockTradesRequest(symbol_or_symbols=["AAPL", "SPY"], start=since))
check(len(page["AAPL"]) > 3 and len(page["SPY"]) > 3, "trades")
page = data.get_stock_quotes(StockQuotesRequest(symbol_or_symbols="AAPL", start=since, limit=5))
check(len(page["AAPL"]) == 5, "quotes")
data.get_stock_bars(StockBarsRequest(symbol_or_symbols="AAPL", timeframe=TimeFrame.Minute, start=since))
coins_data = CryptoHistoricalDataClient(KEY, SECRET, url_override=rest)
check(coins_data.get_crypto_latest_quote(CryptoLatestQuoteRequest(symbol_or_symbols="BTC/USD"))["BTC/USD"].bid_price > 0, "a coin's quote")

stranger = TradingClient("no-key", "no-secret", paper=True, url_override=rest)
try:
    stranger.get_account()
    check(False, "a stranger is refused")
except APIError as error:
    check(error.status_code == 403, f"the refusal {error}")
print(f"alpaca-py: {len(updates)} order updates, {len(trades)} trades, {len(quotes) + len(coins)} quotes")
