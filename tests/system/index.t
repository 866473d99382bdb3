#!/bin/bash
# The index is derived: lost, cut off, or full of garbage, it is built again by itself; it is rebuilt beside a running daemon;
# and verify finds what is wrong in trail and index.
# builds: asan tsan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/*.json > "$SCRATCH/null"
node tests/system/fill.mjs "$HOOK" 7 40 > "$SCRATCH/null"
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > "$SCRATCH/null" # repeated deliveries

# Everything that is read from the index, and through it.
documents() { # documents DIR
    local id
    for command in 'events --limit 1000' 'conversations --limit 1000' 'leads --limit 1000' 'agents --limit 1000' stats rejected \
        'events --type new-contact --agent agent-1' 'history --email maria.keller@example.com'; do
        read -ra words <<< "$command"
        "$HOOKTRAIL" "${words[@]}" --json --data "$1"
    done
    for id in c2f4b1de-53a0-4d0b-8f61-6a1f9be0a9d4 conversation-1 c-1 c-2; do "$HOOKTRAIL" timeline "$id" --json --data "$1"; done
    "$HOOKTRAIL" show 9 --json --data "$1"
}
documents "$DATA" > "$SCRATCH/before"
ok $((! $(grep -c '"events":\[' "$SCRATCH/before"))) 'there is something to compare'
is "$(tail -1 "$SCRATCH/before" | jq .seq)" 9 'to the last command'
stop_daemon_well
index=$DATA/index/data.mdb

# ---- lost or broken, at rest ----

damage() {
    case $1 in
    'the folder is gone') rm -rf "$DATA/index" ;;
    'the data file is gone') rm "$index" ;;
    'the data file is empty') : > "$index" ;;
    'cut off within the first page') truncate -s 1000 "$index" ;;
    'cut off after the first pages') truncate -s 8192 "$index" ;;
    'cut off in the middle') truncate -s $(($(stat -c %s "$index") / 2)) "$index" ;;
    'the first pages are garbage') head -c 8192 /dev/urandom | dd of="$index" conv=notrunc status=none ;;
    'all of it is garbage') head -c 500000 /dev/urandom > "$index" ;;
    'it is text') echo 'not a database' > "$index" ;;
    'it is a folder') rm -r "$index" && mkdir "$index" ;;
    'the folder is a file') rm -rf "$DATA/index" && echo x > "$DATA/index" ;;
    'the lock file is garbage') head -c 8192 /dev/urandom > "$DATA/index/lock.mdb" ;;
    esac
}
for what in 'the folder is gone' 'the data file is gone' 'the data file is empty' 'cut off within the first page' \
    'cut off after the first pages' 'cut off in the middle' 'the first pages are garbage' 'all of it is garbage' 'it is text' \
    'it is a folder' 'the folder is a file' 'the lock file is garbage'; do
    damage "$what"
    documents "$DATA" > "$SCRATCH/after" 2> "$SCRATCH/stderr"
    cmp -s "$SCRATCH/before" "$SCRATCH/after"
    ok $? "the tool builds it again: $what" || diag "$(head -3 "$SCRATCH/stderr")"
    damage "$what"
    # shellcheck disable=SC2119
    if start_daemon; then
        is "$(api '/v1/events?limit=1000')" "$(head -1 "$SCRATCH/before")" "the daemon builds it again: $what"
        stop_daemon
        is "$DAEMON_STATUS" 0 "and ends well: $what"
    else
        ok 1 "the daemon starts: $what"
    fi
done
passes 'it is sound again' "$HOOKTRAIL" verify --data "$DATA"
cp -r "$DATA/index" "$SCRATCH/old-index"
damage 'all of it is garbage'
exits 4 'verify tells of an index that it could not open' "$HOOKTRAIL" verify --data "$DATA"
like "$(cat "$SCRATCH/stdout" "$SCRATCH/stderr")" 'index/meta.*made anew.*reindex' 'and what became of it'
passes 'once' "$HOOKTRAIL" verify --data "$DATA"
damage 'all of it is garbage'
# shellcheck disable=SC2119
start_daemon || ok 1 'the daemon starts'
stop_daemon_well
like "$(cat "$SCRATCH/daemon.log")" 'the index is damaged, and is built anew: ' 'so does the log of the daemon'

