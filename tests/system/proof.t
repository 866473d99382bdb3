#!/bin/bash
# The trail as a transparency log: checkpoints, proofs of inclusion and of consistency, and tiles, of trees around the
# edges of tiles, judged by a verifier that is none of ours (tests/go/verify.go, on golang.org/x/mod/sumdb), which
# refuses whatever was tampered with; and one tree by hand, with openssl and sha256sum.
# builds: asan
# shellcheck disable=SC2317,SC2119 # functions are run by passes and exits; the daemon needs no options
. tests/system/lib.sh

sizes=(0 1 2 255 256 257 70000)
keys=$SCRATCH/log.vkey
verify=$SCRATCH/verify
proofs=$SCRATCH/proofs
mkdir "$proofs"

# Only Debian's packages, nothing from the net.
build_verifier() {
    GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE=$SCRATCH/go CGO_ENABLED=0 \
        go build -o "$verify" tests/go/verify.go
}
build_grower() {
    local flags=
    case ${OUT##*/} in
    asan) flags=-fsanitize=address,undefined ;;
    tsan) flags=-fsanitize=thread ;;
    cover) flags=--coverage ;;
    esac
    # shellcheck disable=SC2046,SC2086 # flags are words
    gcc -std=c11 -Wall -Wextra -Werror -Iinclude $flags tests/system/log_tree.c "$OUT/libhooktrail.a" \
        $(pkg-config --libs lmdb libsodium libzstd libcrypto libarchive) -pthread -o "$SCRATCH/log_tree"
}
passes 'the verifier builds' build_verifier
passes 'a program that grows trees builds' build_grower

# prove SEQ SIZE [OPTION…]: a proof under the newest checkpoint, and its leaf beside it.
prove() {
    local file=$proofs/$1-$2
    cli prove "$1" "${@:3}" -o "$file" && sed -n 's/^extra //p' "$file" | base64 -d > "$file.leaf"
}

# fetch_tiles SIZE DIR: every tile and entry bundle of the tree, by one curl.
fetch_tiles() {
    "$verify" paths "$1" | while read -r path; do
        printf 'url = "%s/log/%s"\noutput = "%s/%s"\n' "$URL" "$path" "$2" "$path"
    done > "$SCRATCH/curl.config"
    curl -sSf -m 60 --create-dirs -H "Authorization: Bearer $TOKEN" -K "$SCRATCH/curl.config"
}

check_tiles() {
    mkdir "$SCRATCH/tiles"
    start_daemon && fetch_tiles "$1" "$SCRATCH/tiles" &&
        "$verify" tiles "$keys" "$proofs/$1.note" "$SCRATCH/tiles" "$proofs/1-$1" "$proofs/$1-$1"
    local status=$?
    stop_daemon
    rm -rf "$SCRATCH/tiles"
    return "$status"
}

check_size() {
    local size=$1 seq old
    passes "size $size: the tree grows" "$SCRATCH/log_tree" "$DATA" "$size"
    # Before any checkpoint is asked for: a proof signs one if none covers its event.
    [ "$size" = 0 ] || passes "size $size: the last event is proved" prove "$size" "$size"
    cli checkpoint > "$proofs/$size.note"
    like "$("$verify" checkpoint "$keys" "$proofs/$size.note")" "^$origin $size [A-Za-z0-9+/]{43}=$" \
        "size $size: the checkpoint is accepted"
    for seq in 1 $((size / 2)) $size; do
        if [ "$seq" = 0 ] || [ "$seq" -gt "$size" ]; then continue; fi
        [ -e "$proofs/$seq-$size" ] || passes "size $size: event $seq is proved" prove "$seq" "$size"
        passes "size $size: the proof of event $seq is accepted" \
            "$verify" inclusion "$keys" "$proofs/$seq-$size" "$proofs/$seq-$size.leaf"
    done
    for old in "${sizes[@]}"; do
        [ "$old" -le "$size" ] || continue
        passes "size $size: is proved to continue $old" cli prove --consistency "$old" "$size" -o "$proofs/$old..$size"
        passes "size $size: the proof that it continues $old is accepted" \
            "$verify" consistency "$keys" "$proofs/$old.note" "$proofs/$size.note" "$proofs/$old..$size"
    done
    [ "$size" = 0 ] || passes "size $size: tiles and entries make the same tree and proofs" check_tiles "$size"
}

# ---- every size ----

init_store
cli checkpoint --key > "$keys"
origin=$(cut -d+ -f1 "$keys")
for size in "${sizes[@]}"; do
    check_size "$size"
done
is "$(sed -n 3p "$proofs/0.note")" '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'the empty tree has the hash of nothing'

# ---- tampering ----

for size in "${sizes[@]:1}"; do
    seq=$(((size + 1) / 2))
    [ -e "$proofs/$seq-$size.leaf" ] || seq=$size
    passes "size $size: a proof of inclusion that was tampered with is refused" \
        "$verify" tampered-inclusion "$keys" "$proofs/$seq-$size" "$proofs/$seq-$size.leaf"
