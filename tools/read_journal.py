#!/usr/bin/env python3
# Usage: tools/python tools/read_journal.py DIRECTORY - prints a journal as JSON lines, after checking it
"""A reader of docs/JOURNAL_FORMAT.md, version 1, that shares no code with the program.

Exit 0: every block was read and its checksums and chain are right. Exit 1: a block or record is not as
the format says; what came before it was printed. Exit 2: there is no journal.
"""
import hashlib
import os
import struct
import sys

SIDES = ["none", "buy", "sell"]
PURPOSES = ["none", "entry", "exit", "stopLoss", "takeProfit"]
REFUSALS = [
    "unknown", "insufficientCash", "sizeZero", "currencyMismatch", "duplicateIntent", "belowLot",
    "unknownInstrument", "overflow", "noPosition", "badPrice", "workingOrder", "accountKind",
    "manualKill", "strategyDisabled", "mode", "flagFile", "drawdownStop", "reconciliation",
    "duplicateIntents", "orderRejections", "runFailures", "dailyDrawdown", "dailyLoss", "lossPause",
    "faultCounter", "authentication", "clock", "dataQuality", "feedPaused", "calendar", "regime",
    "correlation", "volatility", "topSignals", "signalRate", "portfolioHeat", "orderNotional",
    "positionQuantity", "positionNotional", "totalNotional", "totalExposure", "entriesPerDay",
    "orderRate", "tradeValue", "positionSize", "rampup", "priceFilter", "lotSize", "marketLotSize",
    "notional", "percentPrice", "maximumOrders", "orderStream",
]
ENDS = [
    "unknown", "notFilled", "otherExitFilled", "positionClosed", "dayEnded", "runEnded",
    "operatorCancelled", "venueCancelled", "halted", "reconciled",
]
LATCHES = [
    "unknown", "configuration", "strategyList", "killSwitch", "flagFile", "mode", "drawdown",
    "reconciliation", "duplicateIntents", "orderRejections", "runFailures", "dailyDrawdown",
    "dailyLoss", "lossPause", "restFaults", "websocketFaults", "duplicateReports", "staleReports",
    "metrics", "authentication", "clock", "dataQuality", "feed", "calendar", "orderStream",
]
STATUSES = [
    "unknown", "pending", "accepted", "partiallyFilled", "filled", "cancelled", "expired", "rejected",
    "replaced", "cancelRefused", "replaceRefused", "unknown",
]
SCOPES = ["unknown", "global", "strategy", "symbol"]
MODES = ["unknown", "auto", "manual", "paper", "halt"]
PHASES = ["unknown", "normal", "halt", "panic", "rampup"]
CHECKED = ["failed", "passed"]
AMOUNT = (40, [("amount", 24, "money")], [])
REFUSAL = (56, [("strategy", 20, "strategy"), ("side", 22, SIDES), ("reason", 23, REFUSALS),
                ("limit", 24, "money"), ("value", 40, "money")], [])
ENDED = (40, [("reason", 20, ENDS), ("order", 24, "order"), ("remaining", 32, "quantity")], [])

