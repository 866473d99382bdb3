/* Notes, checkpoints, proofs and keys, the first byte says which: what is read, written again, is what was read; and
   only what was signed verifies.

   Covers: store/note.c store/note_key.c store/note_text.c store/merkle.c */
#include <stdlib.h>

#include "hooktrail/note.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct ht_slice part, struct ht_slice whole)
{
    return part.data >= whole.data && part.data + part.size <= whole.data + whole.size;
}

static void require_again(struct ht_buffer *again, struct ht_slice text)
{
    require(!again->failed && ht_slice_equal(ht_buffer_slice(again), text));
    ht_buffer_release(again);
}

/* A note's text that lacks extension lines is what its fields make. */
static void check_checkpoint(struct ht_slice text)
{
    struct ht_slice origin;
    struct ht_tree_head head;
    struct ht_buffer again = {0};
    if (ht_checkpoint_parse(text, &origin, &head, NULL) != HT_OK) return;
    require(is_within(origin, text) && origin.size > 0);
    ht_checkpoint_add(&again, origin, &head);
    require(again.size <= text.size);
    require_again(&again, ht_slice_of(text.data, again.size));
}

static void sign_and_verify(struct ht_slice text, const struct ht_signer *signer, uint64_t time)
{
    struct ht_buffer bytes = {0};
    struct ht_note note;
    uint64_t signed_at = 0;
    ht_buffer_add(&bytes, text);
    ht_buffer_add_byte(&bytes, '\n');
    ht_note_sign(&bytes, text, signer, time);
    if (bytes.size <= HT_NOTE_SIZE) {
        require(ht_note_parse(ht_buffer_slice(&bytes), &note, NULL) == HT_OK);
        require(note.count == 1 && ht_slice_equal(note.text, text));
        require(ht_note_verify(&note, &signer->verifier, &signed_at) && signed_at == time);
    }
    ht_buffer_release(&bytes);
}

/* Nobody could have signed the note by a key that is made here, but with it whatever the note says can be signed. */
static void check_note(struct ht_slice bytes)
{
    static const uint8_t seed[32] = "a seed that no input can know of";
    struct ht_note note;
    struct ht_signer signer;
    enum ht_status status = ht_note_parse(bytes, &note, NULL);
    require(status == HT_OK || status == HT_INVALID);
    if (status != HT_OK) return;
    require(note.count > 0 && note.count <= HT_NOTE_SIGNATURES && is_within(note.text, bytes));
    size_t size = note.text.size + 1;
    for (size_t i = 0; i < note.count; i++) {
        const struct ht_note_signature *signature = &note.signatures[i];
        require(is_within(signature->line, bytes) && is_within(signature->name, signature->line));
        require(signature->size == 0 || signature->size == 64 || signature->size == 72);
        size += signature->line.size;
    }
    require(size == bytes.size);
    check_checkpoint(note.text);
    for (int timed = 0; timed < 2; timed++) {
        enum ht_key_type type = timed ? HT_KEY_COSIGNATURE : HT_KEY_ED25519;
        if (ht_signer_make(note.signatures[0].name, seed, type, &signer, NULL) != HT_OK) continue;
        require(!ht_note_verify(&note, &signer.verifier, NULL));
        sign_and_verify(note.text, &signer, timed ? 1679315147 : 0);
    }
}

static void check_proof(struct ht_slice text)
{
    struct ht_tlog_proof proof;
    struct ht_buffer again = {0};
    enum ht_status status = ht_tlog_proof_parse(text, &proof, NULL);
    require(status == HT_OK || status == HT_INVALID);
    if (status != HT_OK) {
        require(proof.extra.data == NULL);
        return;
    }
    struct ht_slice extra = proof.has_extra ? ht_buffer_slice(&proof.extra) : HT_ABSENT;
    require(is_within(proof.checkpoint, text) && proof.proof.count <= HT_PROOF_HASHES);
    ht_tlog_proof_add(&again, extra, proof.index, &proof.proof, proof.checkpoint);
    require_again(&again, text);
    check_note(proof.checkpoint);
    ht_buffer_release(&proof.extra);
}

static void check_hashes(struct ht_slice text)
{
    struct ht_merkle_proof proof;
    struct ht_buffer again = {0};
    if (ht_merkle_proof_parse(text, &proof, NULL) != HT_OK) return;
    ht_merkle_proof_add(&again, &proof);
    require_again(&again, text);
}

static void check_keys(struct ht_slice text)
{
    struct ht_verifier verifier;
    struct ht_signer signer;
    struct ht_buffer again = {0};
    if (ht_verifier_parse(text, &verifier, NULL) == HT_OK) {
        require(ht_key_name_check(ht_slice_from(verifier.name), NULL) == HT_OK);
        ht_verifier_add(&again, &verifier);
        require_again(&again, text);
    }
    if (ht_signer_parse(text, &signer, NULL) == HT_OK) {
        ht_signer_add(&again, &signer);
        require_again(&again, text);
        sign_and_verify(HT_SLICE("text\n"), &signer, signer.verifier.type == HT_KEY_COSIGNATURE ? 7 : 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(struct ht_slice) = {check_note, check_checkpoint, check_proof, check_hashes,
                                                      check_keys};
    if (size == 0) return 0;
    checks[data[0] % (sizeof checks / sizeof checks[0])](ht_slice_of(data + 1, size - 1));
    return 0;
}
