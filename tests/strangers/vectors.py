#!/usr/bin/env python3
"""Vectors of others, judged by what verify.py is made of: vectors.py DIRECTORY.

Prints how many of each it judged as told and ends with 0, or says which it judged otherwise and ends with 1.
"""
import json
import pathlib
import sys
import tempfile

import deliveries
import public_log as log
from public_log import demand


def holds(judge, *what):
    """Whether it is accepted. A script that falls over has judged nothing: other faults go through."""
    try:
        judge(*what)
        return True
    except (log.Wrong, UnicodeError, ValueError):
        return False


def trees(vectors):
    roots = [bytes.fromhex(text) for text in vectors["roots_by_size"]]
    tree = log.Tree()
    demand(tree.root() == roots[0], "the root of nothing")
    hashes = [log.leaf_hash(bytes.fromhex(leaf)) for leaf in vectors["leaves_hex"]]
    demand([hash_.hex() for hash_ in hashes] == vectors["leaf_hashes"], "leaf hashes")
    for hash_, root in zip(hashes, roots[1:]):
        tree.append(hash_)
        demand(tree.root() == root, f"the root over {tree.size}")
    for each in vectors["inclusion"]:
        index, size, proof = each["index"], each["size"], [bytes.fromhex(h) for h in each["proof"]]
        log.check_inclusion(hashes[index], index, size, proof, roots[size])
        for bent in bent_proofs(proof, roots[0]):
            demand(not holds(log.check_inclusion, hashes[index], index, size, bent, roots[size]),
                   f"a bent proof of {index} in {size} is accepted")
    for each in vectors["consistency"]:
        old, new, proof = each["size1"], each["size2"], [bytes.fromhex(h) for h in each["proof"]]
        log.check_consistency(old, new, proof, roots[old], roots[new])
        for bent in bent_proofs(proof, roots[0]):
            demand(not holds(log.check_consistency, old, new, bent, roots[old], roots[new]),
                   f"a bent proof from {old} to {new} is accepted")
        for ends in ((roots[0], roots[new]), (roots[old], roots[0])):
            demand(not holds(log.check_consistency, old, new, proof, *ends), "another root")
    return len(vectors["inclusion"]) + len(vectors["consistency"])


def bent_proofs(proof, other):
    yield [*proof, other]
    if proof:
        yield proof[:-1]
        yield [*proof[:-1], other]


def notes(vectors):
    for each in vectors["open_ok"]:
        keys = {key.split("+")[0]: key for key in each["trust"]}
        for name in each["verified"]:
            log.open_note(each["note"], keys[name])
    text, _, line = vectors["sign"][0]["want_note"].rpartition("\n\n")
    for each in vectors["open_reject"]:
        if "note_hex" in each:
            note = bytes.fromhex(each["note_hex"])
        elif "note_rule" in each:
            note = f"{text}\n\n{101 * line}".encode()
        else:
            note = each["note"].encode()
        for key in each["trust"]:
            demand(not holds(lambda: log.open_note(note.decode(), key)), each["why"])
    good = vectors["keys"]["peter"]["vkey"]
    log.read_key(good, 1)
    wrong = [key for key in vectors["vkey_reject"] if "+" in key]
    wrong += {good[:end] for end in range(len(good))} | {good[begin:] for begin in range(1, len(good))}
    wrong += [good[:at] + chr(ord(good[at]) + 1) + good[at + 1:] for at in range(len(good))]
    for key in wrong:
        demand(not holds(log.read_key, key, 1), "this is no key: " + key)
    for each in vectors["key_id"]:
        id_ = log.sha256(each["name"].encode(), b"\n\1", bytes.fromhex(each["pub_hex"]))[:4]
        demand(id_.hex() == each["key_id"], "the key id of " + each["name"])
    return len(vectors["open_ok"]) + len(vectors["open_reject"]) + len(wrong)


def checkpoints(vectors):
    for each in vectors["strict_ok"]:
        log.read_checkpoint(each["text"])
    wrong = vectors["parse_reject"] + vectors["strict_reject"]
    for each in wrong:
        demand(not holds(log.read_checkpoint, each["text"]), each["why"])
    return len(vectors["strict_ok"]) + len(wrong)


def cosignatures(vectors):
    keys, count = [witness["cosigner_vkey"] for witness in vectors["witnesses"]], 0
    for each in vectors["ok"]:
        for key, time in zip(keys, each["timestamps"]):
            if time == 0:
                demand(not holds(log.cosigned_at, each["cosigned_note"], key), "no time")
            else:
                demand(log.cosigned_at(each["cosigned_note"], key) == [time], "another time")
            count += 1
    for each in vectors["reject"]:
        note = each["note_text"] + "\n" + each["line"]
        demand(not holds(lambda: demand(log.cosigned_at(note, keys[0]), "no line")), each["why"])
    return count + len(vectors["reject"])