# Number: name, (end of the fixed part, fields as (name, offset, kind), texts). All have version 1.
EVENTS = {
    1: ("JournalOpened", (24, [
        ("kind", 20, ["unknown", "tape", "backtest", "paper", "live", "general"])],
        ["name", "build"])),
    2: ("ConfigurationLoaded", (40, [("seed", 24, "u64"), ("digest", 32, "hex64")],
        ["build", "settings"])),
    3: ("InstrumentDefined", (40, [
        ("kind", 20, ["unknown", "equity", "crypto"]), ("priceScale", 21, "u8"),
        ("quantityScale", 22, "u8"), ("tick", 24, "price"), ("lot", 32, "quantity")],
        ["symbol", "venue", "currency"])),
    4: ("AccountDefined", (24, [("kind", 20, ["unknown", "simulated", "paper", "live"])],
        ["name", "currency"])),
    5: ("StrategyDefined", (24, [("strategy", 20, "u16"), ("version", 22, "u16")],
        ["name", "parameters"])),
    6: ("RunStarted", (24, [], ["mode", "name"])),
    7: ("RunEnded", (32, [("inputs", 24, "u64")], ["reason"])),
    8: ("RunFailed", (24, [], ["reason"])),
    9: ("StateDigested", (32, [("digest", 24, "hex64")], [])),
    10: ("OperatorCommanded", (24, [], ["actor", "command", "argument", "reason"])),
    11: ("ClockTicked", (24, [], [])),
    12: ("SessionOpened", (24, [], [])),
    13: ("SessionClosed", (24, [], [])),
    14: ("Bar", (64, [
        ("interval", 20, "u32"), ("open", 24, "price"), ("high", 32, "price"),
        ("low", 40, "price"), ("close", 48, "price"), ("volume", 56, "quantity")], [])),
    15: ("Quote", (56, [
        ("bid", 24, "price"), ("ask", 32, "price"), ("bidSize", 40, "quantity"),
        ("askSize", 48, "quantity")], [])),
    16: ("Trade", (48, [
        ("aggressor", 20, ["unknown", "buy", "sell"]), ("price", 24, "price"),
        ("size", 32, "quantity"), ("tradeId", 40, "u64")], [])),
    17: ("PredictionRecorded", (48, [
        ("predicted", 24, "price"), ("error", 32, "price"), ("horizon", 40, "i64")], [])),
    18: ("DividendDeclared", (32, [("perUnit", 24, "price")], [])),
    19: ("SplitApplied", (40, [("numerator", 24, "i64"), ("denominator", 32, "i64")], [])),
    20: ("CashDeposited", AMOUNT),
    21: ("CashWithdrawn", AMOUNT),
    22: ("FeeCharged", (40, AMOUNT[1], ["kind"])),
    23: ("DividendPaid", (56, [
        ("strategy", 20, "strategy"), ("perUnit", 24, "price"), ("quantity", 32, "quantity"),
        ("amount", 40, "money")], [])),
    24: ("SignalGenerated", (56, [
        ("strategy", 20, "strategy"), ("side", 22, SIDES), ("purpose", 23, PURPOSES),
        ("price", 24, "price"), ("quantity", 32, "quantity"), ("indicator", 40, "f64"),
        ("threshold", 48, "f64")], [])),
    25: ("SignalRejected", REFUSAL),
    26: ("OrderIntended", (104, [
        ("strategy", 20, "strategy"), ("side", 22, SIDES),
        ("orderType", 23, ["none", "market", "limit", "stop", "stopLimit"]),
        ("intent", 24, "hex128"), ("quantity", 40, "quantity"), ("limitPrice", 48, "price"),
        ("stopPrice", 56, "price"), ("stopLossDistance", 64, "price"),
        ("takeProfitDistance", 72, "price"), ("referencePrice", 80, "price"),
        ("parent", 88, "order"),
        ("timeInForce", 96,
         ["none", "day", "goodTillCancelled", "immediateOrCancel", "fillOrKill"]),
        ("purpose", 97, PURPOSES)], [])),
    27: ("IntentRejected", REFUSAL),
    28: ("OrderSubmitted", (32, [("order", 24, "order")], [])),
    29: ("OrderAccepted", (40, [("order", 24, "order"), ("activeFrom", 32, "time")], [])),
    30: ("OrderRejected", (32, [("order", 24, "order")], ["reason"])),
    31: ("OrderFilled", (80, [
        ("strategy", 20, "strategy"), ("side", 22, SIDES),
        ("liquidity", 23, ["none", "maker", "taker"]), ("order", 24, "order"),
        ("execution", 32, "u64"), ("price", 40, "price"), ("quantity", 48, "quantity"),
        ("fee", 56, "money"), ("remaining", 72, "quantity")], [])),
    32: ("OrderCancelled", ENDED),
    33: ("OrderExpired", ENDED),
    34: ("FaultReported", (24, [("kind", 20, [
        "unknown", "rest", "websocket", "duplicateReport", "staleData", "authentication",
        "orderRejected", "duplicateIntent", "orderStream", "venueUnreachable"])],
        ["origin", "detail"])),
    35: ("MetricReported", (32, [("metric", 20, [
        "unknown", "feedLag", "websocketFailures", "errorRate", "clockSkew", "latency"]),
        ("value", 24, "price")], ["origin"])),
    36: ("FlagFileObserved", (24, [("file", 20, ["absent", "present"])], ["path"])),
    37: ("FeedPaused", (32, [("lastSeen", 24, "time")], ["reason"])),
    38: ("FeedResumed", (32, [("pausedAt", 24, "time")], [])),
    39: ("GapDetected", (40, [
        ("sessions", 20, "u32"), ("from", 24, "time"), ("to", 32, "time")], [])),
    40: ("VenueSnapshotBegan", (80, [
        ("kind", 20, ["unknown", "start", "reconciliation", "end"]),
        ("venue", 21, ["unreachable", "answered"]), ("snapshot", 24, "hex64"),
        ("cash", 32, "money"), ("portfolioValue", 48, "money"), ("buyingPower", 64, "money")],
        ["origin"])),
    41: ("VenuePositionReported", (48, [
        ("snapshot", 24, "hex64"), ("quantity", 32, "quantity"), ("averagePrice", 40, "price")],
        ["venueSymbol"])),
    42: ("VenueOrderReported", (72, [
        ("side", 20, SIDES), ("snapshot", 24, "hex64"), ("quantity", 32, "quantity"),
        ("filled", 40, "quantity"), ("limitPrice", 48, "price"), ("intent", 56, "hex128")],
        ["venueSymbol", "venueOrder"])),
    43: ("VenueSnapshotEnded", (40, [
        ("snapshot", 24, "hex64"), ("positions", 32, "u32"), ("orders", 36, "u32")], [])),
    44: ("LatchEngaged", (64, [
        ("strategy", 20, "strategy"), ("source", 22, LATCHES), ("scope", 23, SCOPES),
        ("effect", 24, ["unknown", "blockEntries", "flatten", "blockAll"]),
        ("clears", 25, ["unknown", "automatic", "operator"]), ("limit", 32, "money"),
        ("value", 48, "money")], ["actor", "reason"])),
    45: ("LatchCleared", (24, [
        ("strategy", 20, "strategy"), ("source", 22, LATCHES), ("scope", 23, SCOPES)],
        ["actor", "reason"])),
    46: ("ModeChanged", (24, [("from", 20, MODES), ("to", 21, MODES), ("hard", 22, ["no", "yes"])],
        ["actor", "reason"])),
    47: ("DrawdownChanged", (72, [
        ("from", 20, PHASES), ("to", 21, PHASES), ("days", 22, "u16"), ("equity", 24, "money"),
        ("peak", 40, "money"), ("drawdown", 56, "price"), ("until", 64, "time")],
        ["day", "actor", "reason"])),
    48: ("PeakRebased", (56, [("from", 24, "money"), ("to", 40, "money")], ["actor", "reason"])),
    49: ("HealthChecked", (32, [
        ("reconciliation", 20, CHECKED), ("dataQuality", 21, CHECKED),
        ("noDuplicateIntents", 22, CHECKED), ("strategiesEnabled", 23, CHECKED),
        ("canResume", 24, CHECKED)], ["actor", "reason"])),
    50: ("SizeAdjusted", (72, [
        ("strategy", 20, "strategy"), ("side", 22, SIDES), ("reason", 23, REFUSALS),
        ("from", 24, "quantity"), ("to", 32, "quantity"), ("limit", 40, "money"),
        ("value", 56, "money")], [])),
    51: ("MarkHeld", (40, [("price", 24, "price"), ("mark", 32, "price")], [])),
    52: ("DiscrepancyFound", (72, [
        ("kind", 20, [
            "unknown", "positionOnlyAtVenue", "positionOnlyInLedger", "quantity", "averagePrice",
            "cash", "orderOnlyAtVenue", "orderOnlyInLedger", "unrecordedFill", "unreachable",
            "incomplete"]),
        ("snapshot", 24, "hex64"), ("ledger", 32, "money"), ("venue", 48, "money"),
        ("order", 64, "order")], ["venueSymbol", "detail"])),
    53: ("ReconciliationEnded", (40, [
        ("status", 20, ["unknown", "pass", "fail", "skipped"]), ("discrepancies", 24, "u32"),
        ("snapshot", 32, "hex64")], ["reason"])),
    54: ("PositionAdjusted", (48, [
        ("strategy", 20, "strategy"), ("quantity", 24, "quantity"), ("price", 32, "price"),
        ("snapshot", 40, "hex64")], ["actor", "reason"])),
    55: ("CashAdjusted", (48, [("amount", 24, "money"), ("snapshot", 40, "hex64")],
        ["actor", "reason"])),
    56: ("AlertRaised", (56, [
        ("severity", 20, ["unknown", "info", "warning", "critical"]),
        ("kind", 21, [
            "unknown", "drawdownWarning", "drawdownHalt", "drawdownPanic", "killSwitch",
            "reconciliationFailed", "reconciliationPassed", "duplicateIntents", "noTrades",
            "rejectionRate", "strategyHealth", "dataQuality", "clockSkew", "latency", "stopRefused"]),
        ("strategy", 22, "strategy"), ("value", 24, "money"), ("threshold", 40, "money")],
        ["text"])),
    57: ("OrderRequested", (56, [
        ("strategy", 20, "strategy"), ("side", 22, SIDES), ("orderType", 23, ["none", "market", "limit", "stop", "stopLimit"]),
        ("quantity", 24, "quantity"), ("limitPrice", 32, "price"), ("stopPrice", 40, "price"),
        ("timeInForce", 48,
            ["none", "day", "goodTillCancelled", "immediateOrCancel", "fillOrKill"])], ["clientOrder", "actor", "reason"])),
    58: ("OrderCancelRequested", (32, [("order", 24, "order")], ["actor", "reason"])),
    59: ("OrderReplaceRequested", (56, [
        ("order", 24, "order"), ("quantity", 32, "quantity"), ("limitPrice", 40, "price"),
        ("stopPrice", 48, "price")], ["clientOrder", "actor", "reason"])),
    60: ("OrderReplaced", (64, [
        ("generation", 20, "u32"), ("order", 24, "order"), ("quantity", 32, "quantity"),
        ("limitPrice", 40, "price"), ("stopPrice", 48, "price"), ("remaining", 56, "quantity")],
        [])),
    61: ("CancelIntended", (32, [("reason", 20, ENDS), ("order", 24, "order")], [])),
    62: ("ReplaceIntended", (56, [
        ("generation", 20, "u32"), ("order", 24, "order"), ("quantity", 32, "quantity"),
        ("limitPrice", 40, "price"), ("stopPrice", 48, "price")], [])),
    63: ("VenueStatusReported", (48, [
        ("status", 20, STATUSES), ("generation", 22, "u16"), ("order", 24, "order"),
        ("quantity", 32, "quantity"), ("filled", 40, "quantity")],
        ["clientOrder", "venueOrder", "reason"])),
    64: ("VenueFillReported", (72, [
        ("side", 20, SIDES), ("liquidity", 21, ["none", "maker", "taker"]),
        ("generation", 22, "u16"), ("order", 24, "order"), ("price", 32, "price"),
        ("quantity", 40, "quantity"), ("fee", 48, "money"), ("cumulative", 64, "quantity")],
        ["clientOrder", "venueOrder", "venueExecution", "feeAsset"])),
    65: ("LinkChanged", (24, [
        ("link", 20, ["unknown", "orders", "marketData", "requests"]),
        ("state", 21, ["down", "up"])], ["venue", "reason"])),
    66: ("VenueFiltersLoaded", (168, [
        ("averageMinutes", 20, "u16"), ("flags", 22, "u16"), ("minimumPrice", 24, "price"),
        ("maximumPrice", 32, "price"), ("tick", 40, "price"), ("minimumQuantity", 48, "quantity"),
        ("maximumQuantity", 56, "quantity"), ("lot", 64, "quantity"),
        ("marketMinimumQuantity", 72, "quantity"), ("marketMaximumQuantity", 80, "quantity"),
        ("marketLot", 88, "quantity"), ("minimumNotional", 96, "money"),
        ("maximumNotional", 112, "money"), ("bidMultiplierDown", 128, "price"),
        ("bidMultiplierUp", 136, "price"), ("askMultiplierDown", 144, "price"),
        ("askMultiplierUp", 152, "price"), ("maximumOrders", 160, "u32"),
        ("maximumStops", 164, "u32")], ["origin"])),
    67: ("IntentReleased", (32, [("order", 24, "order")], [])),
}
INTEGERS = {"u8": "<B", "u16": "<H", "u32": "<I", "u64": "<Q", "i64": "<q", "order": "<Q"}
ACCOUNT_KINDS = ["", "simulated", "paper", "live"]