# ---- stale: events came in since ----

# shellcheck disable=SC2119
start_daemon || ok 1 'the daemon starts'
node tests/system/flood.mjs "$HOOK" 30 > "$SCRATCH/null"
stop_daemon_well
documents "$DATA" > "$SCRATCH/before"
rm -rf "$DATA/index"
cp -r "$SCRATCH/old-index" "$DATA/index"
documents "$DATA" > "$SCRATCH/after"
passes 'an index of yesterday catches up' cmp "$SCRATCH/before" "$SCRATCH/after"
passes 'it is sound' "$HOOKTRAIL" verify --data "$DATA"

# ---- reindex beside the daemon ----

# shellcheck disable=SC2119
start_daemon || ok 1 'the daemon starts'
node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
storm=$!
for _ in $(seq 200); do [ -s "$SCRATCH/acks" ] && break; sleep 0.05; done
for n in 1 2; do
    sleep 0.2
    passes "reindex $n beside the daemon, under load" "$HOOKTRAIL" reindex --data "$DATA"
    last=$(tail -1 "$SCRATCH/acks" | cut -d' ' -f1)
    is "$(api "/v1/events?after=$((last - 1))&order=asc&limit=1" | jq '.events[0].seq')" "$last" "reindex $n: what was acknowledged is readable"
done
touch "$SCRATCH/stop"
wait "$storm"
is $? 0 'the sender had everything acknowledged'
total=$(api /v1/stats | jq .totals.events)
is "$total" "$(cut -d' ' -f1 "$SCRATCH/acks" | sort -n | tail -1)" 'the statistics know the last one'
documents "$DATA" > "$SCRATCH/before"
passes 'reindex once more' "$HOOKTRAIL" reindex --data "$DATA"
documents "$DATA" > "$SCRATCH/after"
passes 'the documents are the same' cmp "$SCRATCH/before" "$SCRATCH/after"
for _ in $(seq 60); do # the daemon follows within a second
    api '/v1/events?limit=1000' | cmp -s - <(head -1 "$SCRATCH/before") && break
    sleep 0.05
done
is "$(api '/v1/events?limit=1000')" "$(head -1 "$SCRATCH/before")" 'those of the daemon too'
passes 'verify beside the daemon' "$HOOKTRAIL" verify --data "$DATA"
is "$(find "$DATA" -maxdepth 1 -name 'index?*' | wc -l)" 0 'no other index is left behind'

# The index is lost under the daemon's feet.
rm -rf "$DATA/index"
printf '{"agent_id":"a","conversation_id":"lost"}' > "$SCRATCH/body"
is "$(post "$SCRATCH/body" | jq .seq)" $((total + 1)) 'the index vanishes beside the daemon: events are taken'
for _ in $(seq 100); do
    [ "$(api '/v1/events?conversation=lost' | jq '.events | length')" = 1 ] && break
    sleep 0.05
done
is "$(api '/v1/events?conversation=lost' | jq '.events[0].seq')" $((total + 1)) 'and are readable'
stop_daemon_well
is "$(cli events --conversation lost | jq .seq)" $((total + 1)) 'and by the tool'
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"

# ---- verify finds it ----

