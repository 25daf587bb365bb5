#!/usr/bin/env bash
# The demonstration's broker, left running, with three commands to try next.
#
# usage: serve.sh BIN WORK    BIN holds tearlined and tearline; WORK is kept from one run to the next
set -euo pipefail
export LC_ALL=C.UTF-8
unset TEARLINE_SERVER TEARLINE_CA TEARLINE_CERT TEARLINE_KEY

[[ $# -eq 2 ]] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BIN=$(cd "$1" && pwd)
mkdir -p "$2"
WORK=$(cd "$2" && pwd)
readonly HERE BIN WORK
# shellcheck source=deploy/demo/stage.sh
source "$HERE/stage.sh"
trap stop_broker EXIT
trap 'exit 0' INT TERM

set_stage_once() {
  [[ ! -e $WORK/staged ]] || return 0
  set_stage
  cp "$HERE/../../config/policies/public_protection.textproto" "$WORK/policy.textproto"
  write_settings 7443
  record_genesis
  touch "$WORK/staged"
}

set_stage_once
start_broker
cat <<NEXT

The broker is ready on $address; its history is kept in $WORK. Three commands to try next, in another
terminal:

  PATH=$BIN:\$PATH; cd $WORK

  tearline --profile profiles/adapter event publish --format hmpps --file $HERE/messages --imported
  tearline --profile profiles/operator directory list
  tearline --profile profiles/auditor audit verify --verifier-key log.key

Everybody else is in profiles/. Ctrl-C stops it.
NEXT
wait "$broker_pid"
