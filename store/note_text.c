/* Checkpoints and proofs as text. */
#include <inttypes.h>

#include "hooktrail/encode.h"
#include "hooktrail/note.h"

#define BASE64_HASH 44

static const char proof_header[] = "c2sp.org/tlog-proof@v1";
static const char extra_prefix[] = "extra ";
static const char index_prefix[] = "index ";

/* Takes a line, without its newline, off the beginning; false if there is no whole line. */
static bool take_line(struct ht_slice *text, struct ht_slice *line)
{
    const char *end = text->size > 0 ? memchr(text->data, '\n', text->size) : NULL;
    if (end == NULL) return false;
    *line = ht_slice_of(text->data, (size_t)(end - text->data));
    *text = ht_slice_of(end + 1, text->size - line->size - 1);
    return true;
}

/* Decimal, without leading zeros. */
static bool parse_decimal(struct ht_slice text, uint64_t *value)
{
    if (text.size == 0 || (text.size > 1 && text.data[0] == '0')) return false;
    return ht_parse_u64(text, value) == HT_OK;
}

static bool parse_hash(struct ht_slice text, uint8_t hash[HT_SHA256_SIZE])
{
    size_t size = 0;
    return text.size == BASE64_HASH && ht_base64_decode(text, hash, HT_SHA256_SIZE, &size) == HT_OK &&
           size == HT_SHA256_SIZE;
}

/* ---- checkpoints ---- */

void ht_checkpoint_add(struct ht_buffer *out, struct ht_slice origin, const struct ht_tree_head *head)
{
    ht_buffer_add(out, origin);
    ht_buffer_printf(out, "\n%" PRIu64 "\n", head->size);
    ht_base64_add(out, head->root, sizeof head->root);
    ht_buffer_add_byte(out, '\n');
}

enum ht_status ht_checkpoint_parse(struct ht_slice text, struct ht_slice *origin, struct ht_tree_head *head,
                                   struct ht_error *err)
{
    struct ht_slice size, root, extension;
    if (!take_line(&text, origin) || origin->size == 0)
        return ht_fail(err, HT_INVALID, "the checkpoint does not say its origin");
    if (!take_line(&text, &size) || !parse_decimal(size, &head->size))
        return ht_fail(err, HT_INVALID, "the checkpoint's second line is no size");
    if (!take_line(&text, &root) || !parse_hash(root, head->root))
        return ht_fail(err, HT_INVALID, "the checkpoint's third line is no hash");
    while (text.size > 0) {
        if (!take_line(&text, &extension) || extension.size == 0)
            return ht_fail(err, HT_INVALID, "the checkpoint has an empty or unended line");
    }
    return HT_OK;
}

/* ---- proofs ---- */

void ht_merkle_proof_add(struct ht_buffer *out, const struct ht_merkle_proof *proof)
{
    for (size_t i = 0; i < proof->count; i++) {
        ht_base64_add(out, proof->hashes[i], HT_SHA256_SIZE);
        ht_buffer_add_byte(out, '\n');
    }
}

enum ht_status ht_merkle_proof_parse(struct ht_slice lines, struct ht_merkle_proof *proof, struct ht_error *err)
{
    struct ht_slice line;
    proof->count = 0;
    while (lines.size > 0) {
        if (proof->count == HT_PROOF_HASHES) return ht_fail(err, HT_INVALID, "the proof has too many hashes");
        if (!take_line(&lines, &line) || !parse_hash(line, proof->hashes[proof->count]))
            return ht_fail(err, HT_INVALID, "line %zu of the proof is no hash", proof->count + 1);
        proof->count++;
    }
    return HT_OK;
}

void ht_tlog_proof_add(struct ht_buffer *out, struct ht_slice extra, uint64_t index,
                       const struct ht_merkle_proof *proof, struct ht_slice checkpoint)
{
    ht_buffer_printf(out, "%s\n", proof_header);
    if (extra.size > 0) {
        ht_buffer_add_text(out, extra_prefix);
        ht_base64_add(out, extra.data, extra.size);
        ht_buffer_add_byte(out, '\n');
    }
    ht_buffer_printf(out, "%s%" PRIu64 "\n", index_prefix, index);
    ht_merkle_proof_add(out, proof);
    ht_buffer_add_byte(out, '\n');
    ht_buffer_add(out, checkpoint);
}

static bool has_prefix(struct ht_slice line, const char *prefix, struct ht_slice *rest)
{
    size_t size = strlen(prefix);
    if (line.size < size || memcmp(line.data, prefix, size) != 0) return false;
    *rest = ht_slice_of(line.data + size, line.size - size);
    return true;
}

static enum ht_status take_extra(struct ht_slice encoded, struct ht_tlog_proof *proof, struct ht_error *err)
{
    size_t size = 0;
    char *to = ht_buffer_reserve(&proof->extra, encoded.size + 1);
    if (to == NULL) return ht_buffer_status(&proof->extra, err);
    if (ht_base64_decode(encoded, to, encoded.size + 1, &size) != HT_OK || size == 0)
        return ht_fail(err, HT_INVALID, "the proof's extra data is not base64");
    proof->extra.size = size;
    proof->has_extra = true;
    return HT_OK;
}

static enum ht_status parse_proof(struct ht_slice text, struct ht_tlog_proof *proof, struct ht_error *err)
{
    struct ht_slice line, rest;
    if (text.size > HT_TLOG_PROOF_SIZE) return ht_fail(err, HT_INVALID, "the proof is too long");
    if (!take_line(&text, &line) || !ht_slice_is(line, proof_header))
        return ht_fail(err, HT_INVALID, "this is no proof: it should begin with %s", proof_header);
    if (!take_line(&text, &line)) return ht_fail(err, HT_INVALID, "the proof is cut off");
    if (has_prefix(line, extra_prefix, &rest)) {
        enum ht_status status = take_extra(rest, proof, err);
        if (status != HT_OK) return status;
        if (!take_line(&text, &line)) return ht_fail(err, HT_INVALID, "the proof is cut off");
    }
    if (!has_prefix(line, index_prefix, &rest) || !parse_decimal(rest, &proof->index))
        return ht_fail(err, HT_INVALID, "the proof has no index");
    const char *hashes = text.data;
    while (take_line(&text, &line) && line.size > 0)
        ;
    if (line.size > 0 || text.size == 0) return ht_fail(err, HT_INVALID, "the proof has no checkpoint");
    proof->checkpoint = text;
    return ht_merkle_proof_parse(ht_slice_of(hashes, (size_t)(text.data - hashes) - 1), &proof->proof, err);
}

enum ht_status ht_tlog_proof_parse(struct ht_slice text, struct ht_tlog_proof *proof, struct ht_error *err)
{
    *proof = (struct ht_tlog_proof){0};
    enum ht_status status = parse_proof(text, proof, err);
    if (status != HT_OK) ht_buffer_release(&proof->extra);
    return status;
}