# flip FILE HEX: flips one bit in the third byte behind each place where those bytes stand; counts them in FLIPPED.
flip() {
    # shellcheck disable=SC2016 # perl's variables
    FLIPPED=$(perl -e 'my ($file, $hex) = @ARGV; open(my $f, "+<:raw", $file) or die; local $/; my $all = <$f>; my $n = 0;
        my $wanted = pack("H*", $hex);
        for (my $at = index($all, $wanted); $at >= 0; $at = index($all, $wanted, $at + 1)) {
            my $byte = $at + length($wanted) + 3;
            seek($f, $byte, 0);
            print $f chr(ord(substr($all, $byte, 1)) ^ 4);
            $n++;
        }
        print $n' "$1" "$2")
}
# The leaf of an event in hex, which a proof shows, and the file has.
leaf() { cli prove "$1" | sed -n 's/^extra //p' | base64 -d | od -An -v -tx1 | tr -d ' \n'; }
cp -r "$DATA" "$SCRATCH/sound"
for n in 1 100; do
    rm -rf "$DATA"
    cp -r "$SCRATCH/sound" "$DATA"
    # Behind its leaf the record goes on.
    flip "$DATA/trail/data.mdb" "$(leaf "$n")"
    ok $((FLIPPED == 0)) "event $n: its record is found in the file"
    exits 4 "event $n: verify finds the flipped bit" "$HOOKTRAIL" verify --data "$DATA"
    like "$(cat "$SCRATCH/stdout" "$SCRATCH/stderr")" "(^|[^0-9])$n([^0-9]|\$)" "event $n: and says which"
    exits 4 "event $n: with --json" "$HOOKTRAIL" verify --json --data "$DATA"
    jq -e . "$SCRATCH/stdout" > "$SCRATCH/null"
    ok $? "event $n: which is JSON"
    exits 4 "event $n: show does not hand it out" "$HOOKTRAIL" show "$n" --payload --data "$DATA"
    is "$(wc -c < "$SCRATCH/stdout")" 0 "event $n: not a byte of it"
    exits 0 "event $n: its neighbour is whole" "$HOOKTRAIL" show $((n + 1)) --payload --data "$DATA"
done
rm -rf "$DATA"
cp -r "$SCRATCH/sound" "$DATA"
# A row begins with the time of receipt, as the leaf has it from its 13th byte on.
flip "$index" "$(leaf 9 | cut -c 25-40)"
ok $((FLIPPED == 0)) 'a row is found in the index'
exits 4 'verify finds what is wrong in the index' "$HOOKTRAIL" verify --data "$DATA"
like "$(cat "$SCRATCH/stdout" "$SCRATCH/stderr")" reindex 'and says what mends it'
passes 'reindex' "$HOOKTRAIL" reindex --data "$DATA"
passes 'it is sound again' "$HOOKTRAIL" verify --data "$DATA"

# Whole pages of the trail are rotten: a verdict, not a crash.
for page in 3 8 20; do
    rm -rf "$DATA"
    cp -r "$SCRATCH/sound" "$DATA"
    head -c 4096 /dev/urandom | dd of="$DATA/trail/data.mdb" bs=4096 seek="$page" conv=notrunc status=none
    "$HOOKTRAIL" verify --data "$DATA" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
    got=$?
    case $got in
    4) ok 0 "a rotten page: verify says so (page $page)" ;;
    0) ok 0 "a rotten page: it was free (page $page)" ;;
    *) ok 1 "a rotten page: verify says so (page $page)" && diag "exit $got: $(head -3 "$SCRATCH/stderr")" ;;
    esac
done

# The trail's file is cut off behind LMDB's own two pages (a later cut may spare all that is asked for): every program says
# so in one line.
rm -rf "$DATA"
cp -r "$SCRATCH/sound" "$DATA"
truncate -s 8192 "$DATA/trail/data.mdb"
exits 4 'a trail that is cut off: the daemon refuses it' "$HOOKTRAILD" --data "$DATA" --listen 127.0.0.1:0
like "$(cat "$SCRATCH/stderr")" '^hooktraild: .*hooktrail verify' 'and says what to do'
exits 4 'a trail that is cut off: the tool refuses it' "$HOOKTRAIL" events --data "$DATA"
like "$(cat "$SCRATCH/stderr")" '^hooktrail: .*hooktrail verify' 'and says what to do'
exits 4 'a trail that is cut off: verify' "$HOOKTRAIL" verify --data "$DATA"
like "$(cat "$SCRATCH/stdout")" '"table":"store".*signal 7' 'reports it'
done_testing