class FormatError(Exception):
    """What is wrong, where."""


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC_TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def load(form, data, offset):
    return struct.unpack_from(form, data, offset)[0]


def decimal(raw):
    whole, fraction = divmod(abs(raw), 10**9)
    text = ("-" if raw < 0 else "") + str(whole)
    return text + ("." + str(fraction).zfill(9)).rstrip("0") if fraction else text


def time(nanoseconds):
    seconds, fraction = divmod(nanoseconds, 10**9)
    days, second = divmod(seconds, 86400)
    era, day = divmod(days + 719468, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5 - 1
    month = month + 3 if month < 10 else month - 9
    year += era * 400 + (month <= 2)
    text = "%04d-%02d-%02dT%02d:%02d:%02d" % (
        year, month, day, second // 3600, second // 60 % 60, second % 60)
    if fraction:
        digits = str(fraction).zfill(9)
        text += "." + (digits[:3] if digits[3:] == "000000" else
                       digits[:6] if digits[6:] == "000" else digits)
    return text + "Z"


def double(value):
    if value != value or value in (float("inf"), float("-inf")):
        return "null"
    # Python turns to exponents at 10^16, the format beyond 2^53: 16 digits in between.
    if 2.0**53 < abs(value) < 1e16:
        digits = str(abs(int(value)))
        return ("-" if value < 0 else "") + digits[0] + ("." + digits[1:]).rstrip("0") + "e+15"
    return repr(value)


def quoted(text):
    result = []
    for character in text:
        code = ord(character)
        if character in '"\\':
            result.append("\\" + character)
        elif character in "\n\r\t":
            result.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character])
        elif code < 32 or code == 127:
            result.append("\\u%04x" % code)
        else:
            result.append(character)
    return '"' + "".join(result) + '"'


