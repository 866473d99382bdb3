#!/bin/sh
# run.sh OUT: sets a data directory up under run/ (or $HOOKTRAIL_DATA) where there is none, and serves it.
# shellcheck disable=SC2001
set -eu
umask 077
out=$1
data=${HOOKTRAIL_DATA:-run/data}
listen=${HOOKTRAIL_LISTEN:-127.0.0.1:8787}
# Endpoint and token are shown once and kept only as hashes; this file is a convenience for trying things out. Each data
# directory has its own.
if [ -n "${HOOKTRAIL_DATA:-}" ]; then secrets=${HOOKTRAIL_DATA%/}.secrets.json; else secrets=run/secrets.json; fi
secrets=${HOOKTRAIL_SECRETS:-$secrets}

mkdir -p "$(dirname "$data")" "$(dirname "$secrets")"
if [ ! -d "$data/trail" ]; then
    "$out/hooktrail" init --data "$data" --json > "$secrets.new"
    mv "$secrets.new" "$secrets"
fi

if [ -f "$secrets" ]; then
    endpoint=$(sed 's/.*"endpoint":"\([^"]*\)".*/\1/' "$secrets")
    token=$(sed 's/.*"token":"\([^"]*\)".*/\1/' "$secrets")
    cat <<TEXT

  webhook URL   http://$listen$endpoint
  API token     $token
  page          http://$listen/ (sign in with the token)
  data          $data

  Paste into another terminal, from here:

    $out/hooktrail send --url http://$listen$endpoint --samples
    $out/hooktrail timeline --data '$data' c2f4b1de-53a0-4d0b-8f61-6a1f9be0a9d4
    $out/hooktrail history --data '$data' --email maria.keller@example.com

TEXT
else
    echo "run: $data was set up elsewhere; its endpoint and token were shown once, by hooktrail init" >&2
fi
exec "$out/hooktraild" --data "$data" --listen "$listen"
