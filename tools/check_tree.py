#!/usr/bin/env python3
# Usage: tools/python tools/check_tree.py vectors FILE | export DIRECTORY PUBLIC-KEY [PROOF...]
"""Compares the program's trees, proofs and signatures with pymerkle, sigstore and cryptography.

vectors: a JSON file of roots and proofs over the leaves "leaf 0", "leaf 1", …
export:  what `ledger tree export --entries` wrote, and proofs of the same journal.

Exit 0: all agree. Exit 1: the first difference is named. Exit 2: could not run.
"""
import base64
import hashlib
import json
import os
import struct
import sys
import warnings

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion
from sigstore._internal import merkle
from sigstore._internal.rekor.checkpoint import SignedCheckpoint

warnings.simplefilter("ignore", DeprecationWarning)


def agree(condition, what):
    if not condition:
        print("different: %s" % what)
        sys.exit(1)


def tree_of(entries):
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree


def compare_inclusion(tree, entry, index, size, path):
    """Uses pymerkle's hashes and sigstore's walk from the leaf to the root."""
    leaf, root = tree.get_leaf(index + 1), tree.get_root(size)
    theirs = tree.prove_inclusion(index + 1, size)
    verify_inclusion(leaf, root, theirs)
    found = sorted(digest for digest in theirs.path if digest != leaf)
    agree(found == sorted(path), "the path of leaf %d of %d" % (index, size))
    inner, border = merkle._decomp_inclusion_proof(index, size)
    agree(len(path) == inner + border, "the length of the path of leaf %d of %d" % (index, size))
    walked = merkle._chain_inner(merkle._hash_leaf(entry), path[:inner], index)
    agree(merkle._chain_border_right(walked, path[inner:]) == root,
          "the root by the path of leaf %d of %d" % (index, size))


def subproof(tree, old, start, end, is_whole):
    """RFC 6962, section 2.1.2, over pymerkle's roots of ranges."""
    if old == end:
        return [] if is_whole else [tree._get_root(start, end)]
    split = 1
    while 2 * split < end - start:
        split *= 2
    middle = start + split
    if old <= middle:
        return subproof(tree, old, start, middle, is_whole) + [tree._get_root(middle, end)]
    return subproof(tree, old, middle, end, False) + [tree._get_root(start, middle)]


def compare_consistency(tree, old, size, path):
    verify_consistency(
        tree.get_root(old), tree.get_root(size), tree.prove_consistency(old, size))
    agree(subproof(tree, old, 0, size, True) == path, "the proof from %d to %d" % (old, size))


def vectors(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    entries = [b"leaf %d" % index for index in range(data["leaves"])]
    tree = tree_of(entries)
    for size, root in enumerate(data["roots"]):
        expected = tree.get_root(size) if size else hashlib.sha256(b"").digest()
        agree(expected.hex() == root, "the root of %d leaves" % size)
    for index, size, proof in data["inclusion"]:
        compare_inclusion(tree, entries[index], index, size, list(map(bytes.fromhex, proof)))
    for old, size, proof in data["consistency"]:
        compare_consistency(tree, old, size, list(map(bytes.fromhex, proof)))
    print("the same: %d roots, %d inclusion and %d consistency proofs" % (
        len(data["roots"]), len(data["inclusion"]), len(data["consistency"])))


def tile_path(number):
    text = "%03d" % (number % 1000)
    while number >= 1000:
        number //= 1000
        text = "x%03d/%s" % (number % 1000, text)
    return text


def read_tile(folder, level, number, width):
    name = os.path.join(folder, "tile", level, tile_path(number))
    with open(name if width == 256 else "%s.p/%d" % (name, width), "rb") as file:
        return file.read()


def read_entries(folder, size):
    entries = []
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        bundle, at = read_tile(folder, "entries", number, width), 0
        while at < len(bundle):
            length = struct.unpack_from(">H", bundle, at)[0]
            entries.append(bundle[at + 2:at + 2 + length])
            at += 2 + length
        agree(len(entries) == 256 * number + width, "the count of bundle %d" % number)
    return entries


def compare_tiles(folder, entries):
    """Every tile of every level, hashed by sigstore's functions."""
    row, level, tiles = [merkle._hash_leaf(entry) for entry in entries], 0, 0
    while row:
        for number in range((len(row) + 255) // 256):
            part = row[256 * number:256 * number + 256]
            agree(read_tile(folder, str(level), number, len(part)) == b"".join(part),
                  "tile %d/%d" % (level, number))
            tiles += 1
        above = []
        for start in range(0, len(row) - 255, 256):
            part = row[start:start + 256]
            while len(part) > 1:
                part = [merkle._hash_children(*part[at:at + 2]) for at in range(0, len(part), 2)]
            above += part
        row, level = above, level + 1
    return tiles


def signed(text, key):
    """The size and root of a checkpoint, parsed by sigstore, verified by cryptography."""
    name, digest, data = key.split("+", 2)
    raw = base64.b64decode(data)
    note = SignedCheckpoint.from_text(text)
    mine = [s for s in note.signed_note.signatures
            if s.name == name and s.sig_hash.hex() == digest]
    agree(len(mine) == 1 and raw[0] == 1, "the signer of the checkpoint")
    try:
        Ed25519PublicKey.from_public_bytes(raw[1:]).verify(
            base64.b64decode(mine[0].signature), note.signed_note.note.encode())
    except InvalidSignature:
        agree(False, "the signature of the checkpoint")
    agree(note.checkpoint.origin == name, "the origin of the checkpoint")
    return note.checkpoint.log_size, bytes.fromhex(note.checkpoint.log_hash)


def compare_proof(path, tree, entries, key):
    with open(path, encoding="utf-8") as file:
        parts = file.read()[:-1].split("\n\n")
    if parts[0].startswith("ledger inclusion"):
        # The event, then the definitions that it names.
        for at in range(0, len(parts), 4):
            lines = parts[at + 1].split("\n")
            size, root = signed("\n\n".join(parts[at + 2:at + 4]) + "\n", key)
            index = int(lines[2].split(" ")[1])
            entry = base64.b64decode(lines[1].split(" ")[1])
            agree(entry == entries[index] and root == tree.get_root(size), "entry and root of " + path)
            compare_inclusion(tree, entry, index, size, list(map(base64.b64decode, lines[3:])))
    else:
        old, old_root = signed("\n\n".join(parts[1:3]) + "\n", key)
        size, root = signed("\n\n".join(parts[3:]) + "\n", key)
        agree((old_root, root) == (tree.get_root(old), tree.get_root(size)), "the roots of " + path)
        compare_consistency(
            tree, old, size, list(map(base64.b64decode, parts[0].split("\n")[1:])))


def export(folder, key, proofs):
    if os.path.isfile(key):
        with open(key, encoding="utf-8") as file:
            key = file.readline().rstrip("\n")
    with open(os.path.join(folder, "checkpoint"), encoding="utf-8") as file:
        size, root = signed(file.read(), key)
    entries = read_entries(folder, size)
    tree = tree_of(entries)
    agree(tree.get_root(size) == root, "the root of %d events" % size)
    tiles = compare_tiles(folder, entries)
    for path in proofs:
        compare_proof(path, tree, entries, key)
    print("the same: %d events, %d tiles, %d proofs" % (size, tiles, len(proofs)))


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "vectors":
        vectors(arguments[1])
    elif len(arguments) >= 3 and arguments[0] == "export":
        export(arguments[1], arguments[2], arguments[3:])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
