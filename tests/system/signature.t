#!/bin/bash
# An endpoint with a signing secret takes Standard Webhooks that the reference implementation has signed, and no others.
# builds: asan
. tests/system/lib.sh

printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w0)" > "$SCRATCH/secret"
printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w0)" > "$SCRATCH/other-secret"
init_store
unsigned=$ENDPOINT
ENDPOINT=$("$HOOKTRAIL" endpoint add --data "$DATA" --name signed --signing-secret-file "$SCRATCH/secret" --json |
    jq -r .endpoint)
like "$ENDPOINT" '^/hooks/[A-Za-z0-9_-]{43}$' 'endpoint add prints the path'
like "$(cli endpoint list --json | jq -c '[.endpoints[] | [.name, .signed]]')" '\["[^"]+",false\],\["signed",true\]' \
    'the list says which endpoint is signed'
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }

# sign ID AGE FILE [SECRET]: the headers go to $SCRATCH/headers.signed.
sign() {
    node tests/system/sign.mjs "${4:-$SCRATCH/secret}" "$1" "$2" "$3" > "$SCRATCH/headers.signed" ||
        { echo 'Bail out! sign.mjs failed (make npm)'; exit 1; }
}
send_signed() { post "$1" '' -H "@$SCRATCH/headers.signed"; }
rejected() { api '/v1/rejected?limit=1' | jq -c ".rejected[0] | [$1]"; }
count_rejected() { api '/v1/rejected' | jq '.rejected | length'; }
count_events() { api '/v1/stats' | jq .totals.events; }

# refused NAME HEADER: what $SCRATCH/answer and $SCRATCH/code hold is a 401 that names HEADER, and it was kept.
kept=0
refused() {
    kept=$((kept + 1))
    is "$(code)" 401 "$1: 401"
    is "$(jq -c '[.status, .pointer]' "$SCRATCH/answer")" "[401,\"$2\"]" "$1: the problem names $2"
    is "$(count_rejected)" "$kept" "$1: kept as rejected"
    is "$(rejected '.status, .pointer, .endpoint')" "[401,\"$2\",\"signed\"]" "$1: with the reason"
}

contact=$FIXTURES/documented-new-contact.json
visitor=$FIXTURES/documented-visitor-identified.json

# ---- rightly signed ----

sign msg_1 0 "$contact"
send_signed "$contact" > "$SCRATCH/first"
is "$(code)" 200 'rightly signed: 200'
is "$(jq -c '[.seq, .duplicate, .sha256]' "$SCRATCH/first")" "[1,false,\"$(sha256sum < "$contact" | cut -d' ' -f1)\"]" \
    'rightly signed: stored as seq 1'
is "$(api /v1/events/1/payload | sha256sum)" "$(sha256sum < "$contact")" \
    'rightly signed: the bytes are kept as they came'
for age in -240 240; do
    sign msg_1 "$age" "$contact"
    is "$(send_signed "$contact" | jq -c '[.seq, .duplicate]')" '[1,true]' "repeated, signed $age s ago: the same seq"
done

# ---- what is not right ----

sign msg_2 0 "$visitor" "$SCRATCH/other-secret"
send_signed "$visitor" > /dev/null
refused 'another secret' webhook-signature

sign msg_2 0 "$visitor"
cp "$SCRATCH/headers.signed" "$SCRATCH/right"
for header in webhook-id webhook-timestamp webhook-signature; do
    grep -v "^$header:" "$SCRATCH/right" > "$SCRATCH/headers.signed"
    send_signed "$visitor" > /dev/null
    refused "without $header" "$header"
done
post "$visitor" > /dev/null
refused 'without any of them' webhook-id

