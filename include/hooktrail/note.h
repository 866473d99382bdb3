/* Signed notes, checkpoints and proofs as text, by the specifications c2sp.org/signed-note, tlog-checkpoint,
   tlog-cosignature and tlog-proof (v1): written, parsed as hostile, and verified. No store is needed. */
#ifndef HOOKTRAIL_NOTE_H
#define HOOKTRAIL_NOTE_H

#include "hooktrail/merkle.h"

#define HT_KEY_NAME 255       /* bytes of a key's name, which for a log is its origin */
#define HT_NOTE_SIGNATURES 32 /* of one note at most */
#define HT_NOTE_SIZE 131072   /* bytes of a note at most: 16 signatures that no quantum computer forges fit */
#define HT_TLOG_PROOF_SIZE (2 * HT_NOTE_SIZE)

enum ht_key_type { HT_KEY_ED25519 = 1, HT_KEY_COSIGNATURE = 4 }; /* signature types of signed-note */

/* Who may sign: "name+hash+base64(type, key)". Plain memory. */
struct ht_verifier {
    char name[HT_KEY_NAME + 1];
    uint32_t hash; /* the key's id */
    enum ht_key_type type;
    uint8_t key[32];
};

/* Who signs: "PRIVATE+KEY+name+hash+base64(type, seed)", with its verifier. A secret: sodium_memzero after use. */
struct ht_signer {
    struct ht_verifier verifier;
    uint8_t secret[64]; /* Ed25519: seed and public key, as libsodium has it */
};

/* A name: 1 to HT_KEY_NAME bytes of UTF-8 without Unicode spaces, control characters and plus signs. */
HT_MUST_CHECK enum ht_status ht_key_name_check(struct ht_slice name, struct ht_error *err);

/* Makes a signer of 32 random bytes (`seed`); writes and reads keys as text, without a newline. */
HT_MUST_CHECK enum ht_status ht_signer_make(struct ht_slice name, const uint8_t seed[32], enum ht_key_type type,
                                            struct ht_signer *signer, struct ht_error *err);
void ht_signer_add(struct ht_buffer *out, const struct ht_signer *signer);
HT_MUST_CHECK enum ht_status ht_signer_parse(struct ht_slice text, struct ht_signer *signer, struct ht_error *err);
void ht_verifier_add(struct ht_buffer *out, const struct ht_verifier *verifier);
HT_MUST_CHECK enum ht_status ht_verifier_parse(struct ht_slice text, struct ht_verifier *verifier,
                                               struct ht_error *err);

/* Adds the text's signature line ("— name base64\n"). The text ends with a newline. A cosigner (HT_KEY_COSIGNATURE)
   signs a checkpoint as seen at `time`, in seconds since 1970; a plain signer leaves `time` unused. */
void ht_note_sign(struct ht_buffer *out, struct ht_slice text, const struct ht_signer *signer, uint64_t time);

/* One signature of a note. Slices borrow from the note. */
struct ht_note_signature {
    struct ht_slice line; /* with its newline */
    struct ht_slice name;
    uint32_t hash;
    uint8_t bytes[72]; /* behind the hash: 64 of Ed25519; or the time (8) and 64 of a cosignature */
    size_t size;       /* of `bytes`; 0 if it is of a kind not known here */
};

struct ht_note {
    struct ht_slice text; /* with its last newline, without the empty line behind */
    size_t count;
    struct ht_note_signature signatures[HT_NOTE_SIGNATURES];
};

/* Splits a note: HT_INVALID if it is malformed. Nothing is verified yet. */
HT_MUST_CHECK enum ht_status ht_note_parse(struct ht_slice bytes, struct ht_note *note, struct ht_error *err);

/* True if the note has a valid signature by this key and none that claims to be by it is false. `time` (may be NULL)
   gets the newest cosignature's time, in seconds since 1970. */
bool ht_note_verify(const struct ht_note *note, const struct ht_verifier *verifier, uint64_t *time);

/* A checkpoint's text: origin, size, root, each on a line; extension lines are allowed when reading. */
void ht_checkpoint_add(struct ht_buffer *out, struct ht_slice origin, const struct ht_tree_head *head);
HT_MUST_CHECK enum ht_status ht_checkpoint_parse(struct ht_slice text, struct ht_slice *origin,
                                                 struct ht_tree_head *head, struct ht_error *err);

/* A tlog-proof: "c2sp.org/tlog-proof@v1", extra (absent or empty: no such line), index, hashes, the checkpoint's note.
   Parsing it parses neither the note nor, of course, verifies anything. */
struct ht_tlog_proof {
    struct ht_buffer extra; /* decoded; release it */
    bool has_extra;
    uint64_t index;
    struct ht_merkle_proof proof;
    struct ht_slice checkpoint; /* the note, not empty; borrows from what was parsed */
};
void ht_tlog_proof_add(struct ht_buffer *out, struct ht_slice extra, uint64_t index,
                       const struct ht_merkle_proof *proof, struct ht_slice checkpoint);
HT_MUST_CHECK enum ht_status ht_tlog_proof_parse(struct ht_slice text, struct ht_tlog_proof *proof,
                                                 struct ht_error *err);

/* Hashes as base64, one a line: how consistency proofs are printed and sent to witnesses. */
void ht_merkle_proof_add(struct ht_buffer *out, const struct ht_merkle_proof *proof);
HT_MUST_CHECK enum ht_status ht_merkle_proof_parse(struct ht_slice lines, struct ht_merkle_proof *proof,
                                                   struct ht_error *err);

#endif
