/* What proofs cost: fills a store without HTTP and verifies it; grows a Merkle tree of any size and proves leaves of
 * it.
 */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../store/tree.h"
#include "common/clock.h"
#include "common/conversation.h"
#include "common/histogram.h"
#include "hooktrail/append.h"
#include "hooktrail/encode.h"
#include "hooktrail/keeping.h"
#include "hooktrail/time.h"

#define BATCH 1000
#define NOW INT64_C(1763990400000000)
#define PROOFS 10000
#define LEAVES_PER_COMMIT 500000

static const char usage[] =
    "usage: proof fill DIR COUNT SIZE   a new store of COUNT events of SIZE bytes on the average, without an index\n"
    "       proof verify DIR [THREADS]  how fast its trail and trees are verified\n"
    "       proof tree DIR LEAVES       a tree of LEAVES in the new folder DIR, and proofs of inclusion from it\n";

/* ---- fill ---- */

static enum ht_status pack(struct ht_store *store, struct ht_packer *packer, uint64_t number, uint64_t size,
                           struct ht_append *append, struct ht_error *err)
{
    struct conversation_options options = CONVERSATION_DEFAULTS;
    struct ht_buffer scratch = {0}, payload = {0};
    struct ht_delivery delivery;
    char id[CONVERSATION_ID_SIZE];
    uint8_t salt[HT_SALT_SIZE];
    options.body_size = (size_t)size;
    randombytes_buf(salt, sizeof salt);
    conversation_payload(&options, number, &payload);
    conversation_delivery(&options, number, &scratch, &delivery);
    conversation_id(&options, number, id);
    delivery.received_at = NOW + (int64_t)number * 1000;
    delivery.endpoint = 1;
    const struct ht_facts facts = {.conversation_id = ht_slice_from(id)};
    enum ht_status status =
        ht_append_pack(append, packer, &delivery, ht_buffer_slice(&payload), 1, HT_ABSENT, salt, err);
    if (status == HT_OK) ht_append_name(append, store, &facts);
    ht_buffer_release(&payload);
    ht_buffer_release(&scratch);
    return status;
}

static enum ht_status fill_batch(struct ht_store *store, struct ht_appender *appender, struct ht_packer *packer,
                                 uint64_t first, size_t count, uint64_t size, struct ht_error *err)
{
    static struct ht_append appends[BATCH];
    struct ht_position end;
    enum ht_status status = HT_OK;
    memset(appends, 0, sizeof appends);
    for (size_t i = 0; i < count && status == HT_OK; i++) {
        status = pack(store, packer, first + i, size, &appends[i], err);
        appends[i].next = i + 1 < count ? &appends[i + 1] : NULL;
    }
    if (status == HT_OK) status = ht_appender_commit(appender, appends, &end, err);
    for (size_t i = 0; i < count; i++)
        ht_append_release(&appends[i]);
    return status;
}

static enum ht_status fill(const char *dir, uint64_t count, uint64_t size, struct ht_error *err)
{
    struct ht_store_secrets secrets;
    struct ht_store *store = NULL;
    struct ht_appender *appender = NULL;
    struct ht_packer *packer = ht_packer_new();
    enum ht_status status = ht_store_init(dir, NULL, NOW, &secrets, err);
    sodium_memzero(&secrets, sizeof secrets);
    if (status == HT_OK) status = ht_store_open(dir, NULL, &store, err);
    if (status == HT_OK) status = ht_appender_new(store, &appender, err);
    uint64_t begin = clock_now();
    for (uint64_t at = 0; at < count && status == HT_OK; at += BATCH)
        status = fill_batch(store, appender, packer, at, count - at < BATCH ? (size_t)(count - at) : BATCH, size, err);
    double seconds = (double)(clock_now() - begin) / 1e9;
    if (status == HT_OK) printf("{\"events\":%" PRIu64 ",\"seconds\":%.2f}\n", count, seconds);
    ht_appender_free(appender);
    ht_packer_free(packer);
    ht_store_close(store);
    return status;
}

/* ---- verify ---- */

static void tell(void *context, const struct ht_finding *finding)
{
    (void)context;
    fprintf(stderr, "%s %" PRIu64 ": %s\n", finding->table, finding->seq, finding->detail);
}

static enum ht_status verify(const char *dir, unsigned threads, struct ht_error *err)
{
    struct ht_verified verified;
    struct ht_store *store;
    const struct ht_verify_options options = {.threads = threads, .without_index = true};
    enum ht_status status = ht_store_open(dir, NULL, &store, err);
    if (status != HT_OK) return status;
    uint64_t begin = clock_now();
    status = ht_verify(store, &options, tell, NULL, NULL, &verified, err);
    double seconds = (double)(clock_now() - begin) / 1e9;
    if (status == HT_OK)
        printf("{\"events\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"seconds\":%.3f,\"events_per_second\":%.0f}\n",
               verified.events, verified.bytes, seconds, (double)verified.events / seconds);
    ht_store_close(store);
    return status;
}

