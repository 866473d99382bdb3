#include "hooktrail/note.h"

#include <inttypes.h>
#include <sodium.h>

#include "hooktrail/encode.h"
#include "note_key.h"

#define SIGNATURE 64
#define TIMED (8 + SIGNATURE)  /* a cosignature: the time before it */
#define LARGEST_SIGNATURE 8192 /* bytes of a signature line that is still read past; post-quantum ones are long */

static const char dash[] = "\xe2\x80\x94 "; /* em dash, U+2014, and a space */

/* ---- signing ---- */

/* What a cosigner signs: a header with the time, and the checkpoint's text. */
static void add_cosigned(struct ht_buffer *out, struct ht_slice text, uint64_t time)
{
    ht_buffer_printf(out, "cosignature/v1\ntime %" PRIu64 "\n", time);
    ht_buffer_add(out, text);
}

static void sign(const struct ht_signer *signer, struct ht_slice text, uint8_t signature[SIGNATURE])
{
    crypto_sign_detached(signature, NULL, (const uint8_t *)text.data, text.size, signer->secret);
}

void ht_note_sign(struct ht_buffer *out, struct ht_slice text, const struct ht_signer *signer, uint64_t time)
{
    uint8_t bytes[4 + TIMED];
    size_t size = 4 + SIGNATURE;
    ht_put_be32(bytes, signer->verifier.hash);
    if (signer->verifier.type == HT_KEY_COSIGNATURE) {
        struct ht_buffer cosigned = {0};
        size = sizeof bytes;
        ht_put_be64(bytes + 4, time);
        add_cosigned(&cosigned, text, time);
        sign(signer, ht_buffer_slice(&cosigned), bytes + 12);
        if (cosigned.failed) out->failed = true;
        ht_buffer_release(&cosigned);
    } else {
        sign(signer, text, bytes + 4);
    }
    ht_buffer_add_text(out, dash);
    ht_buffer_add_text(out, signer->verifier.name);
    ht_buffer_add_byte(out, ' ');
    ht_base64_add(out, bytes, size);
    ht_buffer_add_byte(out, '\n');
}

/* ---- parsing ---- */

static enum ht_status malformed(struct ht_error *err, const char *why)
{
    return ht_fail(err, HT_INVALID, "not a signed note: %s", why);
}

static enum ht_status check_bytes(struct ht_slice bytes, struct ht_error *err)
{
    if (bytes.size == 0 || bytes.size > HT_NOTE_SIZE) return malformed(err, "it is empty or too long");
    if (ht_utf8_check(bytes) != bytes.size) return malformed(err, "it is not UTF-8");
    for (size_t i = 0; i < bytes.size; i++) {
        if ((unsigned char)bytes.data[i] < 0x20 && bytes.data[i] != '\n')
            return malformed(err, "it has control characters");
    }
    return bytes.data[bytes.size - 1] == '\n' ? HT_OK : malformed(err, "its last line is not ended");
}

/* Signatures of other kinds than ours are kept as lines and never verify. */
static bool take_signature(struct ht_slice encoded, struct ht_note_signature *signature)
{
    uint8_t bytes[LARGEST_SIGNATURE];
    size_t size = 0;
    if (ht_base64_decode(encoded, bytes, sizeof bytes, &size) != HT_OK || size < 5) return false;
    signature->hash = ht_get_be32(bytes);
    signature->size = size - 4 == SIGNATURE || size - 4 == TIMED ? size - 4 : 0;
    memcpy(signature->bytes, bytes + 4, signature->size);
    return true;
}

/* "— name base64\n" */
static bool parse_signature(struct ht_slice line, struct ht_note_signature *signature)
{
    size_t prefix = sizeof dash - 1;
    if (line.size <= prefix || memcmp(line.data, dash, prefix) != 0) return false;
    struct ht_slice rest = ht_slice_of(line.data + prefix, line.size - prefix - 1);
    const char *space = memchr(rest.data, ' ', rest.size);
    if (space == NULL) return false;
    signature->line = line;
    signature->name = ht_slice_of(rest.data, (size_t)(space - rest.data));
    if (!note_name_is_sound(signature->name)) return false;
    return take_signature(ht_slice_of(space + 1, rest.size - signature->name.size - 1), signature);
}

static enum ht_status parse_signatures(struct ht_slice lines, struct ht_note *note, struct ht_error *err)
{
    note->count = 0;
    while (lines.size > 0) {
        const char *end = memchr(lines.data, '\n', lines.size);
        struct ht_slice line = ht_slice_of(lines.data, (size_t)(end - lines.data) + 1);
        if (note->count == HT_NOTE_SIGNATURES) return malformed(err, "it has too many signatures");
        if (!parse_signature(line, &note->signatures[note->count])) return malformed(err, "a signature is malformed");
        note->count++;
        lines = ht_slice_of(lines.data + line.size, lines.size - line.size);
    }
    return note->count > 0 ? HT_OK : malformed(err, "it has no signature");
}

enum ht_status ht_note_parse(struct ht_slice bytes, struct ht_note *note, struct ht_error *err)
{
    enum ht_status status = check_bytes(bytes, err);
    if (status != HT_OK) return status;
    /* The last empty line is what divides text and signatures. */
    const char *found = NULL;
    for (size_t at = bytes.size - 1; at > 0 && found == NULL; at--) {
        if (bytes.data[at] == '\n' && bytes.data[at - 1] == '\n') found = bytes.data + at;
    }
    if (found == NULL) return malformed(err, "it has no empty line before its signatures");
    note->text = ht_slice_of(bytes.data, (size_t)(found - bytes.data));
    return parse_signatures(ht_slice_of(found + 1, bytes.size - note->text.size - 1), note, err);
}

/* ---- verifying ---- */

static bool is_by(const struct ht_note_signature *signature, const struct ht_verifier *verifier)
{
    return signature->hash == verifier->hash && ht_slice_is(signature->name, verifier->name);
}

static bool verify_one(struct ht_slice text, const struct ht_note_signature *signature,
                       const struct ht_verifier *verifier, uint64_t *time)
{
    bool timed = verifier->type == HT_KEY_COSIGNATURE;
    if (signature->size != (timed ? TIMED : SIGNATURE)) return false;
    if (!timed)
        return crypto_sign_verify_detached(signature->bytes, (const uint8_t *)text.data, text.size, verifier->key) == 0;
    struct ht_buffer cosigned = {0};
    *time = ht_get_be64(signature->bytes);
    if (*time > INT64_MAX) return false;
    add_cosigned(&cosigned, text, *time);
    bool valid = !cosigned.failed && crypto_sign_verify_detached(signature->bytes + 8, (const uint8_t *)cosigned.data,
                                                                 cosigned.size, verifier->key) == 0;
    ht_buffer_release(&cosigned);
    return valid;
}

bool ht_note_verify(const struct ht_note *note, const struct ht_verifier *verifier, uint64_t *time)
{
    bool found = false;
    uint64_t newest = 0;
    for (size_t i = 0; i < note->count; i++) {
        if (!is_by(&note->signatures[i], verifier)) continue;
        uint64_t signed_at = 0;
        if (!verify_one(note->text, &note->signatures[i], verifier, &signed_at)) return false;
        if (signed_at > newest) newest = signed_at;
        found = true;
    }
    if (found && time != NULL) *time = newest;
    return found;
}
