"""Logs as docs/verifying.md tells them: notes, trees, receipts, exports, tiles. Python's standard library, nothing else."""
import base64
import hashlib
import json

from ed25519 import Wrong, demand, is_signed


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong("not base64") from error
    demand(base64.b64encode(data).decode() == text, "base64 with stray bits")
    return data


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# -- Signed notes, checkpoints, cosignatures ----------------------------------------------------------

def is_plain(text):
    return all(c == "\n" or c >= " " for c in text)


def demand_name(name):
    demand(name and is_plain(name) and not any(c == "+" or c.isspace() for c in name), "not a name")


def read_key(text, kind):
    name, key_id, data = text.split("+", 2)
    demand_name(name)
    data = unbase64(data)
    demand(len(data) == 33 and data[0] == kind, "a key of another type")
    demand(sha256(name.encode(), b"\n", data)[:4].hex() == key_id, "the key's id is not its own")
    return name, bytes.fromhex(key_id), data[1:]


def read_note(note):
    demand(len(note.encode()) <= 65536 and is_plain(note), "not plain text")
    text, blank, lines = note.rpartition("\n\n")
    demand(blank and lines.endswith("\n"), "not a signed note")
    signatures = []
    for line in lines[:-1].split("\n"):
        demand(line.count(" ") == 2, "a malformed signature line")
        dash, name, blob = line.split(" ")
        demand(dash == "\u2014", "a malformed signature line")
        demand_name(name)
        blob = unbase64(blob)
        demand(len(blob) > 4, "a signature line without a signature")
        signatures.append((name, blob[:4], blob[4:]))
    demand(len(signatures) <= 100, "too many signatures")
    return text + "\n", signatures


def own_lines(signatures, name, key_id):
    return [blob for who, which, blob in signatures if (who, which) == (name, key_id)]


def open_note(note, key):
    """The text, which the key's owner signed."""
    text, signatures = read_note(note)
    name, key_id, key = read_key(key, 1)
    own = own_lines(signatures, name, key_id)
    demand(own and all(is_signed(key, text.encode(), blob) for blob in own), "not signed by the log")
    return text


