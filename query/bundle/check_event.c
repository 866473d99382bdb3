#include <inttypes.h>

#include "check.h"
#include "hooktrail/encode.h"

#define MAX_DELIVERY 65536 /* bytes of a kept delivery: 18 fields of at most 1,027 */

static enum ht_status differs(const struct check_event *event, const char *what, struct ht_error *err)
{
    return ht_fail(err, HT_CORRUPT, "event %" PRIu64 ": %s", event->seq, what);
}

/* ---- the opening ---- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Lower-case hex, as we write it. */
static bool decode_hex(struct ht_slice text, struct ht_buffer *out)
{
    ht_buffer_clear(out);
    if (!text.data || text.size % 2 != 0 || text.size > MAX_DELIVERY) return false;
    for (size_t i = 0; i < text.size; i += 2) {
        int high = digit_of(text.data[i]), low = digit_of(text.data[i + 1]);
        if (high < 0 || low < 0) return false;
        ht_buffer_add_byte(out, (char)(high << 4 | low));
    }
    return !out->failed;
}

static bool take_hex(struct check *check, const char *name, uint8_t *to, size_t size, struct ht_buffer *bytes)
{
    if (!decode_hex(check_text(check, 0, name), bytes) || bytes->size != size) return false;
    memcpy(to, bytes->data, size);
    return true;
}

/* The delivery borrows from `bytes`. */
static enum ht_status read_opening(struct check *check, const struct check_event *event, struct ht_opening *opening,
                                   struct ht_buffer *bytes, struct ht_error *err)
{
    uint64_t seq;
    struct ht_error cause = {0};
    if (ht_json_parse(check->json, ht_buffer_slice(&event->text[LAYOUT_OPENING]), &cause) != HT_OK)
        return differs(event, "its opening is no JSON", err);
    if (!check_number(check, 0, "seq", &seq) || seq != event->seq)
        return differs(event, "its opening is another event's", err);
    if (!take_hex(check, "salt", opening->salt, sizeof opening->salt, bytes) ||
        !take_hex(check, "payload_sha256", opening->sha256, sizeof opening->sha256, bytes) ||
        !decode_hex(check_text(check, 0, "delivery"), bytes))
        return differs(event, "its opening is malformed", err);
    opening->delivery = ht_buffer_slice(bytes);
    return HT_OK;
}

static enum ht_status check_payload(const struct check_event *event, const struct ht_opening *opening,
                                    const struct ht_leaf *leaf, struct ht_error *err)
{
    struct ht_buffer hex = {0};
    uint8_t commitment[HT_SHA256_SIZE];
    ht_hex_add(&hex, event->payload_sha256, sizeof event->payload_sha256);
    enum ht_status status = ht_buffer_status(&hex, err);
    bool same = status == HT_OK && memcmp(hex.data, event->listed_sha256, sizeof event->listed_sha256) == 0;
    ht_buffer_release(&hex);
    if (status != HT_OK) return status;
    if (!same) return differs(event, "the payload has another SHA-256 than manifest.json says", err);
    if (memcmp(opening->sha256, event->payload_sha256, sizeof opening->sha256) != 0)
        return differs(event, "the payload has another SHA-256 than its opening says", err);
    if (event->payload_size != leaf->size) return differs(event, "the payload is not as long as its leaf says", err);
    ht_opening_commit(opening, commitment);
    if (memcmp(commitment, leaf->commitment, sizeof commitment) != 0)
        return differs(event, "payload and delivery are not what its leaf commits to", err);
    return HT_OK;
}

static enum ht_status check_opened(struct check *check, struct check_event *event, struct ht_error *err)
{
    struct ht_opening opening = {0};
    enum ht_status status = read_opening(check, event, &opening, &event->delivery, err);
    return status == HT_OK ? check_payload(event, &opening, &event->leaf, err) : status;
}

/* ---- the proof ---- */

static enum ht_status check_parsed(const struct check *check, const struct check_event *event,
                                   const struct ht_tlog_proof *proof, struct ht_error *err)
{
    uint8_t hash[HT_SHA256_SIZE];
    struct ht_error cause = {0};
    if (!ht_slice_equal(proof->checkpoint, ht_buffer_slice(&check->checkpoint)))
        return differs(event, "its proof is of another checkpoint", err);
    if (proof->index != event->seq - 1) return differs(event, "its proof is of another place in the tree", err);
    ht_merkle_leaf(ht_buffer_slice(&event->text[LAYOUT_LEAF]), hash);
    if (ht_merkle_check_inclusion(&check->shown->head, proof->index, hash, &proof->proof, &cause) != HT_OK)
        return differs(event, "its leaf is not in the tree, by its proof", err);
    return HT_OK;
}

static enum ht_status check_proof(const struct check *check, const struct check_event *event, struct ht_error *err)
{
    struct ht_tlog_proof proof = {0};
    struct ht_error cause = {0};
    enum ht_status status = ht_tlog_proof_parse(ht_buffer_slice(&event->text[LAYOUT_PROOF]), &proof, &cause);
    if (status == HT_OK)
        status = check_parsed(check, event, &proof, err);
    else
        status = differs(event, "its proof is malformed", err);
    ht_buffer_release(&proof.extra);
    return status;
}

enum ht_status check_event(struct check *check, struct check_event *event, struct ht_error *err)
{
    struct ht_error cause = {0};
    enum ht_status status = ht_leaf_parse(ht_buffer_slice(&event->text[LAYOUT_LEAF]), &event->leaf, &cause);
    if (status != HT_OK) return ht_fail(err, status, "event %" PRIu64 ": %s", event->seq, cause.detail);
    status = check_proof(check, event, err);
    return status == HT_OK && !event->erased ? check_opened(check, event, err) : status;
}