def statements(vectors):
    key = bytes.fromhex(vectors["ed25519"]["pub_hex"])
    spec = vectors["spec_vector"]
    demand(deliveries.signed_bytes(spec["payload_type"].encode(), spec["payload"].encode()) ==
           spec["pae"].encode(), "what the specification signs")
    cases = [(case["payload_type"].encode(), bytes.fromhex(case["payload_hex"]),
              bytes.fromhex(case["ed25519_sig_hex"]), bytes.fromhex(case["pae_hex"]))
             for case in vectors["ed25519"]["cases"]]
    for name, payload, signature, pae in cases:
        demand(deliveries.signed_bytes(name, payload) == pae, "what is signed")
        demand(deliveries.fits(key, pae, signature), "a good signature")
        demand(not deliveries.fits(key, payload, signature), "over the payload alone")
        demand(not deliveries.fits(key, deliveries.signed_bytes(name + b"x", payload), signature),
               "under another type")
        shorter = b"DSSEv1 %d %s %d %s" % (len(name.decode()), name, len(payload), payload)
        demand(shorter == pae or not deliveries.fits(key, shorter, signature), "counted characters")
    return len(cases) + 1


def is_tile(level, rest):
    """Whether public_log.py would look for such a file: its name, read loosely, is the one it writes."""
    index, _, width = rest.partition(".p/")
    digits = "".join(each for each in index if each.isdecimal())
    if not level.isdecimal() or int(level) > 63 or not digits or ".p" in rest and not width.isdecimal():
        return None
    width = int(width or 256)
    index = int(digits)
    return index if index < 2**64 and rest == log.tile_name(index, width) and width <= 256 else None


def write_large_log(directory):
    """The leaves entry-0 to entry-69999 as a log's files; their tree's root."""
    entries = [b"entry-%d" % i for i in range(70000)]
    hashes = [log.leaf_hash(entry) for entry in entries]
    root = log.root_over(hashes)

    def write(kind, things, join):
        for first in range(0, len(things), 256):
            some = things[first:first + 256]
            path = directory / "tile" / kind / log.tile_name(first // 256, len(some))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(join(some))

    write("entries", entries, lambda some: b"".join(len(each).to_bytes(2, "big") + each for each in some))
    level = 0
    while hashes:
        write(str(level), hashes, b"".join)
        hashes = [log.root_over(hashes[first:first + 256]) for first in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return root


def tiles(vectors):
    for each in vectors["format_tile_path"]:
        name = log.tile_name(each["index"], each["partial"] or 256)
        demand(f"tile/{each['level']}/{name}" == each["path"], "another path than " + each["path"])
    for each in vectors["format_entries_path"]:
        index, size = each["index"] // 256, each["log_size"]
        name = log.tile_name(index, 256 if index < size // 256 else size % 256)
        demand(f"tile/entries/{name}" == each["path"], "another path than " + each["path"])
    for each in vectors["parse_ok"]:
        demand(is_tile(each["level"], each["rest"]) == each["want_index"], "a path: " + each["rest"])
    for each in vectors["parse_reject"]:
        demand(is_tile(each["level"], each["rest"]) is None, "no path: " + each["rest"])
    with tempfile.TemporaryDirectory() as place:
        directory = pathlib.Path(place)
        root = write_large_log(directory)
        large_log(vectors, directory, root)
    return sum(len(vectors[name]) for name in ("format_tile_path", "format_entries_path", "parse_ok",
                                               "parse_reject", "tiles_70000", "entry_bundles_70000"))


def large_log(vectors, directory, root):
    """Every file is what others say it is, and the verifier takes exactly that."""
    for each in vectors["tiles_70000"] + vectors["entry_bundles_70000"]:
        data = (directory / each["path"]).read_bytes()
        demand((len(data), log.sha256(data).hex()) == (each["bytes"], each["sha256"]), each["path"])
    written = sorted((int(path.relative_to(directory).parts[1]), int(path.stem[:3]), path)
                     for path in directory.glob("tile/[0-9]/[0-9]*") if path.is_file())
    written += [(int(path.parts[-3]), int(path.parent.stem), path) for path in directory.glob("tile/[0-9]/*.p/*")]
    demand(len(written) == vectors["tiles_70000_count"], "another number of tiles")
    lines = [f"{path.relative_to(directory)} {path.stat().st_size} {log.sha256(path.read_bytes()).hex()}\n"
             for _, _, path in sorted(written)]
    demand(log.sha256("".join(lines).encode()).hex() == vectors["tiles_70000_all_sha256"], "all tiles")
    nothing = lambda entry: None
    log.check_tiles(directory, 70000, root, nothing)
    for each in vectors["tiles_70000"] + vectors["entry_bundles_70000"]:
        path = directory / each["path"]
        data = path.read_bytes()
        for bent in (data[:-1] + bytes([data[-1] ^ 1]), data + b"x"):
            path.write_bytes(bent)
            demand(not holds(log.check_tiles, directory, 70000, root, nothing), "it is bent: " + each["path"])
        path.write_bytes(data)


def main():
    judges = {"rfc6962_reference": trees, "tile_layout": tiles, "notes": notes,
              "checkpoint_text": checkpoints, "cosignatures": cosignatures, "dsse": statements}
    for name, judge in judges.items():
        path = pathlib.Path(sys.argv[1]) / (name + ".json")
        try:
            print("judged", name, judge(json.loads(path.read_text("utf-8"))))
        except (log.Wrong, UnicodeError, ValueError, OSError) as fault:
            sys.exit(f"{name}: JUDGED OTHERWISE: {fault}")


if __name__ == "__main__":
    main()
