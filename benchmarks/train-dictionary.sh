#!/bin/bash
# train-dictionary.sh OUT FILE: trains the zstd dictionary that records are compressed with, e.g. N.zdict for number N. A
# dictionary that has been released never changes (docs/format.md): a better one gets the next number.
#
# Seeds and vocabulary are others than those of the benchmarks, so that these measure what was learnt of the shape, not
# what was learnt by heart. 8 KB and long segments did best on payloads of the other vocabulary: at level 1 zstd hashes
# a dictionary into a small table, so that phrases which never come again push out what does (24 KB: 2.25 instead of
# 2.47 times smaller for 2 KB bodies).
set -euo pipefail
out=$1 file=$2
samples=$(mktemp -d)
trap 'rm -rf "$samples"' EXIT
seed=9000
for body in 450 700 1200; do
    for messages in growing new; do
        seed=$((seed + 1))
        mkdir "$samples/$seed"
        "$out/benchmarks/generate" --vocabulary training --with-delivery --seed "$seed" --size "$body" \
            --messages "$messages" --first 20000 --count 1500 --files "$samples/$seed"
    done
done
zstd -q --train-fastcover=k=1600,d=8 -r "$samples" --maxdict=8192 --dictID="$(basename "$file" .zdict)" -f -o "$file"
