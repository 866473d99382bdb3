/* For erase.t, which has to know what lies behind the store's back:
     forget keys DIR             every data key that is held, unwrapped: "ID HEX"
     forget seals TRAIL          which key seals which event in a trail's environment: "SEQ ID"
     forget try DIR TRAIL        tries every key that DIR holds on every sealed event of TRAIL; prints the seqs that
   open */
#include <fcntl.h>
#include <lmdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../store/keyring_file.h"
#include "../../store/record.h"
#include "../../store/seal.h"
#include "hooktrail/encode.h"

struct held {
    uint32_t count;
    bool *there;                  /* by id */
    uint8_t (*keys)[KEYRING_KEY]; /* by id */
};

static void fail(const char *what)
{
    fprintf(stderr, "forget: %s\n", what);
    exit(1);
}

static void read_id(const char *dir, uint8_t id[HT_TRAIL_ID_SIZE])
{
    struct ht_store *store;
    struct ht_store_options options = {.without_master_key = true};
    if (ht_store_open(dir, &options, &store, NULL) != HT_OK) fail("the store does not open");
    memcpy(id, ht_store_trail_id(store), HT_TRAIL_ID_SIZE);
    ht_store_close(store);
}

static void read_keys(const char *dir, struct held *held)
{
    struct keyring_file file;
    uint8_t id[HT_TRAIL_ID_SIZE], master[KEYRING_KEY];
    read_id(dir, id);
    if (keyring_file_open(&file, dir, id, NULL) != HT_OK) fail("no keyring");
    if (keyring_file_master(&file, dir, master, NULL) != HT_OK) fail("no master key");
    if (keyring_file_count(&file, &held->count, NULL) != HT_OK) fail("no slots");
    held->there = calloc(held->count + 1, sizeof *held->there);
    held->keys = calloc(held->count + 1, sizeof *held->keys);
    if (held->there == NULL || held->keys == NULL) fail("out of memory");
    for (uint32_t i = 1; i <= held->count; i++)
        held->there[i] = keyring_file_read(&file, master, i, held->keys[i], NULL) == HT_OK;
    keyring_file_close(&file);
}

static void print_keys(const struct held *held)
{
    char hex[2 * KEYRING_KEY + 1];
    for (uint32_t i = 1; i <= held->count; i++)
        if (held->there[i]) printf("%u %s\n", i, sodium_bin2hex(hex, sizeof hex, held->keys[i], KEYRING_KEY));
}

static bool opens(const struct held *held, uint64_t seq, MDB_val value)
{
    const uint8_t *record = value.mv_data;
    uint8_t bound[8 + RECORD_HEADER_SIZE];
    size_t open_size = seal_event.nonce - RECORD_CHECKED, sealed = seal_event.nonce + KEYRING_NONCE;
    uint8_t *plain = malloc(value.mv_size);
    bool opened = false;
    if (plain == NULL || value.mv_size < sealed + KEYRING_TAG) fail("a record is too short");
    ht_put_be64(bound, seq);
    memcpy(bound + 8, record + RECORD_CHECKED, open_size);
    for (uint32_t i = 1; i <= held->count && !opened; i++)
        opened = held->there[i] && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                       plain, NULL, NULL, record + sealed, value.mv_size - sealed, bound, 8 + open_size,
                                       record + seal_event.nonce, held->keys[i]) == 0;
    free(plain);
    return opened;
}

/* Prints the seqs that open with a key that is held, or, where `held` is NULL, the key of each. */
static void walk(const char *path, const struct held *held)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi events;
    MDB_cursor *cursor;
    MDB_val key, value;
    if (mdb_env_create(&env) != 0 || mdb_env_set_maxdbs(env, 64) != 0 ||
        mdb_env_set_mapsize(env, (size_t)1 << 32) != 0 || mdb_env_open(env, path, MDB_RDONLY | MDB_NOLOCK, 0) != 0 ||
        mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 || mdb_dbi_open(txn, "events", 0, &events) != 0 ||
        mdb_cursor_open(txn, events, &cursor) != 0)
        fail("the trail does not open");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        const uint8_t *record = value.mv_data;
        uint64_t seq = ht_get_be64(key.mv_data);
        if (value.mv_size < RECORD_TOMBSTONE_SIZE || record[seal_event.state] != SEAL_SEALED) continue;
        if (held == NULL)
            printf("%llu %u\n", (unsigned long long)seq, ht_get_be32(record + seal_event.key));
        else if (opens(held, seq, value))
            printf("%llu\n", (unsigned long long)seq);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
}

int main(int count, char **words)
{
    struct held held = {0};
    if (sodium_init() < 0) fail("no libsodium");
    if (count == 3 && strcmp(words[1], "keys") == 0) {
        read_keys(words[2], &held);
        print_keys(&held);
    } else if (count == 3 && strcmp(words[1], "seals") == 0) {
        walk(words[2], NULL);
    } else if (count == 4 && strcmp(words[1], "try") == 0) {
        read_keys(words[2], &held);
        walk(words[3], &held);
    } else {
        fail("keys DIR, seals TRAIL, or try DIR TRAIL");
    }
    free(held.there);
    free(held.keys);
    return 0;
}
