#!/bin/sh
# fuzz.sh TARGET SECONDS: runs a fuzz target for that long, from its seeds; findings stay in build/fuzz-findings.
set -eu
target=$1
seconds=$2
name=$(basename "$target" | sed 's/^fuzz_//')
findings=build/fuzz-findings
seeds=tests/fuzz/corpus/$name
grown=build/fuzz-corpus/$name
mkdir -p "$findings" "$grown" "$seeds"
if "$target" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
    -artifact_prefix="$findings/$name-" "$grown" "$seeds" > "build/fuzz-$name.log" 2>&1; then
    echo "ok - fuzz $name, ${seconds} s, $(find "$grown" -type f | wc -l) inputs grown"
else
    echo "not ok - fuzz $name: see build/fuzz-$name.log"
    tail -20 "build/fuzz-$name.log"
    exit 1
fi