/* ---- tree ---- */

/* One commit's worth of leaves. */
static enum ht_status grow_some(struct tree *tree, MDB_env *env, uint64_t size, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = HT_OK;
    int code = mdb_txn_begin(env, NULL, 0, &txn);
    if (code == 0 && tree->size == 0) code = mdb_dbi_open(txn, "tree", MDB_CREATE, &tree->table);
    if (code != 0) return env_fail(err, code, "growing a tree");
    uint64_t end = size - tree->size < LEAVES_PER_COMMIT ? size : tree->size + LEAVES_PER_COMMIT;
    while (tree->size < end && status == HT_OK) {
        uint8_t leaf[52] = {0};
        ht_put_be64(leaf, tree->size);
        status = tree_append(tree, txn, ht_slice_of(leaf, sizeof leaf), err);
    }
    if (status == HT_OK) status = tree_store(tree, txn, err);
    if (status != HT_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    code = mdb_txn_commit(txn);
    return code == 0 ? HT_OK : env_fail(err, code, "growing a tree");
}

static enum ht_status prove(const struct tree *tree, MDB_txn *txn, struct histogram *spent, struct ht_error *err)
{
    struct ht_tree_head head = {.size = tree->size};
    tree_root(tree, head.root);
    for (int i = 0; i < PROOFS; i++) {
        struct ht_merkle_proof proof;
        uint8_t leaf[52] = {0}, hash[HT_SHA256_SIZE];
        uint64_t index = (uint64_t)randombytes_random() << 32 | randombytes_random();
        index %= tree->size;
        uint64_t begin = clock_now();
        enum ht_status status = tree_inclusion(txn, tree->table, index, tree->size, &proof, err);
        histogram_add(spent, clock_now() - begin);
        ht_put_be64(leaf, index);
        ht_merkle_leaf(ht_slice_of(leaf, sizeof leaf), hash);
        if (status == HT_OK) status = ht_merkle_check_inclusion(&head, index, hash, &proof, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status grow_and_prove(MDB_env *env, uint64_t leaves, struct histogram *spent, struct ht_error *err)
{
    struct tree tree = {.size = 0};
    MDB_txn *txn = NULL;
    enum ht_status status = HT_OK;
    uint64_t begin = clock_now();
    while (tree.size < leaves && status == HT_OK)
        status = grow_some(&tree, env, leaves, err);
    double seconds = (double)(clock_now() - begin) / 1e9;
    if (status != HT_OK) return status;
    int code = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "reading a tree");
    status = prove(&tree, txn, spent, err);
    mdb_txn_abort(txn);
    if (status != HT_OK) return status;
    printf("{\"leaves\":%" PRIu64
           ",\"leaf_us\":%.3f,\"proof_p50_us\":%.1f,\"proof_p99_us\":%.1f,\"proof_max_us\":%.1f}\n",
           leaves, seconds * 1e6 / (double)leaves, (double)histogram_quantile(spent, 0.5) / 1e3,
           (double)histogram_quantile(spent, 0.99) / 1e3, (double)spent->max / 1e3);
    return HT_OK;
}

static enum ht_status measure_tree(const char *dir, uint64_t leaves, struct ht_error *err)
{
    MDB_env *env = NULL;
    struct histogram *spent = calloc(1, sizeof *spent);
    if (spent == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    enum ht_status status = env_make(dir, (size_t)1 << 36, err);
    if (status == HT_OK) status = env_open(dir, (size_t)1 << 36, MDB_NOSYNC, 1, &env, err);
    if (status == HT_OK) status = grow_and_prove(env, leaves, spent, err);
    if (env != NULL) mdb_env_close(env);
    free(spent);
    return status;
}

/* A number among the arguments; 0 if there is none. */
static uint64_t number_of(int argc, char **argv, int place)
{
    uint64_t number = 0;
    return place < argc && ht_parse_u64(ht_slice_from(argv[place]), &number) == HT_OK ? number : 0;
}

int main(int argc, char **argv)
{
    struct ht_error err = {0};
    enum ht_status status;
    uint64_t first = number_of(argc, argv, 3), second = number_of(argc, argv, 4);
    if (sodium_init() < 0) return 1;
    if (argc == 5 && strcmp(argv[1], "fill") == 0 && first > 0 && second > 0) {
        status = fill(argv[2], first, second, &err);
    } else if ((argc == 3 || argc == 4) && strcmp(argv[1], "verify") == 0) {
        status = verify(argv[2], (unsigned)first, &err);
    } else if (argc == 4 && strcmp(argv[1], "tree") == 0 && first > 0) {
        status = measure_tree(argv[2], first, &err);
    } else {
        fputs(usage, stderr);
        return 2;
    }
    if (status != HT_OK) fprintf(stderr, "proof: %s\n", err.detail);
    return status == HT_OK ? 0 : 1;
}
