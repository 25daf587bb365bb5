"""Reviews as docs/verifying.md tells them: one HTML file about one person. The page is not written again."""
import base64
import json

from messages import Messages, milliseconds
from public_log import (check_inclusion, demand, is_signed, leaf_hash, open_checkpoint, read_key,
                        read_note, sha256, unbase64)

DATA_OPEN = b'<script type="application/jsonl" id="tearline-data">\n'
DATA_CLOSE = b"</script>\n"
MANIFEST_OPEN = b'<details open><summary>Manifest</summary><pre id="tearline-manifest">\n'
MANIFEST_CLOSE = b"</pre></details>\n</main>\n</body>\n</html>\n"
# Obligations of these types are never due anew.
DUE_ONCE = {"OBLIGATION_TYPE_" + name for name in (
    "READ", "CONFIRM_DELETION", "REPORT_BREACH", "REVIEW_BREAK_GLASS", "REVIEW_UNMERGE",
    "REVIEW_NUMBERS", "SEE_TO_JOINED_CASE", "REVIEW_OVERRIDE", "REVIEW_INFORMATION_REFUSAL")}

OPERATIONS = {
    "collection": ({20, 30, 39, 50, 100, 105, 110, 113, 115}, {"published"},
                   {"nominal-registered"}),
    "alteration": ({22, 27, 37, 38, 43, 44, 51, 53, 54, 101, 106, 114},
                   {"withdrawn", "amended", "booking_moved", "event_moved"}, {"separation"}),
    "consultation": ({21, 35, 66, 90}, {"read", "consulted"}, set()),
    "disclosure": ({33, 62, 111}, {"released", "disclosure"}, set()),
    "combination": ({26}, {"composite"}, {"combination"}),
    "erasure": ({25, 85}, set(), {"nominal-erased"}),
    "administration": ({1, 10, 11, 12, 13, 14, 18, 19, 23, 24, 28, 29, 31, 32, 34, 36, 40, 41, 42,
                        60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 80, 81, 82, 83}, set(), set()),
}


def read_file(data, exporter_keys):
    """The lines, once page and lines are those of the manifest, and the manifest the exporter's."""
    page, found, rest = data.partition(DATA_OPEN)
    demand(found, "no data")
    lines, found, rest = rest.partition(DATA_CLOSE)
    demand(found, "data without end")
    demand(rest.startswith(MANIFEST_OPEN) and rest.endswith(MANIFEST_CLOSE), "another end")
    manifest = rest[len(MANIFEST_OPEN):-len(MANIFEST_CLOSE)].decode("utf-8")
    document = page + DATA_OPEN + lines + DATA_CLOSE
    text = (f"tearline review v1\npage {sha256(document).hex()}\ndata {sha256(lines).hex()}\n")
    if manifest != text:
        said, signatures = read_note(manifest)
        demand(said == text, "page or data are not those of the manifest")
        demand(signatures, "a manifest that is followed by no signature")
    else:
        signatures = []
    for exporter in exporter_keys:
        name, key_id, key = read_key(exporter, 1)
        own = [blob for who, which, blob in signatures if (who, which) == (name, key_id)]
        demand(own and all(is_signed(key, text.encode(), blob) for blob in own),
               "the manifest is not signed by " + name)
    return lines.decode("ascii")


