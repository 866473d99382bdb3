#!/bin/bash
# A person is forgotten: planted with a needle in every field of every documented event, erased while the daemon runs, and
# then sought for everywhere, also by whoever kept the old files. What stays is readable, and proved as before.
# builds: asan
# shellcheck disable=SC2317,SC2119 # functions are run by passes and exits; the daemon needs no options
. tests/system/lib.sh

token=q$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')x
planted=$SCRATCH/planted
needles=$planted/needles
proofs=$SCRATCH/proofs
mkdir "$planted" "$proofs"

build_helper() {
    local flags=
    case ${OUT##*/} in
    asan) flags=-fsanitize=address,undefined ;;
    tsan) flags=-fsanitize=thread ;;
    cover) flags=--coverage ;;
    esac
    # shellcheck disable=SC2046,SC2086 # flags are words
    gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude $flags tests/system/forget.c "$OUT/libhooktrail.a" \
        $(pkg-config --libs lmdb libsodium libzstd libcrypto libarchive) -pthread -o "$SCRATCH/forget"
}
build_verifier() {
    GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE=$SCRATCH/go CGO_ENABLED=0 \
        go build -o "$SCRATCH/verify" tests/go/verify.go
}
passes 'a program that looks behind the store builds' build_helper
passes 'the verifier of proofs builds' build_verifier

hunt() { node tests/system/hunt.mjs "$@" | tee "$SCRATCH/hits"; return "${PIPESTATUS[0]}"; }
seqs() { cli events --order asc | jq -r .seq; }

# payloads FILE: the digest of every payload that can be read, by seq.
payloads() {
    local seq
    for seq in $(seqs); do
        printf '%s %s\n' "$seq" "$(cli show "$seq" --payload 2> /dev/null | sha256sum)"
    done > "$1"
}

# ---- planted ----

