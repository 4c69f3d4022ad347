#!/usr/bin/env python3
# Usage: tools/check_proof.py PROOF PUBLIC-KEY - checks a proof of `ledger prove`; PUBLIC-KEY is text or a file
"""A checker of docs/JOURNAL_FORMAT.md's proofs that shares no code with the program and needs no package.

Written from RFC 6962 and RFC 9162 (trees and proofs), RFC 8032 (Ed25519), c2sp.org/signed-note,
c2sp.org/tlog-checkpoint and c2sp.org/tlog-proof. The event itself is decoded by read_journal.py.

Exit 0: valid. Exit 1: not valid, and why. Exit 2: could not run.
"""
import base64
import hashlib
import os
import re
import sys

from journal_events import EVENTS
from read_journal import FormatError, Names, Record


class Invalid(Exception):
    """The proof is not valid, and why."""


def decode(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise Invalid("'%s' is not base64: %s" % (text, error))
    if base64.b64encode(data).decode() != text:
        raise Invalid("'%s' is not canonical base64" % text)
    return data


def number(text):
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text):
        raise Invalid("'%s' is not a number" % text)
    return int(text)


# RFC 8032, section 5.1: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def recover(y, sign):
    """The x of a point's y and the lowest bit of x; None when there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(data):
    value = int.from_bytes(data, "little")
    y = value & (1 << 255) - 1
    x = recover(y, value >> 255)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(signature, message, key):
    a, r = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little")
    left = multiply(s, BASE)
    right = add(r, multiply(challenge % ORDER, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]) % P == 0


def public_key(text):
    """Name, hash and bytes of NAME+HASH+BASE64."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise ValueError("a public key has the form NAME+HASH+BASE64")
    data = base64.b64decode(parts[2], validate=True)
    digest = hashlib.sha256(parts[0].encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] != 1 or digest.hex() != parts[1]:
        raise ValueError("it is not an Ed25519 key, or its hash does not match")
    return parts[0], digest, data[1:]


def checkpoint(text, signatures, key):
    """Size and root of a note that the key signed."""
    name, digest, public = key
    mine = 0
    for line in signatures:
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014":
            raise Invalid("'%s' is not a signature" % line)
        data = decode(words[2])
        if words[1] != name or data[:4] != digest:
            continue
        if not is_signed(data[4:], "".join(part + "\n" for part in text).encode(), public):
            raise Invalid("the signature of %s does not match its text" % name)
        mine += 1
    if not mine:
        raise Invalid("%s did not sign it" % name)
    if len(text) < 3 or text[0] != name:
        raise Invalid("it is not a checkpoint of %s" % name)
    root = decode(text[2])
    if len(root) != 32:
        raise Invalid("its root does not have 32 bytes")
    return number(text[1]), root


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def check_inclusion(leaf, index, size, root, path):
    """RFC 9162, section 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    if index >= size:
        raise Invalid("the tree has no leaf %d" % index)
    for p in path:
        if sn == 0:
            raise Invalid("the path is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn or r != root:
        raise Invalid("the path does not lead to the root")


def check_consistency(first, first_root, second, second_root, path):
    """RFC 9162, section 2.1.4.2."""
    if first == second or first == 0:
        expected = second_root if first else hashlib.sha256(b"").digest()
        if path or first_root != expected:
            raise Invalid("a proof from an empty tree, or to the same tree, has no path")
        return
    if first > second:
        raise Invalid("the older tree is the larger one")
    if first & (first - 1) == 0:
        path = [first_root] + path
    if not path:
        raise Invalid("the path is empty")
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise Invalid("the path is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn or fr != first_root or sr != second_root:
        raise Invalid("the path does not lead to both roots")


def hashes(lines):
    path = [decode(line) for line in lines]
    if any(len(digest) != 32 for digest in path):
        raise Invalid("a hash does not have 32 bytes")
    return path


def value(key, line):
    if not line.startswith(key + " "):
        raise Invalid("expected '%s …', found '%s'" % (key, line))
    return line[len(key) + 1:]


DEFINITIONS = ("InstrumentDefined", "AccountDefined", "StrategyDefined")


def inclusion(parts, key):
    """The proof of an event, followed by those of the definitions that give its names."""
    names, last, event = Names(), -1, parts[:4]
    for at in range(4, len(parts), 4):
        definition = parts[at:at + 4]
        if definition[2:] != event[2:]:
            raise Invalid("a definition is proved by another checkpoint")
        record, index, _ = included(definition, key)
        if EVENTS.get(record.type, ("",))[0] not in DEFINITIONS:
            raise Invalid("event %d is no definition" % (index + 1))
        if not last < index < number(value("index", event[1][2])):
            raise Invalid("the definition at event %d is out of order" % (index + 1))
        last = index
        record.line(names)
    record, index, size = included(event, key)
    return "event %d of the %d of %s\n%s" % (index + 1, size, key[0], record.line(names).rstrip("\n"))


def included(parts, key):
    """The event of one proof, its index and the size of the tree."""
    head, proof, text, signatures = parts
    if len(head) != 2 or len(proof) < 3 or proof[0] != "c2sp.org/tlog-proof@v1":
        raise Invalid("it does not have the form of an inclusion proof")
    entry = decode(value("extra", proof[1]))
    index = number(value("index", proof[2]))
    record = entry[16:]
    if len(record) < 24 or int.from_bytes(record[:2], "little") * 8 != len(record):
        raise Invalid("its entry is not exactly one record")
    found = Record(index + 1, record)
    if value("event", head[1]) != found.line(Names()).rstrip("\n"):
        raise Invalid("the event shown differs from the one in the leaf")
    size, root = checkpoint(text, signatures, key)
    leaf = hashlib.sha256(b"\0" + entry).digest()
    check_inclusion(leaf, index, size, root, hashes(proof[3:]))
    return found, index, size


def consistency(parts, key):
    first, first_root = checkpoint(parts[1], parts[2], key)
    second, second_root = checkpoint(parts[3], parts[4], key)
    check_consistency(first, first_root, second, second_root, hashes(parts[0][1:]))
    return "the %d events of %s begin with the %d of the older checkpoint" % (second, key[0], first)


def check(data, key):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("it is not UTF-8")
    if not text.endswith("\n") or any(ord(c) < 32 and c != "\n" or ord(c) == 127 for c in text):
        raise Invalid("it does not consist of lines of plain text")
    parts = [part.split("\n") for part in text[:-1].split("\n\n")]
    if any("" in part for part in parts):
        raise Invalid("it has an extra empty line")
    titles = [part[0] for part in parts]
    if titles[0] == "ledger consistency proof v1" and len(parts) == 5:
        return consistency(parts, key)
    if len(parts) % 4 == 0 and len(parts) <= 36 and set(titles[::4]) == {"ledger inclusion proof v1"}:
        return inclusion(parts, key)
    raise Invalid("it is neither an inclusion nor a consistency proof")


def main(arguments):
    if len(arguments) != 2 or arguments[0] in ("-h", "--help"):
        print(__doc__ + "\nUsage: check_proof.py PROOF PUBLIC-KEY", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            data = file.read()
        text = arguments[1]
        if os.path.isfile(text):
            with open(text, encoding="utf-8") as file:
                text = file.readline().rstrip("\n")
        key = public_key(text)
    except (OSError, ValueError) as error:
        print("could not run: %s" % error, file=sys.stderr)
        return 2
    try:
        print("valid: " + check(data, key))
    except (Invalid, FormatError, UnicodeDecodeError) as error:
        print("invalid: %s" % error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