done
for pair in 0..1 1..2 2..255 255..256 256..257 257..70000 2..70000 256..70000; do
    passes "$pair: a proof of consistency that was tampered with is refused" \
        "$verify" tampered-consistency "$keys" "$proofs/${pair%..*}.note" "$proofs/${pair#*..}.note" "$proofs/$pair"
done
diag "$(cat "$SCRATCH/stdout")"
exits 1 'a proof does not prove another event' \
    "$verify" inclusion "$keys" "$proofs/1-257" "$proofs/257-257.leaf"
exits 1 'a proof of another pair of trees proves nothing' \
    "$verify" consistency "$keys" "$proofs/255.note" "$proofs/257.note" "$proofs/256..257"

# ---- two leaves, by hand ----

leaf_hash() { { printf '\0' && cat "$proofs/$1-2.leaf"; } | openssl dgst -sha256 -binary; }
root=$({ printf '\1' && leaf_hash 1 && leaf_hash 2; } | sha256sum | cut -c1-64)
is "$root" "$(sed -n 3p "$proofs/2.note" | base64 -d | od -An -v -tx1 | tr -d ' \n')" 'by hand: two leaves make the root'
head -3 "$proofs/2.note" > "$SCRATCH/signed"
sed -n 's/^— [^ ]* //p' "$proofs/2.note" | base64 -d | tail -c 64 > "$SCRATCH/signature"
{
    printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00' # SubjectPublicKeyInfo of Ed25519, RFC 8410
    cut -d+ -f3- "$keys" | base64 -d | tail -c 32
} > "$SCRATCH/key.der"
openssl_verify() {
    openssl pkeyutl -verify -pubin -inkey "$SCRATCH/key.der" -keyform DER -rawin -in "$SCRATCH/signed" \
        -sigfile "$SCRATCH/signature"
}
passes 'by hand: openssl verifies the signature' openssl_verify
sed -i '2s/2/3/' "$SCRATCH/signed"
exits 1 'by hand: but not of another size' openssl_verify

# ---- the commands ----

cli checkpoint > "$SCRATCH/again.note"
is "$(cmp "$SCRATCH/again.note" "$proofs/70000.note" 2>&1)" '' 'nothing is signed anew while nothing is new'
cli checkpoint --json > "$SCRATCH/checkpoint.json"
is "$(jq -j .note "$SCRATCH/checkpoint.json" | cmp - "$proofs/70000.note" 2>&1)" '' '--json holds the note'
is "$(jq -c '[.size, .origin, (.keys | join("\n"))]' "$SCRATCH/checkpoint.json")" \
    "[70000,\"$origin\",\"$(cat "$keys")\"]" 'and what it says'
is "$(jq -r .root "$SCRATCH/checkpoint.json")" \
    "$(sed -n 3p "$proofs/70000.note" | base64 -d | od -An -v -tx1 | tr -d ' \n')" 'with the root in hex'
is "$(cli checkpoint --key --json | jq -c 'keys')" '["keys","origin"]' '--key --json holds the keys alone'
is "$(cli prove 7)" "$(cli prove 7)" 'a proof is the same again'
is "$(cli prove --consistency 256 256)$(cli prove --consistency 0 256)" '' 'of what needs no proof the proof is empty'
exits 3 'there is no event 0' cli prove 0
exits 3 'nor one behind the last' cli prove 70001
exits 2 'a SEQ is a number' cli prove seven
exits 2 'one at a time' cli prove 1 2
exits 2 '--consistency wants two sizes' cli prove --consistency 1
exits 2 'a log does not shrink' cli prove --consistency 257 2
exits 2 'a tree that never was has no proof' cli prove --consistency 2 70001
sum=$(sha256sum "$proofs/1-2")
exits 1 'what is there is not written over' cli prove 1 -o "$proofs/1-2"
is "$(sha256sum "$proofs/1-2")" "$sum" 'and stays as it was'
exits 1 'nor is written where there is no directory' cli prove 1 -o "$SCRATCH/none/1"

# ---- the log of acts ----

cli checkpoint --acts --key > "$SCRATCH/acts.vkey"
cli checkpoint --acts > "$SCRATCH/acts.note"
like "$("$verify" checkpoint "$SCRATCH/acts.vkey" "$SCRATCH/acts.note")" "^$origin/acts [1-9]" 'acts are a log of their own'
exits 1 'the key of one log is not that of the other' "$verify" checkpoint "$keys" "$SCRATCH/acts.note"
passes 'an act is proved' prove 1 acts --acts
passes 'and that is accepted' "$verify" inclusion "$SCRATCH/acts.vkey" "$proofs/1-acts" "$proofs/1-acts.leaf"

# ---- beside the daemon ----

start_daemon
post "$FIXTURES/contact.json" > /dev/null
is "$(code)" 200 'an event is delivered'
passes 'and proved at once' prove 70001 70001
passes 'which is accepted' "$verify" inclusion "$keys" "$proofs/70001-70001" "$proofs/70001-70001.leaf"
sed '1,/^$/d' "$proofs/70001-70001" > "$proofs/70001.note"
cli prove --consistency 70000 70001 > "$proofs/70000..70001"
passes 'the log has only grown' \
    "$verify" consistency "$keys" "$proofs/70000.note" "$proofs/70001.note" "$proofs/70000..70001"
stop_daemon_well
done_testing
