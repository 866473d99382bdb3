#!/bin/sh
# page-check.sh: whether server/page/dist is what the page's sources make, and unchanged since; needs no Node.
# page-check.sh --stamp DIR: writes that down, after a build (server/page/build.mjs).
set -eu
page=$(cd "$(dirname "$0")/../server/page" && pwd)

# One line for each file, in an order that doesn't depend on the language of the machine.
digest_sources() {
    cd "$page"
    find src index.html build.mjs package.json package-lock.json -type f | LC_ALL=C sort | xargs sha256sum
}
digest_built() {
    cd "$1"
    find . -type f ! -name stamp | LC_ALL=C sort | xargs sha256sum
}
stamp() {
    printf 'sources %s\n' "$(digest_sources | sha256sum | cut -d ' ' -f 1)"
    printf 'built %s\n' "$(digest_built "$1" | sha256sum | cut -d ' ' -f 1)"
}

if [ "${1:-}" = --stamp ]; then
    stamp "$2" > "$2/stamp"
elif [ "$(stamp "$page/dist")" != "$(cat "$page/dist/stamp")" ]; then
    echo 'server/page/dist is stale: its sources or it itself have changed since it was built. make page' >&2
    exit 1
fi
