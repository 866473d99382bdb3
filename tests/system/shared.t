#!/bin/bash
# Several exports share the tables of a database: one of some time only adds to what an export of every night fills; one that
# writes all anew takes away nothing that another has brought beyond its end.
. tests/system/lib.sh
. tests/system/postgres.sh
. tests/system/clickhouse.sh

tables='erasures events deliveries conversations messages leads lead_changes agents'
make_postgres
make_clickhouse
init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
more() { node tests/system/fill.mjs "$HOOK" "$1" 20 > "$SCRATCH/null"; } # more SEED
declare -A to=([postgresql]="$POSTGRES_URL" [clickhouse]="clickhouse://127.0.0.1:$CLICKHOUSE_PORT/hooktrail")
run() { timeout 60 "$HOOKTRAIL" export --data "$DATA" --to "${to[$target]}" "$@"; }
# count TABLE, all SCHEMA-OR-DATABASE: what is there, without what depends on the run.
count() {
    case $target in
    postgresql) sql "SELECT count(*) FROM hooktrail.$1" ;;
    clickhouse) clicksql "SELECT count() FROM hooktrail.$1 FINAL" ;;
    esac
}
columns() { # columns TABLE
    "$HOOKTRAIL" export --schema json | jq -r --arg table "$1" \
        '.tables[] | select(.name == $table) | .columns | map(.name | select(. != "updated_seq" and . != "deliveries")) | join(", ")'
}
all() {
    for table in $tables; do
        case $target in
        postgresql) sql "SELECT $(columns "$table") FROM $1.$table" ;;
        clickhouse) clicksql "SELECT $(columns "$table") FROM $1.$table FINAL" ;;
        esac | sort | sha256sum
    done
}
is_whole() { # is_whole NAME: it holds what an undisturbed export of all does
    case $target in
    postgresql)
        sql 'DROP SCHEMA IF EXISTS whole CASCADE' 2> "$SCRATCH/null"
        "$HOOKTRAIL" export --data "$DATA" --to "$POSTGRES_URL&options=-csearch_path%3Dwhole" > "$SCRATCH/null"
        ;;
    clickhouse)
        clicksql 'DROP DATABASE IF EXISTS whole'
        "$HOOKTRAIL" export --data "$DATA" --to "clickhouse://127.0.0.1:$CLICKHOUSE_PORT/whole" > "$SCRATCH/null"
        ;;
    esac
    is "$(all hooktrail)" "$(all whole)" "$1"
}
marks() {
    case $target in
    postgresql) sql 'SELECT name FROM hooktrail.exports ORDER BY name' ;;
    clickhouse) clicksql 'SELECT DISTINCT name FROM hooktrail.exports ORDER BY name' ;;
    esac | xargs
}

# ---- some time ----

more 1
border=$(cli events --limit 1 | jq -r .received_at)
sleep 0.01
more 2
for target in postgresql clickhouse; do
    run --name "$target" > "$SCRATCH/null"
    before=$(all hooktrail)
    for time in "--until $border" "--since $border"; do
        # shellcheck disable=SC2086 # an option and its value
        passes "$target: $time" run $time
        # shellcheck disable=SC2086
        passes "$target: once more" run $time
        is "$(all hooktrail)" "$before" "$target: leaves what the export of every night has brought"
    done
    is "$(marks)" "$target" "$target: and no mark"
done
passes 'a lead is erased' "$HOOKTRAIL" erase --lead "$(cli leads --limit 1 | jq -r .id)" --confirm --data "$DATA"
for target in postgresql clickhouse; do
    events=$(count events) messages=$(count messages) changes=$(count lead_changes)
    passes "$target: some time behind an erasure" run --until "$border"
    is "$(count events) $(count messages) $(count lead_changes)" "$events $messages $changes" "$target: takes nothing away"
    passes "$target: the export of every night" run --name "$target"
    is_whole "$target: follows the erasure"
    passes "$target: some time behind it" run --until "$border"
    is_whole "$target: brings nothing back"
    passes "$target: everything without a name" run
    passes "$target: once more" run
    is_whole "$target: brings everything"
done
"$HOOKTRAIL" export --data "$DATA" --to "$POSTGRES_URL&options=-csearch_path%3Dearly" --until "$border" > "$SCRATCH/null"
is "$(sql 'SELECT count(*), max(seq) FROM early.events')" "$(cli events --until "$border" | jq -s -r '"\(length)|\(map(.seq) | max)"')" \
    'some time to tables that are not there yet: what was received then'

# ---- all anew ----

# held TABLE: nobody gets at it before let_go.
held() {
    sql "LOCK TABLE hooktrail.$1 IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(120)" 2> "$SCRATCH/null" > "$SCRATCH/null" &
    holder=$!
    until [ "$(sql "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'hooktrail.$1'::regclass")" = 1 ]; do sleep 0.02; done
}
let_go() {
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(120)%' AND pid != pg_backend_pid()" > "$SCRATCH/null"
    wait "$holder" 2> "$SCRATCH/null"
}
waits() { until [ "$(sql 'SELECT count(*) FROM pg_locks WHERE NOT granted')" -gt 0 ]; do sleep 0.02; done; }
begin() { "$HOOKTRAIL" export --data "$DATA" --to "${to[$target]}" "$@" > "$SCRATCH/begun" 2>&1 & }
target=postgresql
run --name other > "$SCRATCH/null"
held agents
more 3
begin --name postgresql
nightly=$!
waits
exits 5 'while an export brings what is new, none writes all anew' run --name other --full
like "$(cat "$SCRATCH/stderr")" 'another export to a database is under way' 'and it says why'
exits 5 'nor one without a name' run
exits 5 'nor a part of the trail, which an erasure may have changed since it was read' run --since 1h
begin --name other --full --lock-timeout 60
other=$!
sleep 0.3
let_go
wait "$nightly"
is $? 0 'the one that was there first'
wait "$other"
is $? 0 'and the other, which can wait'
is_whole 'everything is there'

held agents
begin --name other --full
other=$!
waits
more 4
exits 5 'while one writes all anew, none brings what is new' run --name postgresql
like "$(cat "$SCRATCH/stderr")" 'an export to a database without a name, or anew, is under way' 'and it says why'
kill -9 "$other"
wait "$other" 2> "$SCRATCH/null"
let_go
passes 'it is killed: what is new comes' run --name postgresql
is_whole 'all of it'
held agents
more 5
begin --name postgresql
nightly=$!
waits
exits 5 'the one that was killed is repeated, but not while another one is under way' run --name other
let_go
wait "$nightly"
is $? 0 'which comes to its end'
last=$(sql "SELECT run FROM hooktrail.exports WHERE name = 'other'")
passes 'then it is' run --name other
is "$(sql "SELECT run - $last, seq FROM hooktrail.exports WHERE name = 'other'")" "1|$(cli events --limit 1 | jq .seq)" \
    'up to the end that the trail has now, in one run'
is_whole 'and takes away nothing that has come meanwhile'
stop_daemon_well
done_testing