init_store
start_daemon || { echo "Bail out! the daemon does not start"; exit 1; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > /dev/null
node tests/system/plant.mjs "$planted" "$token"
printf '"request-%s"\n"again-%s"\n"rejected-%s"\n"path-%s"\n' "$token" "$token" "$token" "$token" >> "$needles"
for file in "$planted"/*.json; do
    post "$file" '' -H "X-Request-Id: request-$token" > /dev/null
    [ "$(code)" = 200 ] || diag "$(basename "$file"): $(code)"
done
for file in "$planted"/0[0-5].json; do
    post "$file" "/path-$token" -H "X-Request-Id: again-$token" -H "User-Agent: again-$token" > /dev/null
done
# Rejected: by a field that names the person, in other letters; one that is then retried, so that only old pages hold it.
printf '{"lead": {"email": "MAIL.%s@Example.com"}, "text": "rejected-%s"' "$token" "$token" > "$SCRATCH/broken.json"
post "$SCRATCH/broken.json" > /dev/null
is "$(code)" 400 'a delivery that names the person is rejected'
printf '{"nobody": "is named"' > "$SCRATCH/other.json"
post "$SCRATCH/other.json" > /dev/null
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send tests/fixtures/hostile-text.json > /dev/null

cli events > /dev/null # brings the index up
PLANTED=$(cli events --order asc --json --limit 1000 | jq -r .events[].seq | while read -r seq; do
    cli show "$seq" --payload | grep -q "$token" && echo "$seq"
done)
count=$(wc -w <<< "$PLANTED")
is "$count" "$(find "$planted" -name '*.json' | wc -l)" 'every planted event is in the trail'
is "$(cli show "$(head -n 1 <<< "$PLANTED")" --json | jq '.deliveries | length')" 2 'some came twice'
for line in "$(sed -n 1p "$needles")" "$(sed -n 4p "$needles")"; do
    ok "$(grep -qF "$line" "$planted"/*.json; echo $?)" "$line is planted"
done

# ---- before ----

KEY=$SCRATCH/log.vkey
cli checkpoint --key > "$KEY"
cli checkpoint > "$SCRATCH/before.note"
for seq in $PLANTED; do
    cli prove "$seq" -o "$proofs/$seq" && sed -n 's/^extra //p' "$proofs/$seq" | base64 -d > "$proofs/$seq.leaf"
done
cli evidence --lead "lead-$token" -o "$SCRATCH/evidence.zip" > /dev/null
passes 'a backup from before' cli backup "$SCRATCH/old-backup"
cp "$DATA/trail/data.mdb" "$SCRATCH/old.mdb"
mkdir "$SCRATCH/old-trail" && cp "$SCRATCH/old.mdb" "$SCRATCH/old-trail/data.mdb"
"$SCRATCH/forget" keys "$DATA" > "$SCRATCH/keys.before"
"$SCRATCH/forget" seals "$SCRATCH/old-trail" > "$SCRATCH/seals"
payloads "$SCRATCH/payloads.before"
exits 1 'the hunt finds what is there: in payloads as they were sent' hunt "$needles" "$planted"/00.json
passes 'but not what is sealed' hunt "$needles" "$DATA" "$SCRATCH/daemon.log"

exits 2 'without --confirm nothing is erased' cli erase --lead "lead-$token"
like "$(cat "$SCRATCH/stdout")" "^would erase $count events, the whole of 1 conversation and of 1 lead; .*dropped: 1 rejected" \
    'but it is said what would go'
like "$(cat "$SCRATCH/stderr")" 'confirm' 'and what is wanted'
SAID=$(cli erase --email "mail.$token@example.com" --dry-run --json)
is "$(jq -c '[.dry_run, .erasure, .events]' <<< "$SAID")" "[true,null,$count]" 'a dry run by address says the same'
exits 3 'somebody who is not known' cli erase --lead nobody-at-all --confirm
cli hold add --conversation "conversation-$token" --note 'case 12' > /dev/null
exits 5 'what is held is not erased' cli erase --lead "lead-$token" --confirm
like "$(cat "$SCRATCH/stderr")" 'hold 1 .*case 12' 'and the hold is named'
like "$(cli hold list | jq -c '[.id, .kind, .held, .note]')" "1,\"conversation\",\"conversation-$token\",\"case 12\"" \
    'the list of holds'
passes 'a hold is removed' cli hold remove 1

# ---- erased, while the daemon takes in more ----

flood() {
    local n
    for n in $(seq 40); do
        printf '{"event":"new-session","lead_id":"flood-%s","n":%s}' "$((n % 5))" "$n" > "$SCRATCH/flood.json"
        post "$SCRATCH/flood.json" > /dev/null
    done
}
flood &
passes 'erased while the daemon runs' cli erase --lead "lead-$token" --reason 'on request' --confirm --json
wait $!
DONE=$(cat "$SCRATCH/stdout")
is "$(jq -c '[.dry_run, .erasure, .events, .conversations, .leads, .rejected]' <<< "$DONE")" \
    "[false,1,$count,1,1,1]" 'as was said'

# check NAME PATH…: no needle, and no key that was destroyed.
"$SCRATCH/forget" keys "$DATA" > "$SCRATCH/keys.after"
grep -vxFf "$SCRATCH/keys.after" "$SCRATCH/keys.before" | sed 's/^[0-9]* /hex:/' > "$SCRATCH/destroyed"
for seq in $PLANTED; do sed -n "s/^$seq //p" "$SCRATCH/seals"; done | sort -u > "$SCRATCH/keys.planted"
is "$(grep -c '' "$SCRATCH/keys.planted")" \
    "$(cut -d' ' -f1 "$SCRATCH/keys.after" | grep -vxFf - "$SCRATCH/keys.planted" | grep -c '')" \
    'all keys that sealed them are destroyed'
check() {
    local name=$1
    shift
    passes "$name: no needle" hunt "$needles" "$@"
    [ ! -s "$SCRATCH/hits" ] || diag "$(head -c 600 "$SCRATCH/hits")"
    passes "$name: no destroyed key" hunt "$SCRATCH/destroyed" "$@"
}
check 'the data directory' "$DATA"
check "the daemon's log" "$SCRATCH/daemon.log"
cli acts > "$SCRATCH/acts"
check 'the acts' "$SCRATCH/acts"
like "$(grep '"erase"' "$SCRATCH/acts")" 'erasure 1' 'which tell that there was an erasure'
cli export --to "$SCRATCH/export" --format ndjson > /dev/null
check 'a new export' "$SCRATCH/export"
is "$(cat "$SCRATCH"/export/erasures/*/*.ndjson | jq -c '[.erasure, .reason]' | sort -u)" '[1,"on request"]' \
    'which tells of the erasure'
passes 'a new backup' cli backup "$SCRATCH/new-backup"
check 'a new backup' "$SCRATCH/new-backup"
for command in events leads conversations 'rejected list' stats; do
    # shellcheck disable=SC2086 # words
    cli $command
done > "$SCRATCH/lists" 2>&1
check 'every list' "$SCRATCH/lists"

# ---- asked for ----

gone() { # gone NAME PATH
    api "$2" > /dev/null
    is "$(code)" 410 "HTTP: $1 is gone"
    like "$(jq -r .detail "$SCRATCH/answer")" 'was erased on 20[0-9-]*T.*: on request' 'with time and reason'
    check "its answer" "$SCRATCH/answer"
}
first=$(head -n 1 <<< "$PLANTED")
gone 'a payload' "/v1/events/$first/payload"
api "/v1/leads/lead-$token" > /dev/null
is "$(code)" 410 'HTTP: the lead is gone'
api "/v1/conversations/conversation-$token" > /dev/null
is "$(code)" 410 'HTTP: the conversation is gone'
exits 3 'a payload is gone' cli show "$first" --payload
like "$(cat "$SCRATCH/stderr")" 'was erased on 20[0-9-]*T.*: on request' 'with time and reason'
exits 3 'the lead is gone' cli history "lead-$token"
like "$(cat "$SCRATCH/stderr")" 'was erased on .*: on request' 'with time and reason'
exits 3 'the conversation is gone' cli timeline "conversation-$token"
exits 3 'nothing can be erased again' cli erase --lead "lead-$token" --confirm

