#!/bin/bash
# An erasure reaches a database whatever run comes next: of the same name, of another one into the same tables, --full where
# the mark is gone. A run of fewer tables, by which it would be passed over, is refused.
. tests/system/lib.sh
. tests/system/postgres.sh
. tests/system/clickhouse.sh

make_postgres
make_clickhouse
init_store
passes 'a store' "$OUT/benchmarks/fill" --data "$DATA" --count 6000
declare -A to=([postgresql]="$POSTGRES_URL" [clickhouse]="clickhouse://127.0.0.1:$CLICKHOUSE_PORT/nightly")
# shellcheck disable=SC2317 # `passes` calls it
run() { "$HOOKTRAIL" export --data "$DATA" --to "${to[$target]}" --name "$@"; }
ask() { # ask SQL: about the tables, as @TABLE
    # shellcheck disable=SC2001 # a table's name is more than a pattern can cut out
    case $target in
    postgresql) sql "$(sed 's/@\([a-z_]*\)/hooktrail.\1/g' <<< "$1")" ;;
    clickhouse) clicksql "$(sed 's/@\([a-z_]*\)/nightly.\1 FINAL/g' <<< "$1")" ;;
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
done_testing
