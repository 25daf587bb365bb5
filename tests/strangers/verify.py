#!/usr/bin/env python3
"""A second verifier, written from docs/verifying.md alone: Python's standard library, nothing else.

  verify.py receipt    FILE  LOG-KEY [WITNESS-KEY …]   one receipt (a C2SP tlog-proof)
  verify.py export     FILE  LOG-KEY [WITNESS-KEY …]   a whole log with its details (JSON lines)
  verify.py tiles      DIR   LOG-KEY [WITNESS-KEY …]   a whole log as C2SP tiles
  verify.py review     FILE  LOG-KEY [EXPORTER-KEY] [WITNESS-KEY …]   what a log holds of one person
  verify.py consistency FILE LOG-KEY OLD [WITNESS-KEY …]   a submission to a witness, held against
                                                       the file of an earlier checkpoint
  verify.py deliveries FILE  KEYS-FILE                 what a feed told, by its originators' keys

Reviews and deliveries read the messages that the page names from the public .proto files, ../../proto from here.
Prints what was verified and ends with 0, or says what is wrong and ends with 1. Slow and short.
"""
import pathlib
import sys

import deliveries
import public_log
import reviews


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    verify = {"receipt": public_log.verify_receipt, "export": public_log.verify_export,
              "tiles": public_log.verify_tiles, "review": reviews.verify_review,
              "consistency": public_log.verify_consistency,
              "deliveries": deliveries.verify_deliveries}[sys.argv[1]]
    try:
        print("verified", verify(pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4:]))
    except (public_log.Wrong, ValueError, KeyError, StopIteration, OSError) as fault:
        sys.exit(f"NOT VERIFIED: {fault}")


if __name__ == "__main__":
    main()
