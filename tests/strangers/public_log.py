"""Logs as docs/verifying.md tells them: notes, trees, receipts, exports, tiles. Python's standard library, nothing else."""
import base64
import hashlib
import json


class Wrong(Exception):
    pass


def demand(holds, sentence):
    if not holds:
        raise Wrong(sentence)


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong("not base64") from error
    demand(base64.b64encode(data).decode() == text, "base64 with stray bits")
    return data


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# -- Ed25519: RFC 8032, section 5.1.7, with the curve's plain formulas --------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    demand((x * x - square) % P == 0 and not (x == 0 and sign), "not a point of the curve")
    return P - x if x & 1 != sign else x


def read_point(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    demand(y < P, "a point that is not written canonically")
    x = recover_x(y, sign)
    return (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


BASE = read_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(read_point(signature[:32]), times(h, read_point(key)))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or
                (left[1] * right[2] - right[1] * left[2]) % P)


# -- Signed notes, checkpoints, cosignatures ----------------------------------------------------------

def read_key(text, kind):
    name, key_id, data = text.split("+", 2)
    data = unbase64(data)
    demand(len(data) == 33 and data[0] == kind, "a key of another type")
    demand(sha256(name.encode(), b"\n", data)[:4].hex() == key_id, "the key's id is not its own")
    return name, bytes.fromhex(key_id), data[1:]


def read_note(note):
    text, blank, lines = note.rpartition("\n\n")
    demand(blank and lines.endswith("\n"), "not a signed note")
    signatures = []
    for line in lines.splitlines():
        dash, name, blob = line.split(" ")
        demand(dash == "\u2014" and name, "a malformed signature line")
        blob = unbase64(blob)
        signatures.append((name, blob[:4], blob[4:]))
    demand(len(signatures) <= 100, "too many signatures")
    return text + "\n", signatures


def open_checkpoint(note, log_key, witness_keys):
    """Origin, size and root; every witness named must have cosigned."""
    text, signatures = read_note(note)
    name, key_id, key = read_key(log_key, 1)
    own = [blob for who, which, blob in signatures if (who, which) == (name, key_id)]
    demand(own and all(is_signed(key, text.encode(), blob) for blob in own), "not signed by the log")
    for witness in witness_keys:
        who, which, key = read_key(witness, 4)
        lines = [blob for n, i, blob in signatures if (n, i) == (who, which)]
        demand(lines, "not cosigned by " + who)
        for blob in lines:
            time = int.from_bytes(blob[:8], "big")
            message = f"cosignature/v1\ntime {time}\n{text}".encode()
            demand(time > 0 and is_signed(key, message, blob[8:]), "a cosignature fails: " + who)
    origin, size, root = text.split("\n")[:3]
    demand(origin == name, "the checkpoint is of another log")
    demand(size.isdecimal() and str(int(size)) == size, "not a size")
    root = unbase64(root)
    demand(len(root) == 32, "not a root")
    return origin, int(size), root


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
    for left, other in zip(sides, proof):
        demand(len(other) == 32, "not a hash")
        hash_ = node_hash(other, hash_) if left else node_hash(hash_, other)
    demand(hash_ == root, "the proof leads to another root")


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
    lines, blank, note = path.read_text("utf-8").partition("\n\n")
    demand(blank, "not a proof")
    title, *lines = lines.split("\n")
    demand(title == "c2sp.org/tlog-proof@v1" and len(lines) >= 2, "not a proof")
    demand(lines[0].startswith("extra ") and lines[1].startswith("index "), "not a receipt")
    index = int(lines[1][6:])
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


def verify_tiles(path, log_key, witness_keys):
    origin, size, root = open_checkpoint((path / "checkpoint").read_text("utf-8"), log_key,
                                         witness_keys)

    def read(kind, index, width):
        partial = path / "tile" / kind / tile_name(index, width)
        return (partial if partial.exists() else path / "tile" / kind / tile_name(index, 256)).read_bytes()

    leaves, hashes = Leaves(), []
    for first in range(0, size, 256):
        data, width = read("entries", first // 256, min(256, size - first)), min(256, size - first)
        for _ in range(width):
            length = int.from_bytes(data[:2], "big")
            demand(len(data) >= 2 + length, "a torn bundle")
            leaves.add(data[2:2 + length])
            hashes.append(leaf_hash(data[2:2 + length]))
            data = data[2 + length:]
    demand(root_over(hashes) == root, "the entries give another root")
    level = 0
    while hashes:
        for first in range(0, len(hashes), 256):
            tile = b"".join(hashes[first:first + 256])
            kept = read(str(level), first // 256, len(tile) // 32)
            demand(kept[:len(tile)] == tile, f"a tile of level {level} holds something else")
        full = len(hashes) // 256
        hashes = [root_over(hashes[256 * i:256 * i + 256]) for i in range(full)]
        level += 1
    return f"{origin}: {size} leaves in tiles"
