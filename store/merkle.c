#include "hooktrail/merkle.h"

#include <inttypes.h>

void ht_merkle_leaf(struct ht_slice data, uint8_t hash[HT_SHA256_SIZE])
{
    const struct ht_slice pieces[] = {ht_slice_of("\0", 1), data};
    ht_sha256_join(pieces, 2, hash);
}

void ht_merkle_node(const uint8_t left[HT_SHA256_SIZE], const uint8_t right[HT_SHA256_SIZE],
                    uint8_t hash[HT_SHA256_SIZE])
{
    uint8_t bytes[1 + 2 * HT_SHA256_SIZE] = {1};
    memcpy(bytes + 1, left, HT_SHA256_SIZE);
    memcpy(bytes + 1 + HT_SHA256_SIZE, right, HT_SHA256_SIZE);
    ht_sha256(ht_slice_of(bytes, sizeof bytes), hash);
}

void ht_merkle_empty(uint8_t root[HT_SHA256_SIZE])
{
    ht_sha256(ht_slice_of("", 0), root);
}

static bool is_equal(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, HT_SHA256_SIZE) == 0;
}

/* Both algorithms walk from a leaf to the root: `at` is the number of the node that was reached within its level,
   `last` that of the level's last node. */
struct walk {
    uint64_t at;
    uint64_t last;
};

static void up(struct walk *walk)
{
    walk->at >>= 1;
    walk->last >>= 1;
}

/* Whether the next hash of a proof stands to the left of the node reached; skips the levels where a node at the right
   edge has no sibling. */
static bool joins_left(struct walk *walk)
{
    bool left = (walk->at & 1) != 0 || walk->at == walk->last;
    if (left) {
        while ((walk->at & 1) == 0 && walk->at != 0)
            up(walk);
    }
    return left;
}

enum ht_status ht_merkle_check_inclusion(const struct ht_tree_head *head, uint64_t index,
                                         const uint8_t leaf[HT_SHA256_SIZE], const struct ht_merkle_proof *proof,
                                         struct ht_error *err)
{
    uint8_t hash[HT_SHA256_SIZE];
    if (index >= head->size)
        return ht_fail(err, HT_CORRUPT, "leaf %" PRIu64 " is not in a tree of %" PRIu64, index, head->size);
    struct walk walk = {index, head->size - 1};
    memcpy(hash, leaf, sizeof hash);
    for (size_t i = 0; i < proof->count; i++) {
        if (walk.last == 0) return ht_fail(err, HT_CORRUPT, "the proof of inclusion is too long");
        if (joins_left(&walk))
            ht_merkle_node(proof->hashes[i], hash, hash);
        else
            ht_merkle_node(hash, proof->hashes[i], hash);
        up(&walk);
    }
    if (walk.last != 0) return ht_fail(err, HT_CORRUPT, "the proof of inclusion is too short");
    if (!is_equal(hash, head->root))
        return ht_fail(err, HT_CORRUPT, "the proof of inclusion does not lead to the root");
    return HT_OK;
}

/* Neither of the trees has grown, or the old one was empty: there is nothing to prove. */
static enum ht_status check_trivial(const struct ht_tree_head *old_head, const struct ht_tree_head *new_head,
                                    const struct ht_merkle_proof *proof, struct ht_error *err)
{
    uint8_t empty[HT_SHA256_SIZE];
    ht_merkle_empty(empty);
    if (proof->count != 0) return ht_fail(err, HT_CORRUPT, "the proof of consistency should be empty");
    if (old_head->size == 0 && !is_equal(old_head->root, empty))
        return ht_fail(err, HT_CORRUPT, "the root of an empty tree is wrong");
    if (old_head->size == new_head->size && !is_equal(old_head->root, new_head->root))
        return ht_fail(err, HT_CORRUPT, "two trees of %" PRIu64 " leaves have different roots", old_head->size);
    return HT_OK;
}

static enum ht_status check_grown(const struct ht_tree_head *old_head, const struct ht_tree_head *new_head,
                                  const struct ht_merkle_proof *proof, struct ht_error *err)
{
    uint8_t old_root[HT_SHA256_SIZE], new_root[HT_SHA256_SIZE];
    struct walk walk = {old_head->size - 1, new_head->size - 1};
    size_t at = 0;
    while (walk.at & 1)
        up(&walk);
    /* An old tree that is complete begins with its own root, which the proof leaves out. */
    const uint8_t *first = walk.at == 0 ? old_head->root : NULL;
    if (first == NULL && proof->count > 0) first = proof->hashes[at++];
    if (first == NULL) return ht_fail(err, HT_CORRUPT, "the proof of consistency is too short");
    memcpy(old_root, first, sizeof old_root);
    memcpy(new_root, first, sizeof new_root);
    for (; at < proof->count; at++) {
        if (walk.last == 0) return ht_fail(err, HT_CORRUPT, "the proof of consistency is too long");
        if (joins_left(&walk)) {
            ht_merkle_node(proof->hashes[at], old_root, old_root);
            ht_merkle_node(proof->hashes[at], new_root, new_root);
        } else {
            ht_merkle_node(new_root, proof->hashes[at], new_root);
        }
        up(&walk);
    }
    if (walk.last != 0) return ht_fail(err, HT_CORRUPT, "the proof of consistency is too short");
    if (!is_equal(old_root, old_head->root))
        return ht_fail(err, HT_CORRUPT, "the proof of consistency does not lead to the old root");
    if (!is_equal(new_root, new_head->root))
        return ht_fail(err, HT_CORRUPT, "the proof of consistency does not lead to the new root");
    return HT_OK;
}

enum ht_status ht_merkle_check_consistency(const struct ht_tree_head *old_head, const struct ht_tree_head *new_head,
                                           const struct ht_merkle_proof *proof, struct ht_error *err)
{
    if (old_head->size > new_head->size)
        return ht_fail(err, HT_CORRUPT, "the new tree has %" PRIu64 " leaves, the old one %" PRIu64, new_head->size,
                       old_head->size);
    if (old_head->size == 0 || old_head->size == new_head->size) return check_trivial(old_head, new_head, proof, err);
    return check_grown(old_head, new_head, proof, err);
}
