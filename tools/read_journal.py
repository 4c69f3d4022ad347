#!/usr/bin/env python3
# Usage: tools/python tools/read_journal.py DIRECTORY - prints a journal as JSON lines, after checking it
"""A reader of docs/JOURNAL_FORMAT.md, version 1. It shares the table of events with the program, and no code.

Exit 0: every block was read and its checksums and chain are right. Exit 1: a block or record is not as
the format says; what came before it was printed. Exit 2: there is no journal.
"""
import hashlib
import os
import struct
import sys

from journal_events import ACCOUNT_KIND, EVENTS

INTEGERS = {"u8": "<B", "u16": "<H", "u32": "<I", "u64": "<Q", "i64": "<q", "order": "<Q"}


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
        if kind in ("money", "measure"):
            raw = int.from_bytes(self.data[offset:offset + 16], "little", signed=True)
            return '"%s"' % decimal(raw)
        if kind == "time":
            return '"%s"' % time(load("<q", self.data, offset))
        if kind == "f64":
            return double(load("<d", self.data, offset))
        if kind == "strategy":
            number = load("<H", self.data, offset)
            return quoted(names.name(names.strategies, number) if number else "")
        if kind == "account":
            number = load("<H", self.data, offset)
            return quoted(names.name(names.accounts, number) if number else "")
        if kind == "hex64":
            return '"%016x"' % load("<Q", self.data, offset)
        return '"%016x%016x"' % struct.unpack_from("<QQ", self.data, offset)

    def line(self, names):
        unknown = ("Unknown%d" % self.type, 0, 24, [], [])
        name, version, size, fields, texts = EVENTS.get(self.type, unknown)
        values = []
        known = self.type in EVENTS and self.version == version
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
                parts.append('"accountKind":"%s"' % ACCOUNT_KIND[self.account >> 14])
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
