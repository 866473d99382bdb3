#!/bin/bash
# lint.sh BUILDROOT: what must hold for every file. Prints each finding, exits 1 if there was one. $LINT_CFLAGS holds the
# compiler's flags, quoted for a shell; $LINT_NODES how far clang's analyzer goes into a function (its own limit: 225,000).
# shellcheck disable=SC2011,SC2046,SC2086 # lists of files are words on purpose: none of ours has a space
set -u

buildroot=$1
failed=0

section() { printf '== %s\n' "$1"; }
fail() { failed=1; }

c_files=$(git ls-files '*.c' '*.h')

# clang-tidy takes longest by far: it runs beside all the others, the largest files first, and is heard at the end.
mkdir -p "$buildroot/tidy"
# A compilation database of one line a flag; flags that only gcc knows are left out.
eval "printf '%s\n' ${LINT_CFLAGS:-}" | grep -vE '^(-MMD|-MP|-fcf-protection|-g|-Werror)$' |
    sed "s|^-Iinclude|-I$PWD/include|" > "$buildroot/tidy/compile_flags.txt"
[ -z "${LINT_NODES:-}" ] ||
    printf '%s\n' -Xclang -analyzer-config -Xclang "max-nodes=$LINT_NODES" >> "$buildroot/tidy/compile_flags.txt"
ls -S $(git ls-files 'store/*.c' 'query/*.c' 'server/*.c') | xargs -P"$(nproc)" -n2 clang-tidy --quiet -p "$buildroot/tidy" \
    > "$buildroot/tidy/stdout" 2> "$buildroot/tidy/stderr" &
tidy=$!

section 'layers: include <- store <- query <- server'
# A quoted include names a header of the same folder or hooktrail/x.h (tests may look inside what they test).
for file in $(git ls-files 'include/*' 'store/*' 'query/*' 'server/*' | grep '\.[ch]$'); do
    dir=$(dirname "$file")
    grep -oE '^#include "[^"]+"' "$file" | sed 's/#include "\(.*\)"/\1/' | while read -r header; do
        case $header in
        hooktrail/*) [ -f "include/$header" ] || echo "$file: no public header $header" ;;
        */*) echo "$file: includes $header of another folder" ;;
        *) [ -f "$dir/$header" ] || echo "$file: includes $header, which is not in its folder" ;;
        esac
    done
done | { ! grep . ; } || fail
# Libraries stay behind their layer.
for rule in 'lmdb.h:store/' 'event2/:server/' 'ini.h:server/' 'libsmartcols:query/cli/' 'curl/:query/export/ query/cli/ server/' 'expat.h:query/export/' 'libpq:query/export/' 'archive:query/bundle/' 'openssl/:store/ server/' 'cJSON:tests/ benchmarks/'; do
    header=${rule%%:*} allowed=${rule#*:}
    for file in $c_files; do
        for folder in $allowed tests/ benchmarks/; do [[ $file == "$folder"* ]] && continue 2; done
        grep -lE "^#include <[^>]*$header" "$file" | sed "s|\$|: $header belongs to $allowed|"
    done
done | { ! grep . ; } || fail
# A lower layer must not call a higher one: public headers of query in store/, of nothing in server/.
grep -nE '^#include "hooktrail/(query|filter|export)\.h"' $(git ls-files 'store/*') && fail

section 'banned calls'
# Unbounded copies, silent conversions, static buffers, the locale; `system` and `popen` run a shell.
banned='strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|gmtime|localtime|ctime|asctime|setlocale|rand|random|alloca|system|popen|tmpnam|mktemp'
grep -nE "(^|[^a-zA-Z0-9_])($banned)\(" $(git ls-files 'include/*' 'store/*' 'query/*' 'server/*' | grep '\.[ch]$') |
    grep -vE ':\s*(/?\*|//)|setlocale\(LC_CTYPE' && fail

section 'marks of unfinished work'
grep -nwE 'TODO|FIXME|XXX' $c_files $(git ls-files '*.sh' '*.t' Makefile | grep -v scripts/lint.sh) && fail

section 'the page: its bundle is what its sources make'
scripts/page-check.sh || fail

section 'clang-format'
clang-format --dry-run -Werror $c_files || fail

section 'cppcheck'
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j2 \
    --suppress=missingIncludeSystem --suppress=unusedStructMember -D_GNU_SOURCE -Iinclude \
    --cppcheck-build-dir="$(mkdir -p "$buildroot/cppcheck" && echo "$buildroot/cppcheck")" store query server || fail

section 'shellcheck'
shellcheck -x $(git ls-files '*.sh' .ci/run 'tests/system/*.t' packaging/completion/hooktrail.bash) || fail

section 'manual pages'
for page in docs/man/*.scd; do
    # scdoc always leaves paragraph macros that mandoc finds needless.
    scdoc < "$page" | mandoc -Tlint -W warning | { ! grep -v 'paragraph macro: PP'; } || fail
done

section 'clang-tidy'
wait "$tidy" || fail
cat "$buildroot/tidy/stdout"

[ "$failed" = 0 ] && echo 'lint: clean'
exit "$failed"