class Names:
    """The names behind the numbers, from the definitions met so far."""

    def __init__(self):
        self.instruments, self.accounts, self.strategies = {}, {}, {}

    @staticmethod
    def name(kind, number):
        return kind.get(number, "#%d" % number)


class Record:
    def __init__(self, sequence, data):
        self.sequence, self.data = sequence, data
        self.type, self.version, self.flags, self.account = struct.unpack_from("<HBBH", data, 2)
        self.time = load("<q", data, 8)
        self.instrument = load("<I", data, 16)
        flagged = [bool(self.flags & bit) for bit in (1, 2, 4)]
        self.end = len(data) - 8 * sum(flagged)
        if self.end < 20:
            raise FormatError("event %d: its trailer is longer than the record" % sequence)
        at = self.end
        values = [0, 0, self.time]
        for index, form in enumerate(("<Q", "<Q", "<q")):
            if flagged[index]:
                values[index] = load(form, data, at)
                at += 8
        self.cause, self.correlation, self.record_time = values

    def texts(self, at, count):
        result = []
        for _ in range(count):
            if at + 4 > self.end:
                raise FormatError("event %d: a text is cut off" % self.sequence)
            length = load("<I", self.data, at)
            if length > self.end - at - 4:
                raise FormatError("event %d: a text is cut off" % self.sequence)
            result.append(bytes(self.data[at + 4:at + 4 + length]).decode("utf-8"))
            at += 4 + length
        return result

    def field(self, offset, kind, names):
        if isinstance(kind, list):
            value = self.data[offset]
            return '"%s"' % (kind[value] if value < len(kind) else "#%d" % value)
        if kind in INTEGERS:
            return str(load(INTEGERS[kind], self.data, offset))
        if kind == "price":
            return '"%s"' % decimal(load("<q", self.data, offset))
        if kind == "quantity":
            return '"%s"' % decimal(load("<q", self.data, offset) * 10 ** (self.flags >> 4))
        if kind == "money":
            raw = int.from_bytes(self.data[offset:offset + 16], "little", signed=True)
            return '"%s"' % decimal(raw)
        if kind == "time":
            return '"%s"' % time(load("<q", self.data, offset))
        if kind == "f64":
            return double(load("<d", self.data, offset))
        if kind == "strategy":
            number = load("<H", self.data, offset)
            return quoted(names.name(names.strategies, number) if number else "")
        if kind == "hex64":
            return '"%016x"' % load("<Q", self.data, offset)
        return '"%016x%016x"' % struct.unpack_from("<QQ", self.data, offset)

    def line(self, names):
        name, (size, fields, texts) = EVENTS.get(self.type, ("Unknown%d" % self.type, (24, [], [])))
        values = []
        known = self.type in EVENTS and self.version == 1
        if known:
            if self.end < size:
                raise FormatError("event %d: %s is too short" % (self.sequence, name))
            values = self.texts(size, len(texts))
            if name == "InstrumentDefined":
                names.instruments[self.instrument] = values[0]
            elif name == "AccountDefined":
                names.accounts[self.account] = values[0]
            elif name == "StrategyDefined":
                names.strategies[load("<H", self.data, 20)] = values[0]
        parts = ['"seq":%d' % self.sequence, '"type":"%s"' % name, '"time":"%s"' % time(self.time)]
        if self.record_time != self.time:
            parts.append('"recorded":"%s"' % time(self.record_time))
        if self.account:
            parts.append('"account":' + quoted(names.name(names.accounts, self.account)))
            if self.account >> 14:
                parts.append('"accountKind":"%s"' % ACCOUNT_KINDS[self.account >> 14])
        if self.instrument and name != "InstrumentDefined":
            parts.append('"symbol":' + quoted(names.name(names.instruments, self.instrument)))
        if self.cause:
            parts.append('"cause":%d' % self.cause)
        if self.correlation:
            parts.append('"correlation":%d' % self.correlation)
        if known:
            for key, offset, kind in fields:
                parts.append('"%s":%s' % (key, self.field(offset, kind, names)))
            for key, text in zip(texts, values):
                parts.append('"%s":%s' % (key, quoted(text)))
        else:
            parts.append('"version":%d' % self.version)
            parts.append('"payload":"%s"' % bytes(self.data[20:self.end]).hex())
        return "{" + ",".join(parts) + "}\n"