sed 's/^webhook-id: .*/webhook-id: msg_3/' "$SCRATCH/right" > "$SCRATCH/headers.signed"
send_signed "$visitor" > /dev/null
refused 'another id than signed' webhook-signature
sed 's/^webhook-signature: v1,/webhook-signature: v1a,/' "$SCRATCH/right" > "$SCRATCH/headers.signed"
send_signed "$visitor" > /dev/null
refused 'another scheme' webhook-signature
cp "$SCRATCH/right" "$SCRATCH/headers.signed"
sed 's/Jane/John/' "$visitor" > "$SCRATCH/changed.json"
send_signed "$SCRATCH/changed.json" > /dev/null
refused 'the body changed' webhook-signature
is "$(api "/v1/rejected/$(rejected .number | jq .[0])" | jq -j .body | sha256sum)" \
    "$(sha256sum < "$SCRATCH/changed.json")" 'the body changed: what came is kept'
for age in 600 -600; do
    sign msg_2 "$age" "$visitor"
    send_signed "$visitor" > /dev/null
    refused "signed $age s ago" webhook-timestamp
done
is "$(count_events)" 1 'none of these is in the trail'

# ---- rotation of the sender's secret: several signatures, one of them right ----

wrong=$(node tests/system/sign.mjs "$SCRATCH/other-secret" msg_2 0 "$visitor" | sed -n 's/^webhook-signature: //p')
sed "s|^webhook-signature: \(.*\)|webhook-signature: v1a,AAAA $wrong \1|" "$SCRATCH/right" > "$SCRATCH/headers.signed"
is "$(send_signed "$visitor" | jq -c '[.seq, .duplicate]')" '[2,false]' 'one of three signatures is right: stored'
is "$(code)" 200 'one of three signatures is right: 200'

# ---- the id makes the delivery; another body under the same id is an event of its own ----

sign msg_2 0 "$SCRATCH/changed.json"
send_signed "$SCRATCH/changed.json" > /dev/null
is "$(code)" 200 'the same id with another body, rightly signed: 200'
digest=$(sha256sum < "$SCRATCH/changed.json" | cut -d' ' -f1)
is "$(jq -c '[.seq, .duplicate, .sha256]' "$SCRATCH/answer")" "[3,false,\"$digest\"]" 'the same id with another body: an event'
is "$(jq '.warnings | index("webhook-id was used for another payload") != null' "$SCRATCH/answer")" true 'with a warning'
is "$(api /v1/events/3/payload | sha256sum)" "$(sha256sum < "$SCRATCH/changed.json")" 'what was acknowledged is there'
is "$(api /v1/events/2/payload | sha256sum)" "$(sha256sum < "$visitor")" 'the first body stays'
is "$(send_signed "$SCRATCH/changed.json" | jq -c '[.seq, .duplicate]')" '[3,true]' 'it is known when it comes again'
sign msg_2 0 "$visitor"
is "$(send_signed "$visitor" | jq -c '[.seq, .duplicate, (.warnings | index("webhook-id was used for another payload"))]')" \
    '[2,true,null]' 'as is the first'
is "$(api /v1/events/2 | jq .deliveries) $(api /v1/events/3 | jq .deliveries)" '2 2' 'each delivery is recorded with its event'
sign msg_4 0 "$SCRATCH/changed.json"
is "$(send_signed "$SCRATCH/changed.json" | jq -c '[.seq, .duplicate]')" '[4,false]' \
    'that body with an id of its own: an event'
passes 'the first of a used id is erased' cli erase --seq 2 --confirm
sign msg_2 0 "$SCRATCH/changed.json"
is "$(send_signed "$SCRATCH/changed.json" | jq -c '[.seq, .duplicate]')" '[3,true]' 'the other one is still known'

# ---- beside it, an endpoint without a secret ----

HOOK=$URL$unsigned
is "$(post "$contact" | jq -c .duplicate)" false 'the unsigned endpoint takes what has no signature'
is "$(code)" 200 'the unsigned endpoint: 200'
sign msg_1 0 "$visitor" "$SCRATCH/other-secret"
send_signed "$visitor" > /dev/null
is "$(code)" 200 'the unsigned endpoint looks at no signature'
is "$(count_rejected)" "$kept" 'and rejects nothing'
grep -qF -e "$(cut -c7- "$SCRATCH/secret")" -e "${ENDPOINT#/hooks/}" "$SCRATCH/daemon.log"
is $? 1 'neither secret is in the log'
stop_daemon_well
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
