#!/bin/bash
# The page's bundle: what is committed is what its sources make, byte for byte; a check without Node says when it isn't; it is
# small; its sources have no way to turn text into markup. And its parts that need no browser, by themselves.
. tests/system/lib.sh

copy=$SCRATCH/copy
mkdir -p "$copy/server" "$copy/scripts"
tar -c --exclude=node_modules server/page | tar -x -C "$copy"
cp scripts/page-check.sh "$copy/scripts/"
stale() { "$copy/scripts/page-check.sh" > /dev/null 2>&1; echo $?; }

is "$(stale)" 0 'the bundle is fresh'
echo '/* more */' >> "$copy/server/page/src/css/base.css"
is "$(stale)" 1 'stale, after a source has changed'
cp server/page/src/css/base.css "$copy/server/page/src/css/base.css"
is "$(stale)" 0 'fresh, as it was'
echo ' ' >> "$copy/server/page/dist/index.html"
is "$(stale)" 1 'stale, after it has changed itself'

npm ci --prefix "$copy/server/page" --no-audit --no-fund --ignore-scripts --loglevel=error > "$SCRATCH/npm" 2>&1
ok $? 'npm installs what the lock file says' || diag "$(tail -5 "$SCRATCH/npm")"
node "$copy/server/page/build.mjs" > "$SCRATCH/build" 2>&1
ok $? 'the page is built' || diag "$(tail -5 "$SCRATCH/build")"
diff -r server/page/dist "$copy/server/page/dist" > "$SCRATCH/diff" 2>&1
ok $? 'what is committed is what comes out, byte for byte' || diag "$(head -5 "$SCRATCH/diff")"

packed=0
for file in server/page/dist/index.html server/page/dist/assets/*; do
    packed=$((packed + $(gzip -9 -c "$file" | wc -c)))
done
diag "$packed bytes in all, packed"
[ "$packed" -le $((150 * 1024)) ]
ok $? 'at most 150 KB over the wire'

! grep -rnE 'innerHTML|outerHTML|insertAdjacent|document\.write|dangerously|eval\(|new Function|srcdoc|javascript:' server/page/src > "$SCRATCH/ways"
ok $? 'no source has a way from text to markup or script' || diag "$(head -5 "$SCRATCH/ways")"
! grep -rohE "https?://[^ \"')]*" server/page/dist | grep -v '^http://www.w3.org/' > "$SCRATCH/others"
ok $? 'the bundle names no other machine' || diag "$(head -5 "$SCRATCH/others")"

node tests/page/modules.mjs "$copy/server/page" > "$SCRATCH/modules" 2> "$SCRATCH/wrong"
status=$?
told "$SCRATCH/modules"
is "$status" 0 'the parts were tested to the end'
[ ! -s "$SCRATCH/wrong" ] || diag "$(tail -10 "$SCRATCH/wrong")"
done_testing