def cosigned_at(note, witness):
    """When the witness cosigned, newest last, in seconds; nothing if it did not."""
    text, signatures = read_note(note)
    name, key_id, key = read_key(witness, 4)
    times = []
    for blob in own_lines(signatures, name, key_id):
        time = int.from_bytes(blob[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{text}".encode()
        demand(time > 0 and is_signed(key, message, blob[8:]), "a cosignature fails: " + name)
        times.append(time)
    return sorted(times)


def read_number(text):
    """Decimal digits without leading zeros, below 2^64."""
    demand(text.isascii() and text.isdecimal() and str(int(text)) == text and int(text) < 2**64, "not a number")
    return int(text)


def read_checkpoint(text):
    """Origin, size and root."""
    demand(text.endswith("\n"), "a line without end")
    origin, size, root, *more = text[:-1].split("\n")
    demand(origin and all(more), "an empty line")
    size, root = read_number(size), unbase64(root)
    demand(len(root) == 32 and (size > 0 or root == sha256()), "not a root")
    return origin, size, root


def open_checkpoint(note, log_key, witness_keys):
    """Origin, size and root; every witness named must have cosigned."""
    text = open_note(note, log_key)
    for witness in witness_keys:
        demand(cosigned_at(note, witness), "not cosigned by " + witness)
    origin, size, root = read_checkpoint(text)
    demand(origin == log_key.split("+")[0], "the checkpoint is of another log")
    return origin, size, root


# -- Trees: RFC 6962, section 2.1 ---------------------------------------------------------------------

def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


class Tree:
    def __init__(self):
        self.size, self.subtrees = 0, []

    def append(self, hash_):
        size = self.size
        while size & 1:
            hash_, size = node_hash(self.subtrees.pop(), hash_), size >> 1
        self.subtrees.append(hash_)
        self.size += 1

    def root(self):
        if not self.subtrees:
            return sha256()
        root = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            root = node_hash(left, root)
        return root


def root_over(hashes):
    tree = Tree()
    for hash_ in hashes:
        tree.append(hash_)
    return tree.root()


def check_inclusion(hash_, index, size, proof, root):
    demand(index < size, "an index beyond the tree")
    sides, node, last = [], index, size - 1
    while last:
        if node & 1 or node < last:
            sides.append(node & 1 or node == last)
        node, last = node >> 1, last >> 1
    demand(len(proof) == len(sides), "a proof of another length")
    demand(all(len(other) == 32 for other in proof), "not a hash")
    for left, other in zip(sides, proof):
        hash_ = node_hash(other, hash_) if left else node_hash(hash_, other)
    demand(hash_ == root, "the proof leads to another root")


def check_consistency(old_size, new_size, proof, old_root, new_root):
    demand(0 < old_size <= new_size, "no earlier tree")
    if old_size == new_size:
        demand(not proof and old_root == new_root, "one size and another past")
        return
    if old_size & (old_size - 1) == 0:
        proof = [old_root, *proof]
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    sides = []
    while last:
        if node & 1 or node < last:
            sides.append(node & 1 or node == last)
        node, last = node >> 1, last >> 1
    demand(len(proof) == len(sides) + 1, "a proof of another length")
    demand(all(len(hash_) == 32 for hash_ in proof), "not a hash")
    old = new = proof[0]
    for left, other in zip(sides, proof[1:]):
        if left:
            old, new = node_hash(other, old), node_hash(other, new)
        else:
            new = node_hash(new, other)
    demand(old == old_root and new == new_root, "the later log does not continue the earlier one")


# -- Protocol buffers, as far as they are needed ------------------------------------------------------

def fields(data):
    """(number, value): an integer, or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            demand(at < len(data) and shift < 64, "a torn message")
            byte, at = data[at], at + 1
            value, shift = value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        else:
            demand(tag & 7 == 2, "another kind of field")
            length = varint()
            demand(at + length <= len(data), "a torn message")
            yield tag >> 3, data[at:at + length]
            at += length


# -- What a log holds ---------------------------------------------------------------------------------

class Leaves:
    """Leaves in order: positions without gap, time never backwards, one ledger."""

    def __init__(self):
        self.count, self.ledger, self.stamp = 0, None, 0

    def add(self, leaf):
        demand(len(leaf) == 144 and leaf[:6] == b"TLL1\0\1", "not a leaf")
        ledger, position = leaf[8:24], int.from_bytes(leaf[24:32], "big")
        stamp = int.from_bytes(leaf[64:72], "big", signed=True)
        demand(position == self.count + 1, "a leaf out of turn")
        demand(self.ledger in (None, ledger), "a leaf of another ledger")
        demand(self.count == 0 or stamp >= self.stamp, "time goes backwards")
        self.count, self.ledger, self.stamp = self.count + 1, ledger, stamp


def verify_receipt(path, log_key, witness_keys):
    lines, blank, note = path.read_bytes().decode().partition("\n\n")
    demand(blank, "not a proof")
    title, *lines = lines.split("\n")
    demand(title == "c2sp.org/tlog-proof@v1" and len(lines) >= 2, "not a proof")
    demand(lines[0].startswith("extra ") and lines[1].startswith("index "), "not a receipt")
    index = read_number(lines[1][6:])
    demand(len(lines) <= 66, "a proof longer than any tree is high")
    origin, size, root = open_checkpoint(note, log_key, witness_keys)
    opening = list(fields(unbase64(lines[0][6:])))
    leaf = next(value for number, value in opening if number == 1)
    check_inclusion(leaf_hash(leaf), index, size, [unbase64(line) for line in lines[2:]], root)
    demand(len(leaf) == 144 and leaf[:6] == b"TLL1\0\1", "not a leaf")
    demand(int.from_bytes(leaf[24:32], "big") == index + 1, "a leaf at another position")
    details = [list(fields(value)) for number, value in opening if number == 2]
    for detail in details:
        slot = next((value for number, value in detail if number == 1), 0)
        salted = next(value for number, value in detail if number == 2)
        proof = [value for number, value in detail if number == 3]
        demand(3 <= len(proof) <= 32 and len(salted) > 16, "not a detail")
        check_inclusion(leaf_hash(salted), slot, 1 << len(proof), proof, leaf[112:144])
    return f"{origin}: leaf {index} of {size}, {len(details)} details"


def verify_consistency(path, log_key, rest):
    """What a witness is sent, held against the earlier checkpoint, whose file comes first in `rest`."""
    demand(rest, "name the file of the earlier checkpoint")
    earlier, *witness_keys = rest
    lines, blank, note = path.read_bytes().decode().partition("\n\n")
    first, *proof = lines.split("\n")
    demand(blank and first.startswith("old ") and len(proof) <= 63, "not a submission")
    with open(earlier, "rb") as file:
        _, old_size, old_root = open_checkpoint(file.read().decode(), log_key, [])
    demand(first == f"old {old_size}", "a proof from another size")
    origin, size, root = open_checkpoint(note, log_key, witness_keys)
    check_consistency(old_size, size, [unbase64(line) for line in proof], old_root, root)
    return f"{origin}: {size} leaves continue {old_size}"


def details_root(entry):
    """The root over all slots of a leaf's small tree, and past what stands beside them."""
    hashes = [leaf_hash(unbase64(salted)) for salted in entry["details"]]
    padding = [unbase64(hash_) for hash_ in entry["padding_hashes"]]
    beside = [unbase64(hash_) for hash_ in entry.get("beside_hashes", [])]
    count = len(hashes) + len(padding)
    demand(count >= 8 and count & (count - 1) == 0, "slots are missing")
    slots = entry.get("slots", list(range(len(hashes))))
    sides = {slot // count for slot in slots} or {0}
    placed = {slot % count: hash_ for slot, hash_ in zip(slots, hashes)}
    demand(len(placed) == len(slots) == len(hashes) and len(sides) == 1, "slots of no detail's own")
    side = sides.pop()
    demand(side >> len(beside) == 0, "a slot outside the tree")
    padding.reverse()
    root = root_over([placed[i] if i in placed else padding.pop() for i in range(count)])
    for level, other in enumerate(beside):
        root = node_hash(other, root) if side >> level & 1 else node_hash(root, other)
    return root


def verify_export(path, log_key, witness_keys):
    tree, leaves, details = Tree(), Leaves(), 0
    with path.open("r", encoding="utf-8") as file:
        head = json.loads(file.readline())
        demand(head["tearline_export"] == 1, "not an export")
        for line in file:
            entry = json.loads(line)
            leaf = unbase64(entry["leaf"])
            demand(entry["index"] == tree.size, "a leaf is missing")
            leaves.add(leaf)
            demand(details_root(entry) == leaf[112:144], "details of another leaf")
            details += len(entry["details"])
            tree.append(leaf_hash(leaf))
    origin, size, root = open_checkpoint(head["checkpoint"], log_key, witness_keys)
    demand((tree.size, tree.root()) == (size, root), "the leaves give another root")
    return f"{origin}: {size} leaves, {details} details"


def tile_name(index, width):
    name = f"{index % 1000:03}"
    while index := index // 1000:
        name = f"x{index % 1000:03}/{name}"
    return name if width == 256 else f"{name}.p/{width}"


def read_bundle(data, width):
    entries = []
    for _ in range(width):
        length = int.from_bytes(data[:2], "big")
        demand(len(data) >= 2 + length, "a torn bundle")
        entries.append(data[2:2 + length])
        data = data[2 + length:]
    demand(not data, "a bundle that holds more than its name says")
    return entries


def check_tiles(path, size, root, take):
    """A directory of `size` entries, each handed to `take`, that give this root, as does every tile."""
    def read(kind, index, width):
        """The file, and how many it holds: a partial one may be gone if the full one is there."""
        held = width if (path / "tile" / kind / tile_name(index, width)).exists() else 256
        return (path / "tile" / kind / tile_name(index, held)).read_bytes(), held

    hashes = []
    for first in range(0, size, 256):
        width = min(256, size - first)
        entries = read_bundle(*read("entries", first // 256, width))[:width]
        for entry in entries:
            take(entry)
            hashes.append(leaf_hash(entry))
    demand(root_over(hashes) == root, "the entries give another root")
    level = 0
    while hashes:
        for first in range(0, len(hashes), 256):
            tile = b"".join(hashes[first:first + 256])
            kept, held = read(str(level), first // 256, len(tile) // 32)
            demand(len(kept) == 32 * held and kept[:len(tile)] == tile, f"a tile of level {level} holds something else")
        full = len(hashes) // 256
        hashes = [root_over(hashes[256 * i:256 * i + 256]) for i in range(full)]
        level += 1


def verify_tiles(path, log_key, witness_keys):
    origin, size, root = open_checkpoint((path / "checkpoint").read_bytes().decode(), log_key,
                                         witness_keys)
    check_tiles(path, size, root, Leaves().add)
    return f"{origin}: {size} leaves in tiles"