def records(block, expected, link):
    """The records of a block that follows `expected` and `link`; gives the next pair at the end."""
    if len(block) < 112 or bytes(block[:4]) != b"LGRB":
        raise FormatError("the block at %d does not begin as a block does" % expected)
    if load("<I", block, 108) != crc32c(block[:108]):
        raise FormatError("the block at %d: its header's checksum is wrong" % expected)
    version, header, first, count, length = struct.unpack_from("<HHQII", block, 4)
    if (version, header) != (1, 112):
        raise FormatError("the block at %d has the newer format %d" % (expected, version))
    if length != len(block) - 112:
        raise FormatError("the block at %d: its length does not match its header" % expected)
    payload = block[112:]
    if load("<I", block, 64) != crc32c(payload):
        raise FormatError("the block at %d: its payload's checksum is wrong" % expected)
    if first != expected:
        raise FormatError("a block begins at %d where %d should follow" % (first, expected))
    digest = hashlib.sha256(link + block[8:24] + payload).digest()
    if bytes(block[72:104]) != digest:
        raise FormatError("the block at %d: the chain is broken" % first)
    found, at = [], 0
    while at < length:
        size = load("<H", payload, at) * 8
        if size < 24 or at + size > length:
            raise FormatError("event %d: its length leads outside" % (first + len(found)))
        found.append(Record(first + len(found), payload[at:at + size]))
        at += size
    if len(found) != count:
        raise FormatError("the block at %d has %d records, not %d" % (first, len(found), count))
    return found, first + count, digest


def main(arguments):
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        print(__doc__ + "\nUsage: read_journal.py DIRECTORY", file=sys.stderr)
        return 2
    if not os.path.isfile(os.path.join(arguments[0], "data.mdb")):
        print("%s has no data.mdb: it is no journal" % arguments[0], file=sys.stderr)
        return 2
    # Only here: whoever decodes records alone needs no package.
    import lmdb

    output = sys.stdout.buffer
    environment = lmdb.open(arguments[0], readonly=True, lock=False, max_dbs=16)
    try:
        table = environment.open_db(b"blocks", integerkey=True, create=False)
    except lmdb.Error:
        print("%s has no table of blocks: it is no journal" % arguments[0], file=sys.stderr)
        return 2
    names, expected, link = Names(), 1, bytes(32)
    with environment.begin(db=table) as transaction:
        for key, value in transaction.cursor():
            try:
                if struct.unpack("=Q", key)[0] != expected:
                    raise FormatError("a key does not follow: %d is due" % expected)
                found, expected, link = records(value, expected, link)
                for record in found:
                    output.write(record.line(names).encode("utf-8"))
            except (FormatError, UnicodeDecodeError) as error:
                output.flush()
                print(error, file=sys.stderr)
                return 1
    output.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
