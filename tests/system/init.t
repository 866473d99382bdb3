#!/bin/bash
# An init that is killed before each of the changes that it makes in turn: a daemon that starts then says what to do, the
# next init makes a store and leaves nothing of the first, and where the store was complete it says so. STEPS=all tries
# every change, else it is every fifth and the last ones.
. tests/system/lib.sh

STEPS=${STEPS:-some}
tools=$OUT/tests/crash
export CRASH_DIR=$DATA CRASH_FAILED=$SCRATCH/failed CRASH_FAIL_HOW=kill
master=$SCRATCH/master.key

fault() { # fault WHAT
    wrong=$((wrong + 1))
    [ "$wrong" -gt 10 ] || { diag "killed before call $n ($(cat "$CRASH_FAILED")): $1"; diag "$(head -3 "$SCRATCH/stderr")"; }
}
killed_init() { # killed_init N OPTIONS…: false when it makes no N changes
    rm -f "$CRASH_FAILED"
    { CRASH_FAIL_AT=$1 LD_PRELOAD=$tools/inject.so "$HOOKTRAIL" init --data "$DATA" "${@:2}" > "$SCRATCH/stdout"; } \
        2> "$SCRATCH/stderr" # the shell's word of the death, too
    [ $? = 137 ]
}
# A store that is whole: verify finds nothing, and other secrets can be had.
check_store() {
    "$HOOKTRAIL" verify --data "$DATA" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" || fault 'the store does not verify'
    "$HOOKTRAIL" endpoint add --name other --data "$DATA" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" || fault 'no endpoint can be added'
    "$HOOKTRAIL" token add --name other --data "$DATA" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" || fault 'no token can be added'
    [ "$(find "$DATA" -path "$DATA/.*/*" | wc -l)" = 0 ] || fault 'something is left behind'
}
check_killed() {
    "$HOOKTRAIL" stats --data "$DATA" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
    case $? in
    0) whole=$((whole + 1)) ;;
    3)
        [ "$(wc -l < "$SCRATCH/stderr")" = 1 ] || fault 'not one line'
        grep -q 'hooktrail init --data' "$SCRATCH/stderr" || fault 'it does not say what to do'
        timeout 10 "$HOOKTRAILD" --data "$DATA" --listen 127.0.0.1:0 > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
        [ $? = 3 ] || fault 'the daemon says something else'
        ;;
    *) fault 'neither a store nor none' ;;
    esac
}
# The next init, as the user would run it who was told that the master key is there: with the file put aside.
init_again() { # init_again OPTIONS…
    "$HOOKTRAIL" init --data "$DATA" --json "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
    case $? in
    0) made=$((made + 1)) ;;
    1)
        if grep -q 'holds a store already.*endpoint add.*token add' "$SCRATCH/stderr"; then
            kept=$((kept + 1))
        elif [ -e "$master" ] && grep -q 'is there already: name another file, or put it aside' "$SCRATCH/stderr"; then
            mv "$master" "$master.aside"
            init_again "$@"
        else
            fault 'the next init fails'
        fi
        ;;
    *) fault 'the next init fails' ;;
    esac
}
try_all() { # try_all NAME DIRECTORY-THERE OPTIONS…
    local name=$1 there=$2 calls
    shift 2
    wrong=0 whole=0 made=0 kept=0 tried=0
    rm -rf "$DATA" "$master"
    [ -z "$there" ] || mkdir "$DATA"
    killed_init 1000000 "$@"
    calls=$(sed 's/.* //' "$CRASH_FAILED")
    for ((n = 1; n <= calls; n++)); do
        [ "$STEPS" = all ] || [ $((n % 5)) = 1 ] || [ "$n" -gt $((calls - 5)) ] || continue
        rm -rf "$DATA" "$master" "$master.aside"
        [ -z "$there" ] || mkdir "$DATA"
        killed_init "$n" "$@" || fault 'it was not killed'
        tried=$((tried + 1))
        check_killed
        init_again "$@"
        check_store
    done
    is "$wrong" 0 "$name: killed before each of $tried of $calls changes, the next init makes a store, or there is one"
    is "$((made + kept)) $kept" "$tried $whole" "$name: a store that is there is kept"
    diag "$name: $made made again, $kept were whole"
}
codes=
try_all 'a new directory' ''
try_all 'an empty directory' yes
export HOOKTRAIL_MASTER_KEY_FILE=$master
try_all 'a master key elsewhere' '' --master-key "$master"
unset HOOKTRAIL_MASTER_KEY_FILE

# Two at once: one makes the store, the other says that it is made, or being made.
for _ in 1 2 3 4 5; do
    rm -rf "$DATA"
    for i in 1 2 3 4; do
        { "$HOOKTRAIL" init --data "$DATA" > "$SCRATCH/out.$i" 2>&1; echo $? > "$SCRATCH/code.$i"; } &
    done
    wait
    codes="$codes $(cat "$SCRATCH"/code.? | sort | tr -d '\n')"
done
is "$(tr ' ' '\n' <<< "$codes" | grep -vc '^0[15]*$')" 1 'of four at once one makes the store'
diag "exit codes of each five: $codes"
passes 'which is whole' "$HOOKTRAIL" verify --data "$DATA"
done_testing
