# What demo.sh and serve.sh share: certificates, keys, a broker, and who is who. To be sourced, with
# BIN (where tearlined and tearline are), WORK (an empty directory) and HERE (this directory) set.

broker_pid=

# Who acts in the story: a short name, the certificate, the post.
readonly CAST="
operator            operations/v-castellan          operations/operator
coordinator         probation-northshire/a-okafor   probation-northshire/coordinator
police-coordinator  police-northshire/d-mensah      police-northshire/coordinator
chair               probation-northshire/r-lindqvist probation-northshire/chair
police              police-northshire/j-marsh       police-northshire/offender-management
prison              prison-westmoor/p-novak         prison-westmoor/security
guest               college-trust/e-quill           college-trust/safeguarding
intelligence        police-ct/k-adeyemi             police-ct/intelligence
accountable         police-ct/t-brandt              police-ct/accountable
deputy              police-ct/m-oyelaran            police-ct/accountable
adapter             hmpps-exchange/adapter          hmpps-exchange/intake
board               strategic-board/c-abernathy     strategic-board/chair
auditor             inspectorate/w-tanaka           inspectorate/auditor
author              governance/l-santoro            governance/policy-author
governance          governance/i-vance              governance/information
bystander           health-northshire/n-ferreira    health-northshire/safeguarding
"

fail() {
  printf '\nNOT AS TOLD: %s\n' "$1" >&2
  if [[ -s $WORK/broker.log ]]; then
    printf '\nThe last the broker said (%s):\n' "$WORK/broker.log" >&2
    tail -n 15 "$WORK/broker.log" >&2
  fi
  exit 1
}

# Throw-away certificates and keys, the directory, the policy and the settings.
set_stage() {
  local name member post members=() agencies=()
  while read -r name member post; do
    [[ -z $name ]] || members+=("$member")
  done <<<"$CAST"
  agencies=(security-unit housing-northshire)
  mkdir -p "$WORK/data" "$WORK/keys" "$WORK/profiles"
  "$HERE/../certs/make-development-certs" "$WORK/certs" --trust-domain tearline.example \
    --agency "${agencies[@]}" --member "${members[@]}" >"$WORK/certs.log" 2>&1 ||
    fail "the certificates could not be made: $(tail -n 3 "$WORK/certs.log")"
  (
    umask 077
    openssl genpkey -algorithm ed25519 -out "$WORK/keys/audit.key" 2>/dev/null
    head -c 32 /dev/urandom >"$WORK/keys/key-encryption.key"
  ) || fail "the keys could not be made"
  cp "$HERE/directory.textproto" "$WORK/directory.textproto"
}

# write_settings PORT
write_settings() {
  cat >"$WORK/broker.textproto" <<SETTINGS
# proto-file: tearline/settings/v1/broker.proto
# proto-message: BrokerConfig
listen {
  address: "127.0.0.1:$1"
  certificate_file: "certs/broker.pem"
  key_file: "certs/broker.key"
  agency_authorities_file: "certs/agencies.pem"
}
ledger { rocksdb { directory: "data/ledger" } }
state { directory: "data/state" }
vault { directory: "data/vault" key_encryption_key_file: "keys/key-encryption.key" }
audit {
  signing_key_file: "keys/audit.key"
  checkpoint_directory: "data/checkpoints"
  checkpoint_interval_ms: 200
}
SETTINGS
}

# The first record; keeps the log's public key, as its owner would publish it, in log.key.
record_genesis() {
  "$BIN/tearlined" --genesis "$WORK/directory.textproto" --policy "$WORK/policy.textproto" \
    "$WORK/broker.textproto" >"$WORK/genesis.log" 2>>"$WORK/broker.log" ||
    fail "the genesis was refused"
  sed -n 's/^verifier-key //p' "$WORK/genesis.log" >"$WORK/log.key"
  [[ -s $WORK/log.key ]] || fail "the genesis told no verifier key"
}

# Starts the broker and waits until it is ready; sets `address`.
start_broker() {
  : >"$WORK/ready"
  "$BIN/tearlined" "$WORK/broker.textproto" >"$WORK/ready" 2>>"$WORK/broker.log" &
  broker_pid=$!
  local tries
  for ((tries = 0; tries < 600; ++tries)); do
    address=$(sed -n 's/^ready //p' "$WORK/ready")
    [[ -z $address ]] || break
    kill -0 "$broker_pid" 2>/dev/null || fail "the broker ended while it started"
    sleep 0.05
  done
  [[ -n $address ]] || fail "the broker was not ready within 30 s"
  write_profiles
}

write_profiles() {
  local name member post purpose
  while read -r name member post; do
    [[ -n $name ]] || continue
    purpose=
    [[ $name != auditor ]] || purpose="purpose=audit"
    printf '%s\n' "server=$address" "ca=$WORK/certs/broker-ca.pem" "cert=$WORK/certs/$member.pem" \
      "key=$WORK/certs/$member.key" "as=$post" $purpose >"$WORK/profiles/$name"
  done <<<"$CAST"
}

stop_broker() {
  [[ -n $broker_pid ]] || return 0
  kill "$broker_pid" 2>/dev/null || true
  wait "$broker_pid" 2>/dev/null || true
  broker_pid=
}

# tearline_as NAME ARGUMENTS…
tearline_as() {
  local name=$1
  shift
  "$BIN/tearline" --profile "$WORK/profiles/$name" "$@" </dev/null
}
