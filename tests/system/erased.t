#!/bin/bash
# An erasure reaches a database whatever run comes next: of the same name, of another one into the same tables, --full where
# the mark is gone. A run of fewer tables, by which it would be passed over, is refused. It reaches events that stay, too.
. tests/system/lib.sh
. tests/system/postgres.sh
. tests/system/clickhouse.sh

make_postgres
make_clickhouse
init_store
passes 'a store' "$OUT/benchmarks/fill" --data "$DATA" --count 6000
declare -A to=([postgresql]="$POSTGRES_URL" [clickhouse]="clickhouse://127.0.0.1:$CLICKHOUSE_PORT/nightly")
declare -A place=([postgresql]=hooktrail [clickhouse]=nightly) # of the tables
# shellcheck disable=SC2317 # `passes` calls it
run() { "$HOOKTRAIL" export --data "$DATA" --to "${to[$target]}" --name "$@"; }
ask() { # ask SQL: about the tables, as @TABLE
    # shellcheck disable=SC2001 # a table's name is more than a pattern can cut out
    case $target in
    postgresql) sql "$(sed "s/@\([a-z_]*\)/${place[$target]}.\1/g" <<< "$1")" ;;
    clickhouse) clicksql "$(sed "s/@\([a-z_]*\)/${place[$target]}.\1 FINAL/g" <<< "$1")" ;;
    esac
}
forget_mark() {
    case $target in
    postgresql) sql "DELETE FROM hooktrail.exports WHERE name = '$1'" ;;
    clickhouse) clicksql "ALTER TABLE nightly.exports DELETE WHERE name = '$1'"; sleep 1 ;;
    esac
}
# erase_one: some lead that is not erased yet; LEAD is who.
erase_one() {
    LEAD=$(cli leads --limit 1 | jq -r '.id')
    passes "$target: lead $LEAD is erased" "$HOOKTRAIL" erase --lead "$LEAD" --confirm --data "$DATA"
}
left() { ask "SELECT count(*) FROM @leads WHERE lead_id = '$LEAD'"; }
messages() { ask 'SELECT count(*) FROM @messages'; }
wanted() { # wanted TABLE: rows that an export of all has
    rm -rf "$SCRATCH/all"
    "$HOOKTRAIL" export --data "$DATA" --to "$SCRATCH/all" --format ndjson > "$SCRATCH/null"
    find "$SCRATCH/all/$1" -name '*.ndjson' -exec cat {} + | wc -l
}

for target in postgresql clickhouse; do
    passes "$target: a first export" run "$target-a"
    erase_one
    is "$(left)" 1 "$target: who is erased is there still"
    passes "$target: an export of another name into the same tables" run "$target-b"
    is "$(left)" 0 "$target: takes who was erased away"
    is "$(messages)" "$(wanted messages)" "$target: and what was said, but nothing of others"

    erase_one
    exits 1 "$target: fewer tables than before are refused" run "$target-a" --tables events,erasures
    like "$(cat "$SCRATCH/stderr")" 'the same in each run' "$target: and it says why"
    passes "$target: the same as before" run "$target-a"
    is "$(left)" 0 "$target: take who was erased away"

    erase_one
    forget_mark "$target-a"
    exits 1 "$target: a target without its mark is refused" run "$target-a"
    passes "$target: --full, as it advises" run "$target-a" --full
    is "$(left)" 0 "$target: takes who was erased away"
    is "$(messages)" "$(wanted messages)" "$target: and what was said, but nothing of others"
    passes "$target: --full may change the tables" run "$target-a" --full --tables events,erasures
    passes "$target: which are the ones from then on" run "$target-a" --tables events,erasures
done

# ---- what it changes of events that stay, and of those that were erased before ----

DATA=$SCRATCH/changed
init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
place=([postgresql]=changed [clickhouse]=changed)
to=([postgresql]="$POSTGRES_URL&options=-csearch_path%3Dchanged" [clickhouse]="clickhouse://127.0.0.1:$CLICKHOUSE_PORT/changed"
    [files]="$SCRATCH/files")
deliver() { # deliver NUMBER CONVERSATION OPENING: without an id if it is ""
    jq -cn --argjson n "$1" --arg id "$2" --arg opening "$3" '{event: "new-session", agent_id: "a", n: $n, conversation: ((if $id == "" then {} else {id: $id} end)
        + {messages: [{role: "user", content: $opening, created_at: "2026-03-03T08:00:00Z"}]})}' > "$SCRATCH/body"
    post "$SCRATCH/body" > "$SCRATCH/null"
    target=files run files --format ndjson > "$SCRATCH/null" # each in a file of its own
}
rows_in() { # rows_in FILE…
    cat "$@" | jq -r '"\(.seq) \(.type) \(.conversation_id // "-") \(if .derived then 1 else 0 end)"' | sort
}
rows() {
    if [ "$target" = files ]; then
        find "$SCRATCH/files/events" -name '*.ndjson' > "$SCRATCH/names"
        # shellcheck disable=SC2046 # no name has a space
        rows_in $(cat "$SCRATCH/names")
    else
        ask "SELECT seq, type, coalesce(conversation_id, '-'), derived FROM @events ORDER BY seq" | tr '|\t' '  ' | sed 's/ f$/ 0/; s/ t$/ 1/'
    fi
}
follows() { # follows WHAT: each target has the events that an export of all has
    rm -rf "$SCRATCH/all"
    "$HOOKTRAIL" export --data "$DATA" --to "$SCRATCH/all" --format ndjson > "$SCRATCH/null"
    for target in postgresql clickhouse files; do
        local format=()
        [ "$target" != files ] || format=(--format ndjson)
        passes "$target: $1" run "$target" "${format[@]}"
        is "$(rows)" "$(rows_in "$SCRATCH"/all/events/*/*.ndjson)" "$target: each event is as an export of all has it"
    done
}
deliver 1 secret 'Do you ship to Svalbard?'
deliver 2 secret 'Do you ship to Svalbard?'
deliver 3 opened 'Is there an API?'
deliver 4 '' 'Is there an API?'
deliver 5 other 'Good morning'
follows 'a first run'
is "$(rows | xargs)" '1 new-session secret 0 2 new-session secret 0 3 new-session opened 0 4 new-session opened 1 5 new-session other 0' \
    'one of them is derived'
passes 'the event is erased from which it is' "$HOOKTRAIL" erase --seq 3 --confirm --data "$DATA"
passes 'and one of a conversation that goes on' "$HOOKTRAIL" erase --seq 1 --confirm --data "$DATA"
follows 'the run behind it'
is "$(rows | xargs)" '1 erased secret 0 2 new-session secret 0 3 erased - 0 4 new-session - 0 5 new-session other 0' 'it belongs to none then'
passes 'what is left of the conversation goes, too' "$HOOKTRAIL" erase --conversation secret --confirm --data "$DATA"
follows 'the run behind that'
is "$(rows | xargs)" '1 erased - 0 2 erased - 0 3 erased - 0 4 new-session - 0 5 new-session other 0' 'and nothing tells of it'
stop_daemon_well
done_testing
