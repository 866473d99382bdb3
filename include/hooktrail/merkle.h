/* Merkle trees of RFC 6962, section 2.1 (SHA-256; a leaf is hashed behind 0x00, a node behind 0x01), as far as they
   need no store: hashes, and the checking of proofs by RFC 9162, sections 2.1.3.2 and 2.1.4.2. */
#ifndef HOOKTRAIL_MERKLE_H
#define HOOKTRAIL_MERKLE_H

#include "hooktrail/sha256.h"

#define HT_PROOF_HASHES 65 /* more than any proof of a tree with 64-bit size has */

/* A tree's size and root: what a checkpoint signs. */
struct ht_tree_head {
    uint64_t size;
    uint8_t root[HT_SHA256_SIZE];
};

/* Hashes in the order of RFC 6962, sections 2.1.1 and 2.1.2. */
struct ht_merkle_proof {
    size_t count;
    uint8_t hashes[HT_PROOF_HASHES][HT_SHA256_SIZE];
};

void ht_merkle_leaf(struct ht_slice data, uint8_t hash[HT_SHA256_SIZE]);
void ht_merkle_node(const uint8_t left[HT_SHA256_SIZE], const uint8_t right[HT_SHA256_SIZE],
                    uint8_t hash[HT_SHA256_SIZE]);  /* `hash` may be `left` or `right` */
void ht_merkle_empty(uint8_t root[HT_SHA256_SIZE]); /* the root of a tree without leaves */

/* HT_OK if the proof shows that the leaf with this hash is at `index` (from 0) in the tree; else HT_CORRUPT. */
HT_MUST_CHECK enum ht_status ht_merkle_check_inclusion(const struct ht_tree_head *head, uint64_t index,
                                                       const uint8_t leaf[HT_SHA256_SIZE],
                                                       const struct ht_merkle_proof *proof, struct ht_error *err);

/* HT_OK if the proof shows that `new_head`'s tree begins with all of `old_head`'s; else HT_CORRUPT. From the empty tree
   and between equal sizes the proof is empty. */
HT_MUST_CHECK enum ht_status ht_merkle_check_consistency(const struct ht_tree_head *old_head,
                                                         const struct ht_tree_head *new_head,
                                                         const struct ht_merkle_proof *proof, struct ht_error *err);

#endif
