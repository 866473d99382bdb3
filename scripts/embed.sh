#!/bin/sh
# embed.sh NAME FILE…: prints C source that carries the files: ht_embedded_NAME[] of include/hooktrail/embedded.h.
set -eu
name=$1
shift
printf '#include "hooktrail/embedded.h"\n'
n=0
for file in "$@"; do
    printf 'static const unsigned char file_%d[] = {\n' "$n"
    od -An -v -tu1 "$file" | sed 's/[0-9][0-9]*/&,/g'
    printf '0};\n'
    n=$((n + 1))
done
printf 'const struct ht_embedded ht_embedded_%s[] = {\n' "$name"
n=0
for file in "$@"; do
    printf '    {"%s", file_%d, sizeof file_%d - 1},\n' "$(basename "$file" | sed 's/[\"]/\\&/g')" "$n" "$n"
    n=$((n + 1))
done
printf '    {NULL, NULL, 0},\n};\n'
