#!/usr/bin/env python3
"""That public_log.py counts a proof's hashes before it hashes any: unhashed.py.

Prints how many proofs it tried and ends with 0, or says which was hashed and ends with 1.
"""
import sys

import public_log as log

hashed = 0
sha256 = log.sha256


def counted(*parts):
    global hashed
    hashed += 1
    return sha256(*parts)


def cost(check, *what):
    """How many hashes it takes to refuse it."""
    before = hashed
    try:
        check(*what)
    except log.Wrong:
        return hashed - before
    sys.exit(f"accepted: {what}")


def path(index, size):
    """How many hashes lead from a leaf to the root, by the definition in RFC 6962, section 2.1.1."""
    if size == 1:
        return 0
    split = 1 << (size - 1).bit_length() - 1
    return 1 + (path(index, split) if index < split else path(index - split, size - split))


def between(old, size, whole=True):
    """The same of two trees: section 2.1.2."""
    if old == size:
        return 0 if whole else 1
    split = 1 << (size - 1).bit_length() - 1
    return 1 + (between(old, split, whole) if old <= split else between(old - split, size - split, False))


def main():
    log.sha256 = counted
    garbage, root, tried = sha256(b"garbage"), sha256(b"root"), 0
    for size in range(1, 34):
        for first in range(size):
            for length in (*range(12), 64, 1000):
                proof = [garbage] * length
                included = cost(log.check_inclusion, garbage, first, size, proof, root)
                continued = cost(log.check_consistency, first, size, proof, garbage, root)
                log.demand(included == (length if length == path(first, size) else 0),
                           f"leaf {first} of {size}, {length} hashes")
                log.demand((continued > 0) == (first > 0 and length == between(first, size)),
                           f"from {first} to {size}, {length} hashes")
                tried += 2
    for proof in ([], [garbage]):  # From nothing, nothing is proved; nor backwards, nor of one size by hashes.
        for old, size in ((0, 0), (0, 7), (8, 7)):
            log.demand(cost(log.check_consistency, old, size, proof, sha256(), root) == 0, "no earlier tree")
    log.demand(cost(log.check_consistency, 7, 7, [garbage], root, root) == 0, "one size")
    print("tried", tried)


if __name__ == "__main__":
    try:
        main()
    except log.Wrong as fault:
        sys.exit(f"HASHED: {fault}")
