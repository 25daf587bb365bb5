#!/usr/bin/env bash
# Plays the ceremony: intelligence that once would not have reached the panel.
#
# usage: demo.sh BIN WORK     BIN holds tearlined, tearline and tearline_area, WORK is an empty directory
#
# Starts a broker of its own on loopback, with throw-away certificates, and tells what happens and why
# it matters. Each step checks that what it tells is so, and ends with 1 if it is not.
set -euo pipefail
export LC_ALL=C.UTF-8
unset TEARLINE_SERVER TEARLINE_CA TEARLINE_CERT TEARLINE_KEY

[[ $# -eq 2 ]] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BIN=$(cd "$1" && pwd)
mkdir -p "$2"
WORK=$(cd "$2" && pwd)
readonly HERE BIN WORK
# shellcheck source=deploy/demo/stage.sh
source "$HERE/stage.sh"

publisher_pid=
finish() {
  [[ -z $publisher_pid ]] || kill "$publisher_pid" 2>/dev/null || true
  stop_broker
}
trap finish EXIT
trap 'exit 130' INT TERM

# -- How it is told --------------------------------------------------------------------------------

chapter() { printf '\n\n== %s\n' "$1"; }
tell() { printf '\n'; fold -s -w 92 <<<"$*" | sed 's/ *$//'; }

out=
# play NAME ARGUMENTS…: what somebody types, and what they see: the last $lines of it. It must end with
# 0, or with $code.
code=0
lines=1000
play() {
  local name=$1 got=0
  shift
  out=$(tearline_as "$name" "$@" 2>&1) || got=$?
  printf '\n  %s$ tearline %s\n' "$name" "$*"
  tail -n "$lines" <<<"$out" | sed 's/^/    /'
  [[ $got -eq $code ]] || fail "tearline $1 $2 ended with $got instead of $code"
}
# ask NAME ARGUMENTS…: the same for the script's own use, unseen, as JSON.
ask() {
  local name=$1
  shift
  out=$(tearline_as "$name" --json "$@" 2>&1) || fail "tearline $1 $2: $out"
}
sees() { grep -q -E -e "$1" <<<"$out" || fail "expected to see: $1"; }
sees_not() { ! grep -q -E -e "$1" <<<"$out" || fail "did not expect to see: $1"; }
# field NAME: the first value of a field in the JSON last asked for.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$out" | head -n 1; }

# id PREFIX: the first id of its kind in what was seen last.
id() { grep -o "$1_[0-9a-f]\{32\}" <<<"$out" | head -n 1; }

# -- The stage -------------------------------------------------------------------------------------

printf 'TEARLINE: what a panel ought to know reaches it, or somebody named answers why not.\n'
tell "Thirteen invented agencies of an invented county share one broker. Every one has its own" \
  "authority, and nobody is believed without a certificate. Policy decides, for each event and each" \
  "post, how much may be told: everything, a tear-line written for that audience, a pointer to" \
  "somebody to ask, or nothing. The decision is recorded before a byte leaves."
tell "In this demo an hour lasts a second: the worked policy's \"within 4h\" is written \"within 4s\"." \
  "Nothing else of it is changed."

set_stage
mkdir -p "$WORK/area"
drawn=$("$BIN/tearline_area" --out "$WORK/area" --seed 8 --people 60 --panels 6 --days 84 \
  --probation probation-northshire) || fail "the area could not be drawn"
cat "$WORK/area/directory.textproto" >>"$WORK/directory.textproto"
sed -E 's/"([0-9]+)h"/"\1s"/g' "$HERE/../../config/policies/public_protection.textproto" \
  >"$WORK/policy.textproto"
grep -q '"4s"' "$WORK/policy.textproto" || fail "the policy's hours were not found"
write_settings 0
record_genesis
start_broker
printf '\n  The broker is ready on %s, with an empty history and one signed policy.\n' "$address"

# -- 1 ---------------------------------------------------------------------------------------------

chapter "1. A person, a case, a panel"
tell "A probation co-ordinator registers somebody due for release, and opens a case at MAPPA category 4," \
  "level 3. Her own agency would lead it and so see more: she cannot do that alone. A second hand, from" \
  "another agency, makes it so."
play coordinator nominal register --identifier noms:A1111AA --identifier crn:X111111 --purpose public-protection
nominal=$(grep -o 'nom_[0-9a-f]\{32\}' <<<"$out" | head -n 1)
[[ -n $nominal ]] || fail "the person has no id"
play coordinator case open --nominal "$nominal" --category 4 --level 3 \
  --lead probation-northshire --area northshire
sees 'awaits a second hand'
pending=$(grep -o 'pend_[0-9a-f]\{32\}' <<<"$out" | head -n 1)
code=1
play coordinator directory second-hand --pending "$pending"
sees 'SECOND_HAND_REQUIRED'
code=0
play police-coordinator directory second-hand --pending "$pending"
sees 'recorded'

ask coordinator case show --nominal "$nominal" --purpose public-protection
case_id=$(field case_id)
tell "The panel takes its seats: probation chairs; police and prison sit; a college is a guest with a" \
  "lower clearance. A named counter-terrorism officer is made accountable that intelligence reaches them."
seat() { # seat BY POST KIND
  ask "$1" case seat --case "$case_id" --post "$2" --kind "$3"
  [[ $(field awaits_second_hand) == false ]] || fail "the seat of $2 awaits a second hand"
}
seat police-coordinator probation-northshire/chair chair
seat coordinator police-northshire/offender-management member
seat coordinator prison-westmoor/security member
seat coordinator college-trust/safeguarding guest
ask coordinator case accountable --case "$case_id" --post police-ct/accountable
play chair case show --case "$case_id" --purpose public-protection
sees 'college-trust/safeguarding +guest'
sees 'accountable +police-ct/accountable'

# -- 2 ---------------------------------------------------------------------------------------------

chapter "2. History arrives, and adds up"
tell "A week of messages from the prison and probation services is imported as it comes: wrapped or" \
  "bare, dates with and without a zone, a capacity that is about nobody, two records of one person merged:" \
  "that is done here, too. Two messages cannot be understood safely. They are not guessed at and not" \
  "dropped: they lie in quarantine, each beside its reason."
play adapter event publish --format hmpps --file "$HERE/messages" --imported --merges \
  --purpose correction --pointer-post probation-northshire/coordinator \
  --quarantine "$WORK/quarantine"
sees 'who is who +merged 1'
sees 'quarantined +2 +\(IDENTIFIER_UNUSABLE 1, TIME_UNUSABLE 1\)'
sees 'adds up +15 = 13 \+ 0 \+ 0 \+ 2'
[[ $(find "$WORK/quarantine" -name '*.reason.json' | wc -l) -eq 2 ]] || fail "two reasons are kept"
ask adapter event publish --format hmpps --file "$HERE/messages" --imported \
  --pointer-post probation-northshire/coordinator --quarantine "$WORK/quarantine-again"
sees '"repeated":13'
tell "Sent a second time, by mistake, the same messages are recognised: 13 repeated, none doubled."
ask chair feed pull --acknowledge
history=$(grep -c '"event":{' <<<"$out" || true)
[[ $history -eq 5 ]] || fail "five of the messages are about this person; the chair got $history"
tell "Five of them are about this person, under two different numbers. They reach the chair and the" \
  "members, with one notice that history has arrived, and no false alarms about deadlines long past."
for who in police prison accountable; do ask "$who" feed pull --acknowledge; done

# -- 3 ---------------------------------------------------------------------------------------------

chapter "3. Intelligence, with a tear-line"
tell "Four weeks before release, CT police publish a report: untested source, known indirectly, no" \
  "direct action, controlled by its originator. They write a tear-line for whoever chairs the panel, and" \
  "allow that others are told whom to ask, but not who holds it."
play intelligence event publish --file "$HERE/events/with-a-tear-line.textproto"
sees 'accepted'
first=$(grep -o 'ev_[0-9a-f]\{32\}' <<<"$out" | head -n 1)
tell "The accountable officer must know, and gets it whole, with a deadline to read it in person."
play accountable feed pull --acknowledge
sees 'full  intelligence.report.submitted'
sees 'make contact with a former associate'
number=$(sed -n 's/^urgent \([0-9]*\).*  full  .*/\1/p' <<<"$out" | tail -n 1)
play accountable feed read --lane urgent --sequence "$number"
sees 'recorded'
tell "That a system acknowledged it would not have been enough: only a person's reading ends that duty." \
  "The chair gets the words written for a chair, and nothing of the rest:"
play chair feed pull --acknowledge
sees 'tear-line  intelligence.report.submitted'
sees 'time of highest risk'
sees_not 'former associate'
tell "The other cleared seats learn that something is held, and whom to ask; not what, not by whom:"
play police feed pull
sees 'pointer'
sees 'ask probation-northshire/coordinator'
sees_not 'intelligence.report|police-ct|time of highest risk'
ask prison feed pull --acknowledge
sees '"level":"LEVEL_POINTER"'
tell "(The prison's seat sees the same.) The guest sees nothing, just as if nothing had happened:"
play guest feed pull
sees 'nothing waits'

# -- 4 ---------------------------------------------------------------------------------------------

chapter "4. The broker is killed"
tell "Police have taken delivery of that pointer but have not acknowledged it. An auditor notes the head" \
  "of the log. Then the broker is killed, without warning, by SIGKILL; and while it is dead, CT police" \
  "publish a second report. Their client keeps trying, with the same request id."
ask auditor audit checkpoint --verifier-key "$WORK/log.key" --trust "$WORK/log.trust"
kill -9 "$broker_pid"
wait "$broker_pid" 2>/dev/null || true
broker_pid=
tearline_as intelligence --json --timeout 60 event publish \
  --file "$HERE/events/without-a-tear-line.textproto" >"$WORK/second.json" 2>&1 &
publisher_pid=$!
sleep 1
write_settings "${address##*:}"
start_broker
wait "$publisher_pid" || fail "the second report was not accepted: $(cat "$WORK/second.json")"
publisher_pid=
second=$(grep -o 'ev_[0-9a-f]\{32\}' "$WORK/second.json" | head -n 1)
[[ -n $second ]] || fail "the second report has no id"
printf '\n  The broker is back on %s; the second report was accepted: %s\n' "$address" "$second"
tell "What was not acknowledged comes again, and says so. Nothing is lost, nothing doubled."
play police feed pull --acknowledge
sees '\(may have come before\) +pointer'
play auditor audit checkpoint --trust "$WORK/log.trust"
sees 'continues .*proved'
tell "And the log that came back is proved to continue the one the auditor had seen."

# -- 5 ---------------------------------------------------------------------------------------------

chapter "5. Intelligence, withheld: and who answers for it"
tell "The second report has no tear-line, and not even its existence may be told. So the panel is told" \
  "nothing, neither the chair nor the members:"
play chair feed pull
sees 'nothing waits'
ask police feed pull
[[ -z $out ]] || fail "police were told of the second report"
tell "This is how such intelligence used to be lost. Here the silence is itself on record: a duty was owed" \
  "to the panel and is unmet, so an obligation opens, with a reason, a name, and a time to act by."
play accountable feed pull --acknowledge
sees 'full  intelligence.report.submitted'
sees 'sanitise-or-review'
number=$(sed -n 's/^urgent \([0-9]*\).*  full  .*/\1/p' <<<"$out" | tail -n 1)
ask accountable feed read --lane urgent --sequence "$number"
tell "He reads it, and does nothing more. Four seconds, which stand for hours, pass: it goes to his" \
  "deputy. Four more: it goes to the strategic board."
for ((waited = 0; waited < 120; ++waited)); do
  ask auditor audit withheld --past-review
  ! grep -q '"stage":2' <<<"$out" || break
  sleep 0.25
done
play deputy feed pull --acknowledge
sees 'sanitise-or-review'
sees 'stage +1'
play board feed pull --acknowledge
sees 'sanitise-or-review'
sees 'stage +2'
sees_not 'A second source'
tell "The board learns that something is overdue, and whose it is; not what it says."

# -- 6 ---------------------------------------------------------------------------------------------

chapter "6. A question nobody may leave unanswered"
tell "The college would like him at a ceremony, and says so. In the inquiries behind this story such things" \
  "were mentioned at panels, and no record shows that anybody was asked. Here each seat, and the" \
  "accountable officer, owe an answer by a time. Eight seconds, for once."
play guest case propose --case "$case_id" --kind attend-event \
  --answer-by "$(date -u -d '+8 seconds' +%FT%TZ)" --purpose public-protection
proposal=$(grep -o 'prop_[0-9a-f]\{32\}' <<<"$out" | head -n 1)
play chair case answer --case "$case_id" --proposal "$proposal" --answer no-objection \
  --purpose public-protection
play chair case proposals --case "$case_id" --purpose public-protection
sees '3 of 4 have not answered'
tell "The time comes. Nobody's silence becomes consent: it is written down, and they are chased on."
for ((waited = 0; waited < 120; ++waited)); do
  ask chair case proposals --case "$case_id" --purpose public-protection
  ! grep -q '"silent":true' <<<"$out" || break
  sleep 0.25
done
play chair case proposals --case "$case_id" --purpose public-protection
sees 'silent'

# -- 7 ---------------------------------------------------------------------------------------------

chapter "7. What the inspector asks"
tell "Who was told of the first report, how much, under which rules, and who has read it?"
play auditor audit who-was-told --event "$first"
sees 'probation-northshire/chair +tear-line'
sees 'police-northshire/offender-management +pointer'
sees 'college-trust/safeguarding +withheld'
sees 'police-ct/accountable +full'
tell "And of the second, which the panel never saw?"
play auditor audit who-was-told --event "$second"
sees 'probation-northshire/chair +withheld +tear-line'
tell "Why has the chair not received it? In words, and the question itself goes on record."
play auditor audit explain --event "$second" --post probation-northshire/chair
sees 'gets nothing, and no sign that anything is held'
sees 'must write what can be told, or review that it is not'
tell "The chair's own question about it is answered as if there were no such event:"
code=1
play chair feed explain --event "$second" --purpose public-protection
code=0
sees 'NOT_FOUND'
tell "What is withheld although it was owed, and past its review?"
play auditor audit withheld --past-review
sees 'police-ct/accountable'
sees 'strategic-board/chair'

# -- 8 ---------------------------------------------------------------------------------------------

chapter "8. Twelve weeks of an area"
tell "One story is easily kept in mind. An area has dozens, and half an hour for each. These people are" \
  "drawn from a number, in the proportions of England and Wales; nobody in it lives:"
printf '\n    %s\n' "$drawn"
tell "The police co-ordinator opens a case for each panel. Probation leads all of them, so the hand that" \
  "opens them is another's; a practitioner supervises, and the chair, police and prison sit as before."
busiest=
while read -r crn category level supervisor _; do
  ask police-coordinator nominal register --identifier "crn:$crn" --purpose public-protection
  ask police-coordinator case open --nominal "$(id nom)" --category "$category" \
    --level "$level" --lead probation-northshire --area northshire \
    --supervising "probation-northshire/$supervisor" --accountable police-ct/accountable
  case_id=$(id case)
  busiest=${busiest:-$case_id}
  seat police-coordinator probation-northshire/chair chair
  seat coordinator police-northshire/offender-management member
  seat coordinator prison-westmoor/security member
done <"$WORK/area/panels"
tell "Then each desk sends what it wrote in twelve weeks, as systems do that were not connected before."
lines=5
for desk in coordinator:probation prison:prison police:police intelligence:intelligence; do
  play "${desk%%:*}" event publish --file "$WORK/area/${desk##*:}.jsonl"
  sees 'refused +0'
done
lines=1000
ask chair feed pull --acknowledge
tell "Before she sits, the chair has this of the panel to which most has happened:"
play chair case pack --case "$busiest" --purpose panel-meeting
sees 'Supervision'
tell "And the inspector asks for the whole area: what is owed to somebody and not told, and who is chased?"
play auditor policy unmet
sees 'police-ct/accountable'

# -- 9 ---------------------------------------------------------------------------------------------

chapter "9. None of this need be believed"
tell "The inspector reads the whole log and recomputes every hash from the" \
  "single decision up to the signed head, with a verifier that shares no code with the broker, and the" \
  "public key that was told when the log began:"
sleep 0.5
play auditor audit verify --verifier-key "$WORK/log.key" --trust "$WORK/log.trust"
sees '^verified'
sees 'continues'
tell "The same without a server, from a copy. Then one byte of the copy is changed:"
ask auditor audit replay --out "$WORK/log.jsonl"
play auditor audit verify --offline "$WORK/log.jsonl" --trust "$WORK/log.trust"
sees '^verified'
# A letter within the first detail of the tenth leaf, changed to another.
awk 'NR == 11 { at = index($0, "\"details\":[\"") + 40; c = substr($0, at, 1);
       $0 = substr($0, 1, at - 1) (c == "A" ? "B" : "A") substr($0, at + 1) } { print }' \
  "$WORK/log.jsonl" >"$WORK/forged.jsonl"
code=4
play auditor audit verify --offline "$WORK/forged.jsonl" --trust "$WORK/log.trust"
code=0
sees 'VERIFICATION FAILED'

stop_broker
"$BIN/tearlined" --verify "$WORK/broker.textproto" >"$WORK/verify.log" 2>>"$WORK/broker.log" ||
  fail "the replay does not give the same state: $(tail -n 3 "$WORK/verify.log")"
tell "The broker is stopped, and replays its ledger from nothing: the same state, the same root."
sed 's/^/    /' "$WORK/verify.log"

printf '\n\nEverything was as told. What was made is in %s.\n' "$WORK"
printf 'To try it by hand: ./dev serve\n'
