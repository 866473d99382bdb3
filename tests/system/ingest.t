#!/bin/bash
# Every row of what ingest answers: what is stored and under which type, what is refused and kept, what is refused and
# forgotten; and what clients do that are no curl.
# builds: asan tsan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
SECRET=${ENDPOINT#/hooks/}
AGENT='"agent_id":"agent-1"'

text() { # text BODY [SUFFIX] [CURL OPTIONS…]
    printf '%s' "$1" > "$SCRATCH/body"
    shift
    post "$SCRATCH/body" "$@"
}
raw() { node tests/system/raw.mjs "$URL" "$@"; }
digest() { sha256sum < "$1" | cut -d' ' -f1; }
rejected_count() { api /v1/rejected | jq '.rejected | length'; }

# ---- stored ----

text "{$AGENT,\"event\":\"new-session\",\"conversation\":{\"id\":\"c-1\"}}" > "$SCRATCH/first"
is "$(code)" 200 'stored: 200'
is "$(jq -c . "$SCRATCH/first")" \
    "{\"seq\":1,\"type\":\"new-session\",\"sha256\":\"$(digest "$SCRATCH/body")\",\"duplicate\":false,\"warnings\":[]}" \
    'stored: exactly the members of the contract'
text "$(cat "$SCRATCH/body")" '' -H 'X-Request-Id: again' > "$SCRATCH/second"
is "$(jq -c . "$SCRATCH/second")" "$(jq -c '.duplicate = true' "$SCRATCH/first")" 'again: the same seq, a duplicate'
sleep 0.01
text "$(cat "$SCRATCH/body")" /session-active > "$SCRATCH/third"
is "$(jq -c '[.seq, .duplicate]' "$SCRATCH/third")" '[1,true]' 'again, with another type in the path: still the same payload'
is "$(api /v1/events/1 | jq -c '[.deliveries, (.received | length), .received[1].headers["x-request-id"], .type]')" \
    '[3,3,"again","new-session"]' 'every delivery is recorded, and the first one gave the type'
is "$(api /v1/events/1 | jq -c '.received_at as $first | [.received[].at]
    | . == sort and (unique | length) == 3 and .[0] == $first')" true 'each with its own time, in order'
is "$(api /v1/events | jq -c '[.events | length, .[0].deliveries]')" '[1,3]' 'the list counts them'

# ---- the type: path, body, header, shape ----

seq=1
typed() { # typed NAME TYPE WARNINGS BODY [SUFFIX] [CURL OPTIONS…]
    local name=$1 type=$2 warnings=$3
    shift 3
    seq=$((seq + 1))
    text "$@" > "$SCRATCH/typed"
    is "$(jq -c '[.seq, .type, .warnings]' "$SCRATCH/typed")" "[$seq,\"$type\",$warnings]" "type: $name"
}
typed 'by path, before all others' new-contact '["no lead id"]' \
    "{$AGENT,\"conversation_id\":\"c-2\",\"event\":\"new-session\"}" /new-contact -H 'webhook-event: session-active'
typed 'by path, folded' session-escalated '[]' "{$AGENT,\"conversation_id\":\"c-3\"}" /Session_Escalated
typed 'by path, percent-encoded' new-session '[]' "{$AGENT,\"conversation_id\":\"c-4\"}" /new%2Dsession
typed 'by path, an unknown one' meeting-booked '["unknown type \"meeting-booked\""]' "{$AGENT,\"conversation_id\":\"c-5\"}" \
    /meeting_booked
typed 'a path that is no name falls through' new-session '["the type in the path is not a type name"]' \
    "{$AGENT,\"conversation_id\":\"c-6\",\"event\":\"new_session\"}" /no%20name
n=0
for field in event event_type type; do
    n=$((n + 1))
    typed "by the field $field, before headers" session-active '[]' \
        "{$AGENT,\"conversation_id\":\"c-field-$n\",\"$field\":\"session_active\"}" '' -H 'webhook-event: new-session'
done
for header in webhook-event x-webhook-event x-event-type X-Aimdoc-Event; do
    n=$((n + 1))
    typed "by the header $header, before the shape" session-active '[]' \
        "{$AGENT,\"conversation\":{\"id\":\"c-header-$n\"},\"visitor\":{\"id\":\"v\"}}" '' -H "$header: Session_Active"
done
typed 'new-lead is new-contact' new-contact '[]' "{$AGENT,\"event\":\"new_lead\",\"lead_id\":\"l-1\"}"
typed 'shape: escalation_reason' session-escalated '[]' \
    "{$AGENT,\"conversation_id\":\"c-7\",\"escalation_reason\":\"r\",\"buyer_intent_reason\":\"r\"}"
typed 'shape: buyer_intent_reason' buyer-intent-detected '[]' \
    "{$AGENT,\"conversation_id\":\"c-8\",\"buyer_intent_reason\":\"r\",\"question\":\"q\"}"
typed 'shape: question' new-question '[]' "{$AGENT,\"conversation_id\":\"c-9\",\"question\":\"q\",\"visitor\":{}}"
typed 'shape: visitor' visitor-identified '[]' '{"visitor":{"visitor_id":"v-1"},"lead":{"id":"l-2"}}'
typed 'shape: lead' new-contact '[]' "{$AGENT,\"lead\":{\"id\":\"l-3\"},\"conversation\":{\"id\":\"c-10\"}}"
typed 'shape: conversation with messages' session-active '[]' \
    "{$AGENT,\"conversation\":{\"id\":\"c-11\"},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
typed 'shape: conversation without messages' new-session '[]' "{$AGENT,\"conversation\":{\"id\":\"c-12\"},\"messages\":[]}"
typed 'none' unknown '["no event type"]' "{$AGENT,\"conversation_id\":\"c-13\"}"

# ---- stored with warnings ----

typed 'unknown fields are told' new-session '["unknown field /mood"]' \
    "{$AGENT,\"event\":\"new-session\",\"conversation_id\":\"c-14\",\"mood\":\"good\"}"
typed 'missing ids are told' new-session '["no agent id","no conversation id"]' '{"event":"new-session","visitor_id":"v-2"}'
typed 'a wrong type is told where something else identifies' new-session '["/agent_id is an array, expected a string"]' \
    '{"event":"new-session","agent_id":[],"agent":{"id":"a"},"conversation_id":"c-15"}'
printf '{"agent_id":"a","conversation_id":"c-16"}' > "$SCRATCH/body"
post "$SCRATCH/body" /new-session -H 'Content-Type:' > "$SCRATCH/typed"
seq=$((seq + 1))
is "$(code) $(jq -r .seq "$SCRATCH/typed")" "200 $seq" 'a body without a content type is stored'
is "$(rejected_count)" 0 'nothing was rejected so far'

# ---- rejected ----

# The README's table is the oracle of the statuses.
kept=0
while IFS='|' read -r _ file status _; do
    file=$(tr -d ' ' <<< "$file") status=$(tr -d ' ' <<< "$status")
    curl -sS -m 20 -o "$SCRATCH/answer" -D "$SCRATCH/headers" -w '%{http_code}' -H 'Content-Type: application/json' \
        --data-binary "@$FIXTURES/invalid/$file" "$HOOK" > "$SCRATCH/code"
    kept=$((kept + 1))
    # A value that is no object has no pointers but the empty one.
    case $status,$file in
    400,*) place=offset ;;
    *,array.json | *,string.json | *,null.json) place=detail ;;
    *) place=pointer ;;
    esac
    is "$(code) $(jq -c "[.status, (.title | length > 0), (.detail | length > 0), has(\"$place\"), .type]" "$SCRATCH/answer")" \
        "$status [$status,true,true,true,\"about:blank\"]" "$file: $status, a problem with its $place"
    grep -qi '^content-type: application/problem+json' "$SCRATCH/headers" || ok 1 "$file: the problem's content type"
    is "$(api "/v1/rejected/$kept" | jq -c "[.status, .detail, .size, .$place]")" \
        "$(jq -c "[.status, .detail, $(stat -c %s "$FIXTURES/invalid/$file"), .$place]" "$SCRATCH/answer")" \
        "$file: kept, with the same reason"
    cli rejected show "$kept" --payload | cmp -s - "$FIXTURES/invalid/$file"
    ok $? "$file: its bytes are kept"
done < <(grep '^| [a-z0-9-]*\.json' "$FIXTURES/invalid/README.md")
is "$kept" "$(find "$FIXTURES/invalid" -name '*.json' | wc -l)" 'the table names every invalid body'
is "$(rejected_count)" "$kept" 'each of them was kept'

at() { # at OFFSET BODY NAME
    text "$2" > "$SCRATCH/null"
    kept=$((kept + 1))
    is "$(jq -c '[.status, .offset]' "$SCRATCH/answer")" "[400,$1]" "offset: $3"
}
at 16 '{"agent_id":"a",}' 'a comma too many'
at 13 '{"agent_id":01}' 'a leading zero'
at 1 '{agent_id:1}' 'a key without quotes'
at 17 '{"agent_id":"a"} {}' 'a second value'
is "$(api '/v1/events?order=desc&limit=1' | jq '.events[0].seq')" "$seq" 'no rejected body is in the trail'

# ---- too large ----

body_of() { "$FIXTURES/make-large.sh" "$1" > "$SCRATCH/body"; } # of exactly so many bytes
chunked() { # chunked SIZE: a request with a body of SIZE bytes, in chunks of 64 KiB, on stdout
    printf 'POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n' "$ENDPOINT"
    local left=$1 size
    body_of "$1"
    exec 3< "$SCRATCH/body"
    while [ "$left" -gt 0 ]; do
        size=$((left < 65536 ? left : 65536))
        printf '%x\r\n' "$size"
        head -c "$size" <&3
        printf '\r\n'
        left=$((left - size))
    done
    exec 3<&-
    printf '0\r\n\r\n'
}
status_of() { head -1 | cut -d' ' -f2; }
statuses() { grep -o '^HTTP/1.1 [0-9]*' | cut -d' ' -f2 | xargs; } # of all answers in a row
allowed() { tr -d '\r' | sed -n 's/^HTTP[^ ]* \(...\).*/\1/p; s/^Allow: //p' | xargs; }
limit=1048576

body_of $((limit + 1))
post "$SCRATCH/body" > "$SCRATCH/null"
kept=$((kept + 1))
is "$(code) $(jq -r .status "$SCRATCH/answer")" '413 413' 'too large by Content-Length: 413'
is "$(api '/v1/rejected?limit=1' | jq -c '.rejected[0] | [.number, .status, .size, .kept]')" \
    "[$kept,413,$((limit + 1)),4096]" 'too large by Content-Length: its head is kept'
cli rejected show "$kept" --payload | cmp -s - <(head -c 4096 "$SCRATCH/body")
ok $? 'too large by Content-Length: the head is that of the body'

chunked $((limit + 1)) | raw > "$SCRATCH/reply"
kept=$((kept + 1))
is "$(status_of < "$SCRATCH/reply")" 413 'too large, chunked: 413'
is "$(api '/v1/rejected?limit=1' | jq -c '.rejected[0] | [.number, .status, .kept]')" "[$kept,413,4096]" \
    'too large, chunked: its head is kept'
cli rejected show "$kept" --payload | cmp -s - <(head -c 4096 "$SCRATCH/body")
ok $? 'too large, chunked: the head is that of the body'

chunked "$limit" | raw > "$SCRATCH/reply"
seq=$((seq + 1))
is "$(status_of < "$SCRATCH/reply") $(tail -1 "$SCRATCH/reply" | jq -r .seq)" "200 $seq" 'exactly at the limit, chunked: stored'
api "/v1/events/$seq/payload" | cmp -s - "$SCRATCH/body"
ok $? 'exactly at the limit, chunked: byte-identical'

printf 'POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{"agent_id":' "$ENDPOINT" |
    raw 3000 > "$SCRATCH/reply"
is "$(status_of < "$SCRATCH/reply")" 413 'a chunk that announces 4 GiB: 413 at once'
printf 'POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n' "$ENDPOINT" |
    raw 3000 > "$SCRATCH/reply"
is "$(statuses < "$SCRATCH/reply" | grep -o '[0-9]*$')" 413 'too large and waiting for 100 Continue: 413'
is "$(api /v1/events | jq '.events[0].seq')" "$seq" 'none of them is in the trail'

# ---- refused without a trace ----

# What a stranger sees must not tell whether a secret is right: all but date and request id.
anonymous() { tr -d '\r' | sed '/^\(Date\|X-Request-Id\):/d'; }
wrong=$(tr 'A-Za-z' 'B-ZAb-za' <<< "$SECRET")
printf '{"agent_id":"a"}' > "$SCRATCH/body"
curl -sSi --data-binary "@$SCRATCH/body" "$URL/nothing" | anonymous > "$SCRATCH/unknown"
for path in "/hooks/$wrong" "/hooks/$wrong/new-session" /hooks/x "/hooks/${SECRET}x" "/hooks/${SECRET%?}" \
    /hooks/ /hooks "/hooks/$SECRET/" \
    "/hooks/$SECRET/a/b" "/hooks/../hooks/$SECRET" "/hooks//$SECRET"; do
    curl -sSi --path-as-is --data-binary "@$SCRATCH/body" "$URL$path" | anonymous > "$SCRATCH/reply"
    cmp -s "$SCRATCH/unknown" "$SCRATCH/reply"
    ok $? "404 with the bytes of any unknown path: ${path//$SECRET/SECRET}"
done
for path in '//hooks/SECRET' '/hooks/SECRET%00'; do
    is "$(curl -sSi --path-as-is --data-binary "@$SCRATCH/body" "$URL${path/SECRET/$SECRET}" | anonymous)" \
        "$(curl -sSi --path-as-is --data-binary "@$SCRATCH/body" "$URL${path/SECRET/$wrong}" | anonymous)" "refused, right or wrong: $path"
done
body_of $((limit + 1))
curl -sSi -H Expect: --data-binary "@$SCRATCH/body" "$URL/nothing" | anonymous > "$SCRATCH/unknown"
curl -sSi -H Expect: --data-binary "@$SCRATCH/body" "$URL/hooks/$wrong" | anonymous > "$SCRATCH/reply"
is "$(status_of < "$SCRATCH/reply")" 404 'too large at a wrong secret: 404'
cmp -s "$SCRATCH/unknown" "$SCRATCH/reply"
ok $? 'too large at a wrong secret: the bytes of any unknown path'
is "$(curl -sSi "$URL/hooks/$wrong" | anonymous)" "$(curl -sSi "$HOOK" | anonymous)" 'GET does not tell a right secret either'
is "$(grep -c -e "$SECRET" -e "$wrong" "$SCRATCH/daemon.log")" 0 'no secret is logged, right or wrong'
like "$(api /metrics)" 'result="unknown_secret"\} [1-9]' 'wrong secrets are counted'

for method in GET PUT DELETE PATCH OPTIONS; do
    is "$(curl -sS -o "$SCRATCH/null" -D - -X "$method" -H 'Content-Length: 0' "$HOOK" | allowed)" \
        '405 POST' "$method is refused with Allow"
done
is "$(curl -sSI "$HOOK" | allowed)" '405 POST' 'HEAD is refused with Allow'

# ---- rotated and retired ----

old=$ENDPOINT
new=$(cli endpoint rotate default --json | jq -r .endpoint)
printf '{"agent_id":"a","conversation_id":"c-rotated","event":"new-session"}' > "$SCRATCH/body"
HOOK=$URL$new
seq=$((seq + 1))
is "$(post "$SCRATCH/body" | jq -c '[.seq, .duplicate]')" "[$seq,false]" 'rotated: the new secret takes deliveries'
HOOK=$URL$old
is "$(post "$SCRATCH/body" | jq -c '[.seq, .duplicate]')" "[$seq,true]" 'rotated: the old one too, and knows what came by the new'
cli endpoint add --name other --json > "$SCRATCH/other"
HOOK=$URL$(jq -r .endpoint "$SCRATCH/other")
seq=$((seq + 1))
is "$(post "$SCRATCH/body" | jq -c '[.seq, .duplicate]')" "[$seq,false]" 'another endpoint: the same payload is another event'
exits 2 'retire wants --confirm' "$HOOKTRAIL" endpoint retire other --data "$DATA"
passes 'retire --confirm' "$HOOKTRAIL" endpoint retire other --confirm --data "$DATA"
post "$SCRATCH/body" > "$SCRATCH/null"
is "$(code) $(jq -r .status "$SCRATCH/answer")" '410 410' 'retired: 410'
is "$(api "/v1/events/$seq" | jq .deliveries)" 1 'retired: nothing is recorded'
like "$(api /metrics)" 'result="retired"\} 1' 'retired: counted'
HOOK=$URL$old

# ---- clients that are no curl ----

request() { # request BODY [HEADER-LINES]
    printf 'POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%b\r\n%s' "$ENDPOINT" "${#1}" "${2:-}" "$1"
}
for n in 1 2 3; do request "{\"agent_id\":\"a\",\"conversation_id\":\"pipelined-$n\"}"; done | raw > "$SCRATCH/reply"
is "$(grep -c '^HTTP/1.1 200' "$SCRATCH/reply") $(grep -o '"seq":[0-9]*' "$SCRATCH/reply" | cut -d: -f2 | xargs)" \
    "3 $((seq + 1)) $((seq + 2)) $((seq + 3))" 'pipelined requests are answered in order'
seq=$((seq + 3))
{ request '{"agent_id":"a","conversation_id":"early"}' && request 'x' && printf 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'; } |
    raw > "$SCRATCH/reply"
is "$(statuses < "$SCRATCH/reply")" '200 400 200' 'a broken body does not disturb its neighbours'
seq=$((seq + 1)) kept=$((kept + 1))

body='{"agent_id":"a","conversation_id":"continue"}'
is "$(curl -sS -H 'Expect: 100-continue' -d "$body" "$HOOK" | jq .seq)" "$((seq + 1))" 'Expect: 100-continue'
seq=$((seq + 1))
printf 'POST %s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "$ENDPOINT" "${#body}" "$body" | raw > "$SCRATCH/reply"
is "$(tail -1 "$SCRATCH/reply" | jq -c '[.seq, .duplicate]')" "[$seq,true]" 'HTTP/1.0'

# The client is gone before the answer: the event is there all the same.
before=$seq
for n in 1 2 3 4 5; do request "{\"agent_id\":\"a\",\"conversation_id\":\"gone-$n\"}" | raw leave; done
for _ in $(seq 100); do
    seq=$(api '/v1/events?limit=1' | jq '.events[0].seq')
    [ "$seq" = $((before + 5)) ] && break
    sleep 0.05
done
is "$seq" $((before + 5)) 'the client left before the answer: stored'
request '{"agent_id":"a","conversation_id":"half"}' | head -c -5 | raw leave
sleep 0.2
is "$(api '/v1/events?limit=1' | jq '.events[0].seq')" "$seq" 'the client left within the body: nothing is stored'

smuggled() { # smuggled NAME HEADERS BODY
    printf 'POST %s HTTP/1.1\r\nHost: x\r\n%b\r\n%b' "$ENDPOINT" "$2" "$3" | raw > "$SCRATCH/reply"
    is "$(statuses < "$SCRATCH/reply")$(tr -d '\r' < "$SCRATCH/reply" | grep -ci '^connection: close')" \
        4001 "$1: 400, and the connection is closed"
}
get='GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
smuggled 'two lengths' 'Content-Length: 2\r\nContent-Length: 2\r\n' "{}$get"
smuggled 'length and chunked' 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n' "0\r\n\r\n$get"
smuggled 'a signed length' 'Content-Length: +2\r\n' "{}$get"
smuggled 'another coding' 'Transfer-Encoding: gzip\r\n' "0\r\n\r\n$get"
smuggled 'coding with a space' 'Transfer-Encoding : chunked\r\n' "0\r\n\r\n$get"
smuggled 'a folded header' 'X-A: b\r\n c: d\r\nContent-Length: 2\r\n' "{}$get"
smuggled 'a negative chunk' 'Transfer-Encoding: chunked\r\n' "-1\r\n$get"
is "$(printf 'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b' 40 "$get$get" | raw | statuses)" 400 \
    'GET with a body: 400 and nothing behind it'
printf 'POST %s HTTP/1.1\r\nX-Long: %s\r\n\r\n' "$ENDPOINT" "$(head -c 20000 /dev/zero | tr '\0' a)" | raw > "$SCRATCH/reply"
is "$(status_of < "$SCRATCH/reply")" 431 'an over-long head: 431'
is "$(api '/v1/events?limit=1' | jq '.events[0].seq')" "$seq" 'none of them is in the trail'
stop_daemon_well

# ---- a full queue ----

export HOOKTRAIL_QUEUE_EVENTS=1
# shellcheck disable=SC2119
start_daemon || ok 1 'the daemon starts with a queue of one'
unset HOOKTRAIL_QUEUE_EVENTS
node tests/system/flood.mjs "$HOOK" 400 > "$SCRATCH/flood"
is "$(cut -d' ' -f1 "$SCRATCH/flood" | sort -u | xargs)" '200 503' 'beyond the queue: 503, the others are stored'
is "$(grep '^503' "$SCRATCH/flood" | cut -d' ' -f2 | sort -u)" 2 'every 503 says Retry-After'
grep '^200' "$SCRATCH/flood" | cut -d' ' -f3 | sort > "$SCRATCH/acknowledged"
cli events --agent flood | jq -r .conversation_id | sort > "$SCRATCH/stored"
passes 'what was acknowledged is stored, what was refused is not' cmp "$SCRATCH/acknowledged" "$SCRATCH/stored"
diag "$(wc -l < "$SCRATCH/acknowledged") of 400 were stored"
stop_daemon_well
# ---- what is being committed counts as well ----

passes 'a program that holds up commits builds' gcc -std=c11 -Wall -Wextra -Werror -o "$SCRATCH/hold" tests/system/hold.c -llmdb
# crowded SETTING: while nothing can be committed, how two small deliveries and a third are answered: the third at once.
crowded() {
    local first second holder
    start_daemon --set "$1" > "$SCRATCH/null" || { echo 'the daemon does not start'; return; }
    mkfifo "$SCRATCH/hold.in"
    "$SCRATCH/hold" "$DATA/trail" < "$SCRATCH/hold.in" > "$SCRATCH/held" &
    holder=$!
    exec 4> "$SCRATCH/hold.in"
    until [ -s "$SCRATCH/held" ]; do sleep 0.02; done
    for n in 1 2; do
        printf '{"conversation_id":"crowded-%s-%d","text":"%s"}' "$1" $n "$(head -c 36000 /dev/urandom | base64 -w 0)" > "$SCRATCH/crowded$n"
    done
    post "$SCRATCH/crowded1" > "$SCRATCH/null" 4>&- &
    first=$!
    sleep 0.5 # until the writer has taken it
    if [ "${2:-}" ]; then
        curl -s -m 20 -o "$SCRATCH/null" -d '{"conversation_id":"crowded"}' "$HOOK" 4>&- &
        second=$!
        sleep 0.3
    fi
    curl -s -m 3 -o "$SCRATCH/null" -w '%{http_code}' --data-binary "@$SCRATCH/crowded2" "$HOOK"
    exec 4>&-
    wait "$holder" "$first" ${second:+"$second"}
    rm "$SCRATCH/hold.in" "$SCRATCH/held"
    stop_daemon > "$SCRATCH/null"
}
is "$(crowded queue_events=2 second)" 503 'deliveries under way count against queue_events'
is "$(crowded queue_bytes=64KiB)" 503 'and their bytes against queue_bytes'
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
