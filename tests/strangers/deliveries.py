"""Deliveries beside what their originators signed: docs/verifying.md, "What originators sign"."""
import json

from ed25519 import P
from messages import Messages, milliseconds, read_time
from public_log import Wrong, demand, is_signed, sha256, unbase64

TYPE = "application/vnd.tearline.{}.v1+protobuf"
DAY_MS, TEN_MINUTES_MS = 86_400_000, 600_000
LOW_ORDER = {bytes.fromhex(text) for text in (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")}
# What is told at some levels only.
TOLD_AT = {
    "LEVEL_FULL": {"event_type", "originating_post", "occurred_at", "occurred_quality", "marking",
                   "grading", "facts", "segments"},
    "LEVEL_TEAR_LINE": {"event_type", "originating_post", "occurred_at", "occurred_quality",
                        "marking", "tear_line"},
    "LEVEL_POINTER": {"ask_post"}}
AT_SOME_LEVELS = set().union(*TOLD_AT.values())


def is_fit(key):
    plain = key[:31] + bytes([key[31] & 127]) if len(key) == 32 else b""
    return len(key) == 32 and int.from_bytes(plain, "little") < P and plain not in LOW_ORDER


def fits(key, message, signature):
    try:
        return is_fit(key) and is_signed(key, message, signature)
    except Wrong:
        return False


def signed_bytes(name, payload):
    """DSSE's PAE: lengths count bytes."""
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def salted(name, salt, *what):
    demand(len(salt) == 16, "a salt that is not 16 bytes")
    return sha256(name.encode(), b"\0", salt, *what)


class Originators:
    """What agencies say of their own keys, and what they must have signed by them."""

    def __init__(self, path):
        self.messages, self.agencies = Messages(), {}
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                listed = json.loads(line)
                self.agencies[listed["keys"][0]["agency"]] = listed

    def read(self, envelope, kind, message):
        """The statement, read strictly, and what was signed of the envelope."""
        demand(envelope.get("payload_type") == TYPE.format(kind), "a statement of another kind")
        demand(len(envelope.get("signatures", [])) == 1, "not exactly one signature")
        payload, name = unbase64(envelope.get("payload", "")), TYPE.format(kind).encode()
        said = self.messages.decode("tearline.v1." + message, payload, strict=True)
        return said, signed_bytes(name, payload)

    def signer(self, agency, envelope, signed):
        """(from, until, revoked) of the key that signed, in ms."""
        demand(agency in self.agencies, "no keys are known of the agency that signed")
        signature = unbase64(envelope["signatures"][0].get("sig", ""))
        for key in self.agencies[agency]["keys"]:
            if key["agency"] != agency or not fits(unbase64(key["public_key"]), signed, signature):
                continue
            until = milliseconds(key["valid_until"])
            revoked = milliseconds(key["revoked_at"]) if "revoked_at" in key else until
            return milliseconds(key["valid_from"]), min(until, revoked), revoked < until
        raise Wrong("no key known of the agency signed it")

    def same(self, said, shown):
        for name, value in shown.items():
            demand(said.get(name) == value, f"`{name}` is not what was signed")

    def origin(self, agency):
        return self.agencies.get(agency, {}).get("log_origin", "")

    # -- Events -----------------------------------------------------------------------------------

    def check_event(self, event):
        """True if it is signed, and verified."""
        level, agency = event.get("level"), event.get("originating_agency", "")
        demand(level in TOLD_AT, "nothing is told at this level")
        misplaced = (AT_SOME_LEVELS - TOLD_AT[level]) & set(event)
        demand(not misplaced, f"told at another level: {sorted(misplaced)}")
        made = "composite" in event
        demand(not made or level == "LEVEL_FULL" and agency == "broker" and
               not {"signature", "segments"} & set(event), "a composite that is not the broker's")
        erased = event.get("erased", False)
        signature = event.get("signature")
        demand(not (erased and event.get("tear_line")), "what was erased has no text")
        if signature is None:
            demand(level == "LEVEL_POINTER" or agency not in self.agencies,
                   "it carries no signature, and its agency signs what it originates")
            return False
        demand(not signature.get("salt") or level == "LEVEL_TEAR_LINE" and not erased,
               "a salt that goes with no text")
        if "occurred_at" in event:
            demand(read_time(event["occurred_at"])[1] % 1_000_000 == 0, "a time in parts of a ms")
        demand(level == "LEVEL_POINTER" or "accepted_at" in event, "when was it accepted?")
        check = {"LEVEL_FULL": self.check_full, "LEVEL_TEAR_LINE": self.check_tear_line,
                 "LEVEL_POINTER": self.check_pointer}[level]
        envelope = signature["envelope"]
        signed, is_later = check(event, envelope)
        begins, ends, revoked = self.signer(agency, envelope, signed)
        if "accepted_at" in event:
            accepted = milliseconds(event["accepted_at"])
            demand(is_later or accepted >= begins, "the key had not begun")
            demand(accepted < ends or accepted == ends and revoked, "the key had ended")
        return True

    def circumstances(self, event):
        agency = event.get("originating_agency", "")
        occurred = milliseconds(event["occurred_at"]) if "occurred_at" in event else 0
        return {"log_origin": self.origin(agency), "originating_agency": agency,
                "originating_post": event.get("originating_post"),
                "event_type": event.get("event_type"),
                "occurred_ms": str(occurred) if occurred else None,
                "occurred_quality": event.get("occurred_quality"),
                "marking": event.get("marking")}

    def check_full(self, event, envelope):
        said, signed = self.read(envelope, "event-manifest", "EventManifest")
        self.same(said, self.circumstances(event))
        self.same(said, {"grading": event.get("grading"), "facts": event.get("facts") or None})
        digests = [unbase64(digest) for digest in said.get("segments", [])]
        demand(len(digests) == 8, "not eight digests")
        for segment in event.get("segments", []):
            heading = self.messages.encode("tearline.v1.SegmentHeading", {
                name: segment[name] for name in ("media_type", "flags", "grading")
                if name in segment})
            digest = salted("tearline segment", unbase64(segment.get("salt", "")),
                            len(heading).to_bytes(4, "big"), heading,
                            unbase64(segment.get("content", "")))
            demand(digest in digests, "a segment that was not signed")
        return signed, False

    def check_tear_line(self, event, envelope):
        said, signed = self.read(envelope, "tear-line", "TearLineStatement")
        self.same(said, self.circumstances(event))
        if "event_id" in said:
            self.same(said, {"event_id": event.get("event_id")})
        if not event.get("erased"):
            digest = salted("tearline text", unbase64(event["signature"].get("salt", "")),
                            event.get("tear_line", "").encode())
            demand(unbase64(said.get("text_digest", "")) == digest, "another text was signed")
        return signed, "event_id" in said

    def check_pointer(self, event, envelope):
        said, signed = self.read(envelope, "pointer", "PointerStatement")
        agency = event.get("originating_agency", "")
        self.same(said, {"log_origin": self.origin(agency), "originating_agency": agency,
                         "ask_post": event.get("ask_post")})
        if "event_id" in said:
            self.same(said, {"event_id": event.get("event_id")})
        return signed, False

    # -- Withdrawals ------------------------------------------------------------------------------

    def check_withdrawn(self, notice):
        """True if it is signed, and verified."""
        envelope = notice.get("signature")
        if envelope is None:
            return False
        said, signed = self.read(envelope, "withdrawal", "WithdrawalStatement")
        agency = said.get("originating_agency", "")
        self.same(said, {"log_origin": self.origin(agency) or None,
                         "event_id": notice.get("event_id"), "reason": notice.get("reason")})
        begins, ends, _ = self.signer(agency, envelope, signed)
        at = int(said.get("signed_ms", 0))
        demand(begins - DAY_MS <= at < ends + TEN_MINUTES_MS, "the key was not in force then")
        return True


def verify_deliveries(path, keys_file, _):
    originators = Originators(type(path)(keys_file))
    count = verified = 0
    for line in path.read_text("utf-8").splitlines():
        if not line.strip():
            continue
        delivery = json.loads(line)
        for added in ("originator_check", "session_id"):  # the client's own words
            delivery.pop(added, None)
        originators.messages.encode("tearline.v1.Delivery", delivery)  # it has no other fields
        count += 1
        if "event" in delivery:
            verified += originators.check_event(delivery["event"])
        elif "access_withdrawn" in delivery:
            verified += originators.check_withdrawn(delivery["access_withdrawn"])
    return f"{count} deliveries, {verified} of them signed"