def as_written(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def post_of(feed):
    return "/".join(feed.split("/")[:2])


def id_of(prefix, text):
    return prefix + unbase64(text or "").hex()


def operations_of(kind, facts):
    """As the table in docs/verifying.md has them."""
    done = {row for row, (kinds, _, _) in OPERATIONS.items() if kind in kinds}
    if not done:
        return []
    for fact in facts:
        what = fact.get("changed", {}).get("what")
        done |= {row for row, (_, names, words) in OPERATIONS.items()
                 if names & set(fact) or what in words}
    done -= {"administration"} if len(done) > 1 else set()
    return [row for row in OPERATIONS if row in done]


class Leaf:
    """A leaf that lies under the checkpoint, and the facts that lie under it."""

    def __init__(self, said, size, root, messages):
        leaf = unbase64(said["leaf"])
        demand(len(leaf) == 144 and leaf[:6] == b"TLL1\0\1", "not a leaf")
        check_inclusion(leaf_hash(leaf), said["index"], size,
                        [unbase64(hash_) for hash_ in said["proof"]], root)
        demand(int.from_bytes(leaf[24:32], "big") == said["index"] + 1, "another position")
        self.index, self.facts, slots = said["index"], [], set()
        self.stamp = int.from_bytes(leaf[64:72], "big", signed=True)
        for opened in said["opened"]:
            salted, proof = unbase64(opened["salted"]), [unbase64(h) for h in opened["proof"]]
            demand(3 <= len(proof) <= 32 and len(salted) > 16, "not a detail")
            check_inclusion(leaf_hash(salted), opened["slot"], 1 << len(proof), proof,
                            leaf[112:144])
            slots.add(opened["slot"])
            self.facts.append(messages.decode("tearline.stored.v1.Detail", salted[16:], False))
        demand(len(slots) == len(self.facts), "one slot twice")
        again = {"index": self.index, "leaf": base64.b64encode(leaf).decode(),
                 "proof": said["proof"], "opened": [
                     {name: opened[name] for name in ("slot", "salted", "proof")}
                     for opened in said["opened"]],
                 "facts": self.facts, "stamp_ms": self.stamp,
                 "operations": operations_of(int.from_bytes(leaf[72:74], "big"), self.facts)}
        demand(again == said, "a line says something else than what it opens")


class Review:
    def __init__(self, head, leaves):
        self.head, self.leaves, self.cut = head, leaves, set(head["cut"])

    def holds(self, kind, is_it, stamp=None):
        return any(kind in fact and is_it(fact[kind])
                   for leaf in self.leaves if stamp is None or leaf.stamp == stamp
                   for fact in leaf.facts)

    def check_people(self, answered):
        people = set()
        for leaf in self.leaves:
            for fact in leaf.facts:
                if "published" in fact:
                    event = id_of("ev_", fact["published"].get("event_id"))
                    demand(event in answered, "a leaf puts in an event that no answer names")
                    people |= set(fact["published"].get("nominal_ids", []))
                for kind in ("obligation", "break_glass"):
                    people |= {fact.get(kind, {}).get("nominal_id", "")} - {""}
        demand(not people or self.head["nominal_id"] in {id_of("nom_", one) for one in people},
               "no leaf is about the person of the head")

    def check_event(self, said):
        def is_it(text):
            return id_of("ev_", text) == said["event_id"]

        demand(self.holds("published", lambda fact: is_it(fact.get("event_id")) and all(
            fact.get(name) == said.get(name) for name in ("event_type", "originating_agency")),
            milliseconds(said["accepted_at"])), "no leaf says that the event was put in then")
        for known in said.get("known_to", []):
            def is_theirs(fact):
                return is_it(fact.get("event_id")) and post_of(fact.get("feed", "")) == known["post"]

            def decided(fact):
                return is_it(fact.get("event_id")) and fact.get("post") == known["post"]

            def as_answered(fact):
                pairs = (("level", "decided"), ("duty", "duty"), ("shortfall", "shortfall"))
                return decided(fact) and all(fact.get(a) == known.get(b) for a, b in pairs)

            def is_given(fact):
                return is_theirs(fact) and fact.get("level") == known.get("level")

            for time, kind, is_so in (("released_at", "released", is_theirs),
                                      ("released_anew_at", "released", is_given),
                                      ("read_at", "read", is_theirs),
                                      ("read_before_at", "read", is_theirs)):
                demand(time not in known or self.holds(kind, is_so, milliseconds(known[time])),
                       f"no leaf holds {time} of {known['post']}")
            demand("decided_at" not in known or not self.holds("decision", decided) or
                   self.holds("decision", as_answered, milliseconds(known["decided_at"])),
                   "the leaves say otherwise of what was decided")

    def check_obligation(self, said):
        words = []
        for leaf in self.leaves:
            here = [fact["obligation"] for fact in leaf.facts if "obligation" in fact and
                    id_of("ob_", fact["obligation"].get("obligation_id")) == said["obligation_id"]]
            words += [(leaf.stamp, word) for word in sorted(here, key=turn)]
        demand(words, "no leaf speaks of the obligation")
        demand(any(all(word.get(name) == said.get(name) for name in ("type", "reason"))
                   for _, word in words), "the leaves say otherwise of what had to happen")
        ends = [stamp for stamp, word in words
                if word.get("change") == "OBLIGATION_CHANGE_DISCHARGED"]
        ended = milliseconds(said["ended_at"]) if "ended_at" in said else None
        due = str(milliseconds(said["due_at"])) if "due_at" in said else None
        if said["obligation_id"] in self.cut:
            demand(ended == ends[0] if ends else ended is None or ended >= words[-1][0],
                   "the leaves say otherwise of when it ended")
            latest = max(int(word.get("due_ms", 0)) for _, word in words)
            demand(said.get("type") not in DUE_ONCE or int(due or 0) <= latest,
                   "the leaves say that it was due earlier")
            return

        def stood(word):
            return (word.get("told_post"), word.get("stage"), word.get("due_ms")) == (
                said.get("told_post"), said.get("stage"), due)

        opened, first = words[0]
        demand(first.get("change") == "OBLIGATION_CHANGE_OPENED" and
               opened == milliseconds(said["opened_at"]), "no leaf holds that it was opened then")
        demand(ended == (ends[0] if ends else None), "the leaves say otherwise of when it ended")
        before = [word for stamp, word in words if stamp <= self.head["made_ms"]]
        demand(stood(before[-1]) if ended is None and before else
               any(stood(word) for _, word in words),
               "the leaves say otherwise of whom it was told, its step or its time")


def turn(word):
    """Where it stands among the words of one leaf: opened first, ended last, due ever earlier."""
    turns = {"OBLIGATION_CHANGE_OPENED": 0, "OBLIGATION_CHANGE_DISCHARGED": 2}
    return turns.get(word.get("change"), 1), -int(word.get("due_ms", 0))


def rising(ids):
    return all(one < other for one, other in zip(ids, ids[1:]))


def verify_review(path, log_key, keys):
    exporters = [key for key in keys if unbase64(key.split("+", 2)[2])[:1] == b"\1"]
    witnesses = [key for key in keys if key not in exporters]
    lines = read_file(path.read_bytes(), exporters)
    demand(lines.endswith("\n"), "a line without end")
    lines = lines[:-1].split("\n")
    said = [json.loads(line) for line in lines]
    for line, value in zip(lines, said):
        demand(as_written(value) == line, "a line that is not written as its values are")
    head, messages = said[0], Messages()
    demand(head["tearline_review"] == 4, "another form of review")
    counts = [head["leaves"], head["events"], head["obligations"]]
    demand(sum(counts) + 1 == len(said), "lines were added or removed")
    origin, size, root = open_checkpoint(head["checkpoint"], log_key, witnesses)
    leaves = [Leaf(line, size, root, messages) for line in said[1:1 + counts[0]]]
    demand(rising([leaf.index for leaf in leaves]), "leaves out of order")
    review = Review(head, leaves)
    answers = said[1 + counts[0]:]
    kinds = ["event"] * counts[1] + ["obligation"] * counts[2]
    demand([answer["answered"] for answer in answers] == kinds, "answers out of order")
    events = [answer["said"] for answer in answers[:counts[1]]]
    duties = [answer["said"] for answer in answers[counts[1]:]]
    demand(rising([event["event_id"] for event in events]), "events out of order")
    demand(rising([duty["obligation_id"] for duty in duties]), "obligations out of order")
    review.check_people({event["event_id"] for event in events})
    for event in events:
        messages.encode("tearline.v1.KnownEvent", event)  # it has no other fields
        if event["event_id"] not in review.cut:
            review.check_event(event)
    for duty in duties:
        messages.encode("tearline.v1.OpenAtRow", duty)
        review.check_obligation(duty)
    return f"{origin}: {counts[0]} leaves about {head['nominal_id']}, {counts[1]} events"
