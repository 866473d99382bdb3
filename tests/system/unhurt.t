#!/bin/bash
# An export beside the daemon, with the priority that its unit gives it: a sender's p99 at most doubles meanwhile, and no reader
# of the export pins the store.
# TURNS turns, quiet and beside exports: the median ratio; by default the best of up to five, for other programs of the machine
# may be in the way. Every processor is kept busy at the lowest priority all the time: commits take longer on a busy machine,
# whoever keeps it busy.
. tests/system/lib.sh

turns=${TURNS:-} seconds=${SECONDS_EACH:-3}
load=$OUT/benchmarks/load
exporter='' burner=''
# shellcheck disable=SC2317 # AT_END calls it
end_groups() {
    local group
    for group in $exporter $burner; do kill -9 -- "-$group" 2> "$SCRATCH/null"; done
}
AT_END+=(end_groups)

init_store
"$OUT/benchmarks/fill" --data "$DATA" --count 20000 > "$SCRATCH/null"
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
first=100000 # the next payload
gauge() { api /metrics | sed -n "s/^$1 //p"; }
# tail_to NAME: sets NAME to the p99 of deliveries at a steady rate, in microseconds.
tail_to() {
    "$load" --server "${URL#http://}" --path "$ENDPOINT" --seconds "$seconds" --rate 300 --connections 16 --first "$first" \
        --warm-up 0.3 --bodies $((seconds * 300 + 1000)) --json > "$SCRATCH/load" || refused=1
    first=$((first + $(jq .sent "$SCRATCH/load")))
    printf -v "$1" %s "$(jq .p99_us "$SCRATCH/load")"
}
# The priority of hooktrail-export@.service; each export to another folder, until they are ended.
# shellcheck disable=SC2016 # its own words
exports='while :; do nice -n 10 ionice -c 2 -n 7 "$1" export --data "$2" --to "$3" > "$3.stdout" 2>&1 || touch "$3.failed"; echo >> "$3.done"; rm -rf "$3"; done'
# shellcheck disable=SC2016
idle='echo 19 > /proc/self/autogroup; renice -n 19 $$ > /dev/null; for _ in $(seq "$1"); do while :; do :; done & done; wait'
setsid bash -c "$idle" burn "$(nproc)" &
burner=$!

refused=0 oldest=0 ratios=()
: > "$SCRATCH/exported.done"
for _ in $(seq "${turns:-5}"); do
    quiet='' beside=''
    tail_to quiet
    setsid bash -c "$exports" exports "$(realpath "$HOOKTRAIL")" "$DATA" "$SCRATCH/exported" &
    exporter=$!
    (while sleep 0.2; do gauge hooktrail_reader_age_commits; done > "$SCRATCH/snapshots") &
    watcher=$!
    tail_to beside
    kill "$watcher"
    kill -9 -- "-$exporter"
    wait "$watcher" "$exporter" 2> "$SCRATCH/null"
    exporter=
    ratio=$(jq -n "$beside / $quiet * 100 | round / 100")
    ratios+=("$ratio")
    most=$(sort -n "$SCRATCH/snapshots" | tail -1)
    [ -n "$most" ] || { ok 1 'the age of the oldest snapshot is told'; break; }
    oldest=$((${most%%.*} > oldest ? ${most%%.*} : oldest))
    diag "p99 $(jq -n "$quiet / 10 | round / 100") ms, beside exports $(jq -n "$beside / 10 | round / 100") ms: $ratio; $(wc -l < "$SCRATCH/exported.done") exports were done"
    [ -n "$turns" ] || [ "$(jq -n "$ratio > 2")" = true ] || break
done
place=1
[ -z "$turns" ] || place=$((turns / 2 + 1))
ratio=$(printf '%s\n' "${ratios[@]}" | sort -n | sed -n "${place}p")
is "$(jq -n "$ratio <= 2")" true "p99 of deliveries at most doubles beside an export: $ratio"
is "$refused $(ls "$SCRATCH/exported.failed" 2> "$SCRATCH/null")" '0 ' 'each delivery was taken, and no export failed'
ok $((oldest > 300)) "no reader pins the store: the oldest snapshot was $oldest commits old"
stop_daemon_well
done_testing
