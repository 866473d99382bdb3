#!/bin/bash
# run.sh OUT UNPROVEN: measures the programs in OUT beside yardsticks and peers, and beside those in UNPROVEN, which were
# built without Merkle tree and sealing, everything in this one run. benchmarks/README.md says what each number means.
#
#   STEPS="ingest peers"   only these (default: all of $all_steps below)
#   QUICK=1                proves that it works, in some 80 seconds, and no more
#   EVENTS=N               of the large store (10000000)
#   STORE=DIR              the large store: made there if it isn't, and kept; its secrets in DIR.secrets
#   ROUNDS=N               of each comparison (3)
#   LOCK=FILE              on a shared machine: hold this lock while measuring
#   BENCH_DIR=DIR          where all the rest goes meanwhile: on the disk that is to be measured (benchmarks/)
#   RESULTS=DIR            default: benchmarks/results/DATE-COMMIT, none if QUICK
#
# Results: a report on stdout, and in RESULTS a line of JSON per measurement, distributions of latency and plots.
set -Eeuo pipefail
trap 'echo "benchmarks: failed at ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND" >&2' ERR
umask 077
all_steps='disk pack ingest cost latency peers timelines pages growth memory start idle keeping export proof wrk'
out=$(cd "$1" && pwd)
unproven=$(cd "$2" && pwd)
bench=$out/benchmarks
here=$(cd "$(dirname "$0")" && pwd)
command -v jq > /dev/null || { echo 'benchmarks: jq is missing; make deps-test installs it' >&2; exit 1; }

# shellcheck disable=SC2034 # used by the steps
if [ -n "${QUICK:-}" ]; then
    seconds=0.7 warm_up=0.3 repeats=${ROUNDS:-1} small=16000 medium=16000 events=${EVENTS:-40000} sizes='' open_seconds=1
    disk_seconds=1 page_seconds=0.5 idle_settle=1 idle_seconds=2 proven=20000 leaves=100000
else
    seconds=5 warm_up=1 repeats=${ROUNDS:-3} small=100000 medium=500000 events=${EVENTS:-10000000} sizes='512 8192'
    open_seconds=15 disk_seconds=3 page_seconds=2 idle_settle=5 idle_seconds=20 proven=1000000 leaves=10000000
fi

# shellcheck source=benchmarks/lib.sh
. "$here/lib.sh"
for step in "$here"/steps/*.sh; do
    # shellcheck source=/dev/null
    . "$step"
done
for step in ${STEPS:-$all_steps}; do
    declare -F "step_$step" > /dev/null || { echo "benchmarks: no step $step; there are: $all_steps" >&2; exit 2; }
done

commit=$(git -C "$here" rev-parse --short HEAD 2> /dev/null || echo unknown)
dirty=$(git -C "$here" status --porcelain --untracked-files=no -- store query server include 2> /dev/null | head -1)
commit=$commit${dirty:+-dirty}
# Beside the data that it measures, not in a /tmp that may be memory.
tmp=$(mktemp -d "${BENCH_DIR:-$here}/.run-XXXXXX")
chmod 711 "$tmp" # PostgreSQL's user passes through
large=${STORE:-$tmp/large} large_next='' number=0
results=${RESULTS:-}
[ -n "$results" ] || [ -n "${QUICK:-}" ] || results=$here/results/$(date -u +%Y%m%d-%H%M%S)-$commit
lines=$tmp/lines percentiles=$tmp/percentiles
mkdir "$percentiles"
: > "$lines"
trap finish EXIT

describe_machine() {
    jq -n --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" --argjson cores "$(nproc)" \
        --arg memory "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)" \
        --arg kernel "$(uname -sr)" --arg filesystem "$(stat -f -c %T "$tmp")" --arg commit "$commit" \
        --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg load "$(cut -d' ' -f1-3 /proc/loadavg)" \
        --arg compiler "$("${CC:-gcc}" --version | head -1)" --arg quick "${QUICK:-}" --arg steps "${STEPS:-$all_steps}" \
        --arg lock "${LOCK:-}" \
        '{cpu: $cpu, cores: $cores, memory: $memory, kernel: $kernel, filesystem: $filesystem, commit: $commit, date: $date,
          load_before: $load, compiler: $compiler, quick: ($quick != ""), shared: ($lock != ""), steps: $steps}' |
        keep machine
}

save() {
    mkdir -p "$results"
    cp "$lines" "$results/run.ndjson"
    cp "$percentiles"/*.hgrm "$results/" 2> /dev/null || true
    "$here/plot.sh" "$results"
    chmod -R u=rwX,go=rX "$results"
    echo "results: $results"
}

# Keeps what there is, also of a run that was broken off.
finish() {
    stop_server
    if [ -n "$results" ] && [ -s "$lines" ]; then save || true; fi
    rm -rf "$tmp"
}

"$bench/check" >&2
describe_machine
for step in ${STEPS:-$all_steps}; do "step_$step"; done
"$here/report.sh" "$lines"
