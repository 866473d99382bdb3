#include "witness_protocol.h"

#include <inttypes.h>

#include "field.h"
#include "hooktrail/encode.h"

#define SETTING "witness"

/* ---- the setting ---- */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool begins_with(struct ht_slice text, const char *prefix)
{
    size_t size = strlen(prefix);
    return text.size > size && memcmp(text.data, prefix, size) == 0;
}

static enum ht_status take_url(struct ht_slice url, struct ht_witness *witness, struct ht_error *err)
{
    while (url.size > 0 && url.data[url.size - 1] == '/')
        url.size--;
    bool fine = url.size < HT_WITNESS_URL && (begins_with(url, "http://") || begins_with(url, "https://"));
    for (size_t i = 0; fine && i < url.size; i++)
        fine = url.data[i] > 0x20 && url.data[i] < 0x7f && !strchr("?#\"<>\\", url.data[i]);
    if (!fine) return ht_fail_field(err, HT_INVALID, SETTING, "witness wants \"URL KEY\", with a URL of http or https");
    memcpy(witness->url, url.data, url.size);
    witness->url[url.size] = '\0';
    return HT_OK;
}

static enum ht_status take_key(struct ht_slice text, struct ht_witness *witness, struct ht_error *err)
{
    if (ht_verifier_parse(text, &witness->key, NULL) != HT_OK)
        return ht_fail_field(err, HT_INVALID, SETTING, "witness wants \"URL KEY\", with a key like name+hash+base64");
    if (witness->key.type != HT_KEY_COSIGNATURE)
        return ht_fail_field(err, HT_INVALID, SETTING, "the key of %s is not one of a witness (type 4, cosignature/v1)",
                             witness->key.name);
    return HT_OK;
}

static bool is_known(const struct ht_witness_list *list, const struct ht_witness *witness)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct ht_verifier *key = &list->witnesses[i].key;
        if (key->hash == witness->key.hash && strcmp(key->name, witness->key.name) == 0) return true;
    }
    return false;
}

static enum ht_status add_witness(struct ht_witness_list *list, struct ht_slice pair, struct ht_error *err)
{
    struct ht_witness witness = {0};
    size_t size = 0;
    while (size < pair.size && !is_blank(pair.data[size]))
        size++;
    enum ht_status status = take_url(ht_slice_of(pair.data, size), &witness, err);
    if (status == HT_OK)
        status = take_key(ht_field_trim(ht_slice_of(pair.data + size, pair.size - size)), &witness, err);
    if (status != HT_OK) return status;
    if (is_known(list, &witness))
        return ht_fail_field(err, HT_INVALID, SETTING, "the witness %s is named twice", witness.key.name);
    if (list->count == HT_WITNESS_MAX)
        return ht_fail_field(err, HT_INVALID, SETTING, "there are more than %d witnesses", HT_WITNESS_MAX);
    list->witnesses[list->count++] = witness;
    return HT_OK;
}

enum ht_status ht_witness_list_parse(struct ht_slice text, struct ht_witness_list *list, struct ht_error *err)
{
    struct ht_slice pair;
    list->count = 0;
    if (ht_field_trim(text).size == 0) return HT_OK;
    while (text.data) {
        const char *comma = text.size ? memchr(text.data, ',', text.size) : NULL;
        size_t size = comma ? (size_t)(comma - text.data) : text.size;
        pair = ht_field_trim(ht_slice_of(text.data, size));
        text = comma ? ht_slice_of(comma + 1, text.size - size - 1) : HT_ABSENT;
        enum ht_status status = add_witness(list, pair, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

/* ---- the request ---- */

void ht_witness_add_request(struct ht_buffer *out, uint64_t old_size, const struct ht_merkle_proof *proof,
                            struct ht_slice note)
{
    ht_buffer_printf(out, "old %" PRIu64 "\n", old_size);
    ht_merkle_proof_add(out, proof);
    ht_buffer_add_byte(out, '\n');
    ht_buffer_add(out, note);
}

/* ---- the answer ---- */

static bool is_by(const struct ht_note_signature *signature, const struct ht_verifier *key)
{
    return signature->hash == key->hash && ht_slice_is(signature->name, key->name);
}

static enum ht_status verify(const struct ht_witness *witness, const struct ht_note *note, uint64_t now,
                             struct ht_witness_answer *answer, struct ht_error *err)
{
    if (!ht_note_verify(note, &witness->key, &answer->time))
        return ht_fail(err, HT_CORRUPT, "it answered without a valid cosignature by its key");
    if (answer->time > now + HT_WITNESS_AHEAD)
        return ht_fail(err, HT_CORRUPT, "its cosignature is of a time to come; is the clock right, here or there?");
    for (size_t i = 0; i < note->count && answer->lines.size == 0; i++) {
        if (is_by(&note->signatures[i], &witness->key)) ht_buffer_add(&answer->lines, note->signatures[i].line);
    }
    return ht_buffer_status(&answer->lines, err);
}

static enum ht_status read_cosignature(const struct ht_witness *witness, struct ht_slice text, struct ht_slice body,
                                       uint64_t now, struct ht_witness_answer *answer, struct ht_error *err)
{
    struct ht_buffer whole = {0};
    struct ht_note note;
    ht_buffer_add(&whole, text);
    ht_buffer_add_byte(&whole, '\n');
    ht_buffer_add(&whole, body);
    enum ht_status status = ht_buffer_status(&whole, err);
    /* A body with an empty line in it would move the border between text and signatures. */
    bool fits = status == HT_OK && ht_note_parse(ht_buffer_slice(&whole), &note, NULL) == HT_OK &&
                ht_slice_equal(note.text, text);
    if (status == HT_OK && !fits) status = ht_fail(err, HT_CORRUPT, "its answer is no list of signatures");
    if (status == HT_OK) status = verify(witness, &note, now, answer, err);
    ht_buffer_release(&whole);
    return status;
}

static enum ht_status read_conflict(const struct ht_witness_reply *reply, struct ht_witness_answer *answer,
                                    struct ht_error *err)
{
    struct ht_slice body = reply->body;
    if (!ht_field_is_type(reply->content_type, "text/x.tlog.size"))
        return ht_fail(err, HT_CORRUPT, "it has another tree of this size: it saw another log under this name");
    bool ended = body.size > 1 && body.data[body.size - 1] == '\n';
    struct ht_slice digits = ht_slice_of(body.data, ended ? body.size - 1 : 0);
    bool padded = digits.size > 1 && digits.data[0] == '0';
    if (padded || ht_parse_u64(digits, &answer->size) != HT_OK)
        return ht_fail(err, HT_CORRUPT, "it speaks of a conflict, but its answer is no size");
    answer->conflict = true;
    return HT_OK;
}

enum ht_status ht_witness_read_answer(const struct ht_witness *witness, struct ht_slice text,
                                      const struct ht_witness_reply *reply, uint64_t now,
                                      struct ht_witness_answer *answer, struct ht_error *err)
{
    *answer = (struct ht_witness_answer){0};
    switch (reply->code) {
    case 200:
        return read_cosignature(witness, text, reply->body, now, answer, err);
    case 409:
        return read_conflict(reply, answer, err);
    case 403:
        return ht_fail(err, HT_FORBIDDEN, "it does not know the log's key: give it `hooktrail checkpoint --key`");
    case 404:
        return ht_fail(err, HT_NOT_FOUND, "it does not know the log");
    case 400:
    case 422:
        return ht_fail(err, HT_CORRUPT, "it refuses the proof (status %d)", reply->code);
    default:
        return ht_fail(err, HT_BUSY, "it answered with status %d", reply->code);
    }
}
