#!/bin/bash
# ClickHouse (Debian's 18.16) as the target of an export, by generated rows: in queries with FINAL each row is there once,
# whatever was killed, repeated, refused or changed by hand; erasures followed; nothing of a password in an error.
. tests/system/lib.sh
. tests/system/clickhouse.sh

FEED=$OUT/tests/export/feed
tables='erasures events deliveries conversations messages leads lead_changes agents'
make_clickhouse
at() { echo "clickhouse://127.0.0.1:$CLICKHOUSE_PORT/$1"; }
said() { cat "$SCRATCH/stderr"; }
# digest DATABASE: of all rows of all tables as FINAL shows them, but for updated_seq.
digest() {
    local columns
    for table in $tables; do
        columns=$(clicksql "SELECT arrayStringConcat(groupArray(name), ', ') FROM system.columns WHERE database = '$1' AND table = '$table'
            AND name != 'updated_seq'")
        printf '%s %s %s\n' "$table" "$(clicksql "SELECT count() FROM $1.$table FINAL")" \
            "$(clicksql "SELECT $columns FROM $1.$table FINAL" | sort | sha256sum)"
    done
}

# ---- runs ----

exits 3 'before the first run there is no mark' "$FEED" "$(at trail)" --mark
passes 'the first run makes database and tables' "$FEED" "$(at trail)" --until 1000
is "$(clicksql 'SELECT count(), min(seq), max(seq), uniqExact(seq), countIf(payload IS NULL) FROM trail.events')" \
    $'1000\t1\t1000\t1000\t0' 'each event is there once'
is "$(clicksql "SELECT visitParamExtractInt(assumeNotNull(payload), 'number'), received_at, derived, warnings FROM trail.events WHERE seq = 5")" \
    $'5\t1763942406172835\t0\t["unknown type"]' 'with its values'
passes 'the mark is read' "$FEED" "$(at trail)" --mark
is "$(cat "$SCRATCH/stdout")" 1 'and is the run'
digest trail > "$SCRATCH/first"
passes 'the same run once more' "$FEED" "$(at trail)" --until 1000
is "$(digest trail)" "$(cat "$SCRATCH/first")" 'changes nothing'
passes 'the second run' "$FEED" "$(at trail)" --run 2 --after 1000 --until 1503
passes 'all at once, somewhere else' "$FEED" "$(at whole)" --until 1503
is "$(digest trail)" "$(digest whole)" 'comes to the same'
passes 'batches of more than one insert' "$FEED" "$(at large)" --until 3000 --payload 12000
is "$(clicksql "SELECT count(), uniqExact(seq), sum(length(assumeNotNull(payload))) > 36000000 FROM large.events")" $'3000\t3000\t1' 'come whole'

# ---- killed ----

for point in 1 900 3000 before-commit after-commit; do
    exits 137 "killed: $point" "$FEED" "$(at killed)" --until 1000 --die "$point"
done
for _ in $(seq 10); do
    "$FEED" "$(at killed)" --run 2 --after 1000 --until 1503 > /dev/null 2>&1 &
    pid=$!
    sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
    kill -9 "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
done
passes 'killed anywhere and repeated' "$FEED" "$(at killed)" --run 2 --after 1000 --until 1503
is "$(digest killed)" "$(digest whole)" 'it is as if nothing had been'

"$FEED" "$(at restarted)" --until 1000 --wait "$SCRATCH/go" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" &
pid=$!
for _ in $(seq 200); do grep -q waiting "$SCRATCH/stdout" && break; sleep 0.05; done
kill_clickhouse
touch "$SCRATCH/go"
wait "$pid"
is $? 1 'the server is killed in the middle: the run fails'
like "$(said)" 'cannot insert rows: ' 'and says why'
start_clickhouse
passes 'the next run' "$FEED" "$(at restarted)" --until 1000
is "$(digest restarted)" "$(cat "$SCRATCH/first")" 'goes on'

# ---- marks that do not fit, tables changed by hand ----

exits 1 'a trail that is behind the mark' "$FEED" "$(at trail)" --run 1 --until 400
like "$(said)" 'the database has run 2 of this export, up to event 1503' 'is refused'
exits 3 'a run that does not follow' "$FEED" "$(at trail)" --run 4 --after 1600 --until 1700
"$FEED" "$(at restored)" --until 100 > "$SCRATCH/null"
clicksql 'SYSTEM STOP MERGES restored.exports'
passes 'a run that the trail forgets, for a backup from before it is restored' "$FEED" "$(at restored)" --run 2 --after 100 --until 200
passes 'all anew, up to an earlier event' "$FEED" "$(at restored)" --run 3 --until 50 --whole
is "$(clicksql 'SELECT count(), max(seq) FROM restored.events FINAL'; clicksql 'SELECT max(seq) FROM restored.exports')" $'50\t50\n200' \
    'takes the place of what was there; the mark from before is on disk yet'
passes 'and the next run follows' "$FEED" "$(at restored)" --run 4 --after 50 --until 60
clicksql 'ALTER TABLE killed.events DROP COLUMN visitor_id'
clicksql 'DROP TABLE killed.agents'
passes 'columns that rows may lack and tables are given back' "$FEED" "$(at killed)" --run 3 --after 1503 --until 1600
is "$(clicksql 'SELECT count(visitor_id) FROM killed.events FINAL') $(clicksql 'SELECT count() FROM killed.agents')" '97 3' 'and hold what came since'
clicksql 'ALTER TABLE killed.events MODIFY COLUMN size Int32'
exits 1 'a column of another type' "$FEED" "$(at killed)" --run 4 --after 1600 --until 1700
like "$(said)" 'the column size of the table killed.events is of type Int32, and must be Int64' 'is named'
clicksql 'ALTER TABLE killed.events DROP COLUMN size'
exits 1 'a column that no row may lack' "$FEED" "$(at killed)" --run 4 --after 1600 --until 1700
like "$(said)" 'killed.events has lost its column size' 'is named'

# ---- hostile ----

passes 'hostile rows' "$FEED" "$(at hostile)" --until 600 --hostile
is "$(clicksql 'SELECT count(), uniqExact(seq) FROM hostile.events')" $'600\t600' 'all come'
is "$(clicksql "SELECT hex(agent_name), position(hex(payload), '5C7530303030') > 0 FROM hostile.events WHERE seq = 3")" \
    $'610062\t1' 'byte for byte'

# ---- erasures ----

gone=(--erase 1:3-3 --erase 1:13-18 --erase 2:16-31 --erase 2:600-600)
passes 'a run before an erasure' "$FEED" "$(at erased)" --until 600
# What an erasure takes away besides: a change from a value to one and back, of which the first is erased; an agent.
clicksql "INSERT INTO erased.lead_changes SELECT trail, lead_id, seq, 'phone', changed_at, old_value, new_value FROM erased.lead_changes WHERE seq = 2"
clicksql "INSERT INTO erased.agents SELECT trail, 'agent-gone', agent_name, first_at, last_at, first_seq, last_seq, events, updated_seq FROM erased.agents LIMIT 1"
exits 137 'one that follows it is killed' "$FEED" "$(at erased)" --run 2 --after 600 --until 700 "${gone[@]}" --die before-commit
passes 'and repeated' "$FEED" "$(at erased)" --run 2 --after 600 --until 700 "${gone[@]}"
passes 'everything as it is since, somewhere else' "$FEED" "$(at forgot)" --until 700 "${gone[@]}"
is "$(digest erased)" "$(digest forgot)" 'comes to the same'
is "$(clicksql "SELECT count(), uniqExact(seq), countIf(payload IS NOT NULL OR agent_name IS NOT NULL OR sha256 IS NOT NULL) FROM erased.events WHERE
    seq BETWEEN 13 AND 31 OR seq IN (3, 600)")" $'21\t21\t0' 'of erased events nothing is left on disk but that they were there'
is "$(clicksql "SELECT count() FROM erased.lead_changes WHERE match(concat(ifNull(old_value, ''), ifNull(new_value, '')), 'jane-(3|1[3-8]|2[0-9]|3[01])@')")" \
    0 'and no value that one of them had set'

# A table that the server is merging by itself meanwhile takes no other merge.
passes 'a run before another erasure' "$FEED" "$(at busy)" --until 600
for _ in 1 2 3; do clicksql "INSERT INTO busy.events (trail, seq, payload) SELECT 'other', number, toString(rand64()) FROM numbers(2000000)"; done
rm -f "$SCRATCH/go"
"$FEED" "$(at busy)" --run 2 --after 600 --until 700 "${gone[@]}" --wait "$SCRATCH/go" > "$SCRATCH/waits" 2> "$SCRATCH/stderr" &
pid=$!
for _ in $(seq 200); do grep -q waiting "$SCRATCH/waits" && break; sleep 0.05; done
clicksql 'OPTIMIZE TABLE busy.events FINAL' > "$SCRATCH/null" &
merging=$!
for _ in $(seq 400); do
    [ "$(clicksql "SELECT count() FROM system.merges WHERE database = 'busy' AND table = 'events'")" = 0 ] || break
    sleep 0.01
done
touch "$SCRATCH/go"
wait "$pid"
is "$? $(said)" '0 ' 'one that follows it while the server merges'
wait "$merging"
is "$(clicksql "SELECT count(), countIf(payload IS NOT NULL) FROM busy.events WHERE trail != 'other' AND (seq BETWEEN 13 AND 31 OR seq IN (3, 600))")" \
    $'21\t0' 'leaves nothing of erased events on disk either'

# ---- refused ----

refused() { # refused NAME WANTED ARGUMENT…: fails so, and nothing of a password shows.
    local name=$1 wanted=$2
    shift 2
    exits "$wanted" "$name" "$@"
    case $(said) in *sesame* | *geheim*) ok 1 'its error has nothing of the password'; diag "$(said)" ;; *) ok 0 'its error has nothing of the password' ;; esac
}
host=127.0.0.1:$CLICKHOUSE_PORT/trail
refused 'a wrong password' 1 "$FEED" "clickhouse://guest:geheim@$host" --mark
like "$(said)" 'Wrong password for user guest' 'says that it is'
passes 'the right one' "$FEED" "clickhouse://guest:open%20sesame%40%2F@$host" --mark
CLICKHOUSE_USER=guest CLICKHOUSE_PASSWORD='open sesame@/' passes 'by the environment too' "$FEED" "clickhouse://$host" --mark
refused 'one with a slash that is not escaped' 2 "$FEED" "clickhouse://guest:sesame/geheim@$host" --mark
refused 'a database of another kind of name' 2 "$FEED" "clickhouse://guest:geheim@127.0.0.1:$CLICKHOUSE_PORT/a;b" --mark
refused 'a parameter' 2 "$FEED" "clickhouse://guest:geheim@$host?a=sesame" --mark
refused 'nobody there' 1 "$FEED" 'clickhouse://guest:geheim@127.0.0.1:1/trail' --mark
done_testing