# ---- what stays ----

payloads "$SCRATCH/payloads.after"
grep -vE "^($(tr '\n' '|' <<< "$PLANTED" | sed 's/|$//')) " "$SCRATCH/payloads.before" > "$SCRATCH/payloads.others"
is "$(grep -cxFf "$SCRATCH/payloads.others" "$SCRATCH/payloads.after")" "$(grep -c '' "$SCRATCH/payloads.others")" \
    'everything else is readable as before'
passes 'verify finds nothing wrong' cli verify
passes 'nor with the checkpoint from before' cli verify --checkpoint "$SCRATCH/before.note"
proved=0
for seq in $PLANTED; do
    "$SCRATCH/verify" inclusion "$KEY" "$proofs/$seq" "$proofs/$seq.leaf" > /dev/null && proved=$((proved + 1))
done
is "$proved" "$count" 'every proof from before is still accepted'
cli prove "$first" -o "$proofs/new" && sed -n 's/^extra //p' "$proofs/new" | base64 -d > "$proofs/new.leaf"
passes 'a proof of an erased event is still given, and accepted' \
    "$SCRATCH/verify" inclusion "$KEY" "$proofs/new" "$proofs/new.leaf"
is "$(cmp "$proofs/new.leaf" "$proofs/$first.leaf" 2>&1)" '' 'of the same leaf'
passes 'evidence from before is still verified' "$HOOKTRAIL" verify-bundle "$SCRATCH/evidence.zip" --key "@$KEY"

# ---- the old files, in the hands of somebody who has the keys of today ----

cp -r "$DATA" "$SCRATCH/mixed"
rm -rf "$SCRATCH/mixed/index" "$SCRATCH/mixed/heads" "$SCRATCH/mixed/erasures.log" "$SCRATCH"/mixed/trail/*
cp "$SCRATCH/old.mdb" "$SCRATCH/mixed/trail/data.mdb"
"$SCRATCH/forget" try "$SCRATCH/mixed" "$SCRATCH/old-trail" > "$SCRATCH/opened"
ok "$([ -s "$SCRATCH/opened" ]; echo $?)" 'some old records open with the keys that are held'
is "$(grep -cxFf <(echo "$PLANTED") "$SCRATCH/opened")" 0 'but none of those that were erased, with any of them'
for seq in $PLANTED; do "$HOOKTRAIL" show "$seq" --payload --data "$SCRATCH/mixed"; done > "$SCRATCH/shown" 2>&1
passes 'hooktrail shows none of them either' hunt "$needles" "$SCRATCH/shown"

# ---- an older backup ----

passes 'an older backup is restored with the newer erasures' \
    "$HOOKTRAIL" restore "$SCRATCH/old-backup" --erasures "$DATA/erasures.log" --data "$SCRATCH/restored" --json
is "$(jq .erasures "$SCRATCH/stdout")" 1 'one erasure is repeated'
like "$(cat "$SCRATCH/stderr")" 'keys rotate --signing' 'and said what the restored log may not sign'
check 'the restored store' "$SCRATCH/restored"
passes 'it is sound' "$HOOKTRAIL" verify --data "$SCRATCH/restored"
is "$("$HOOKTRAIL" events --data "$SCRATCH/restored" | jq -r 'select(.type == "erased").seq' | wc -l)" "$count" \
    'it has forgotten the same events'
exits 3 'and knows of it' "$HOOKTRAIL" history "lead-$token" --data "$SCRATCH/restored"
exits 1 'it is not restored over another' \
    "$HOOKTRAIL" restore "$SCRATCH/old-backup" --data "$SCRATCH/restored"

# ---- life goes on ----

post "$planted/00.json" > /dev/null
is "$(code)" 200 'the person may come back'
exits 0 'and be erased again' cli erase --lead "lead-$token" --confirm

# ---- beside a rebuild of another process: what is acknowledged is readable at once ----

exec 9> "$DATA/rebuild.lock"
flock 9
cli erase --seq 1 --reason 'beside a rebuild' --confirm > "$SCRATCH/null" 9>&- & # it waits for the other's index
eraser=$!
for _ in $(seq 200); do cli show 1 > "$SCRATCH/null" 2>&1 9>&- || break; sleep 0.05; done
post <(echo '{"event":"new-session","conversation":{"id":"beside-a-rebuild"}}') > /dev/null
is "$(code)" 200 'a delivery then'
started=$EPOCHREALTIME
is "$(api '/v1/events?conversation=beside-a-rebuild' | jq '.events | length')" 1 'is found'
ok "$(jq -n "if $EPOCHREALTIME - $started < 5 then 0 else 1 end")" 'at once'
is "$(cli events --conversation beside-a-rebuild --json | jq '.events | length')" 1 'by the tool as well'
exec 9>&-
wait "$eraser"
ok $? 'the erasure ends when the other has'
stop_daemon_well
check 'the data directory at the end' "$DATA"
check "the daemon's log at the end" "$SCRATCH/daemon.log"
passes 'verify at the end' cli verify

done_testing
