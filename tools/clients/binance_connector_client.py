"""Usage: binance_connector_client.py ADDRESSES - binance-connector trades and streams against the local exchange."""

import json

from binance.error import ClientError
from binance.spot import Spot
from binance.websocket.spot.websocket_api import SpotWebsocketAPIClient
from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient

from addresses import KEY, SECRET, addresses, check, until

places = addresses()
client = Spot(api_key=KEY, api_secret=SECRET, base_url=places["binance", "rest"])
market, user, answers = [], [], []

stream = SpotWebsocketStreamClient(
    stream_url=places["binance", "streams"], on_message=lambda _, text: market.append(json.loads(text))
)
stream.trade("btcusdt")
stream.book_ticker("ethusdt")
stream.mini_ticker("btcusdt")
key = client.new_listen_key()["listenKey"]
events = SpotWebsocketStreamClient(
    stream_url=places["binance", "streams"], on_message=lambda _, text: user.append(json.loads(text))
)
events.user_data(listen_key=key)
until(lambda: any(one.get("e") == "trade" for one in market), "a trade")
until(lambda: any("B" in one and one.get("s") == "ETHUSDT" for one in market), "a best quote")
until(lambda: any(one.get("e") == "24hrMiniTicker" for one in market), "a ticker")
check(client.renew_listen_key(key) == {}, "the listen key is renewed")
until(lambda: any("result" in one for one in user), "the account's stream")

check(client.ping() == {} and client.time()["serverTime"] > 0, "the time")
check(client.exchange_info(symbol="BTCUSDT")["symbols"][0]["symbol"] == "BTCUSDT", "a symbol")
check(client.depth("BTCUSDT", limit=5)["asks"], "the book")
check(client.ticker_24hr("BTCUSDT")["symbol"] == "BTCUSDT", "the day")
check(float(client.book_ticker("BTCUSDT")["askPrice"]) > 0, "the best quote")

def reports(name, kind):
    return [
        one for one in user
        if one.get("e") == "executionReport" and one["x"] == kind and name in (one["c"], one["C"])
    ]


bought = client.new_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity=0.01, newClientOrderId="c-market")
check(bought["status"] == "FILLED", "a market order")
until(lambda: reports("c-market", "TRADE"), "its report")
resting = client.new_order(
    symbol="BTCUSDT", side="BUY", type="LIMIT", timeInForce="GTC", quantity=0.01, price=39000,
    newClientOrderId="c-limit", newOrderRespType="RESULT",
)
check(resting["status"] == "NEW" and "fills" not in resting, "a limit order")
check(len(client.get_open_orders("BTCUSDT")) >= 1, "open orders")
changed = client.cancel_and_replace(
    symbol="BTCUSDT", side="BUY", type="LIMIT", cancelReplaceMode="STOP_ON_FAILURE", timeInForce="GTC",
    quantity=0.01, price=39500, cancelOrigClientOrderId="c-limit", newClientOrderId="c-limit-2",
)
check(changed["cancelResult"] == "SUCCESS", "a replacement")
check(client.cancel_order("BTCUSDT", origClientOrderId="c-limit-2")["status"] == "CANCELED", "a cancel")
until(lambda: reports("c-limit-2", "CANCELED"), "the cancel's report")
try:
    client.cancel_order("BTCUSDT", origClientOrderId="c-limit-2")
    check(False, "what is cancelled cannot be cancelled")
except ClientError as error:
    check(error.error_code == -2011, f"the refusal {error}")
maker = float(client.book_ticker("BTCUSDT")["askPrice"]) + 1000
try:
    client.new_order(symbol="BTCUSDT", side="BUY", type="LIMIT_MAKER", quantity=0.01, price=maker)
    check(False, "a maker order that takes is refused")
except ClientError as error:
    check(error.error_code == -2010, f"the refusal {error}")
check(any(one["asset"] == "BTC" and float(one["free"]) > 0 for one in client.account()["balances"]), "balances")
check(client.my_trades("BTCUSDT")[-1]["orderId"] == bought["orderId"], "trades")

api = SpotWebsocketAPIClient(
    stream_url=places["binance", "ws-api"], api_key=KEY, api_secret=SECRET,
    on_message=lambda _, text: answers.append(json.loads(text)),
)
api.server_time(id="time")
api.account(id="account")
until(lambda: {one["id"] for one in answers} >= {"time", "account"}, "answers of the web-socket API")
check(all(one["status"] == 200 for one in answers), f"their status {answers}")
for one in (stream, events, api):
    one.stop()
print(f"binance-connector: {len(user)} user events, {len(market)} market events")
