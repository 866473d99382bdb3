/* A secret, the three headers and a body, a line each: nothing verifies unless it was signed, and what is signed does.

   Covers: store/signature.c */
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/signature.h"
#include "hooktrail/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t now = INT64_C(1614265330000000);

static struct ht_slice take_line(struct ht_slice *input)
{
    const char *end = input->size > 0 ? memchr(input->data, '\n', input->size) : NULL;
    struct ht_slice line = *input;
    if (!end) {
        *input = HT_SLICE("");
        return line;
    }
    line.size = (size_t)(end - input->data);
    *input = ht_slice_of(end + 1, input->size - line.size - 1);
    return line;
}

/* Whether any signature could pass: there is an id without full stop, and a time within five minutes of now. */
static bool can_pass(const struct ht_signature_headers *headers)
{
    uint64_t seconds, present = (uint64_t)(now / HT_SECOND);
    if (headers->id.size == 0 || memchr(headers->id.data, '.', headers->id.size)) return false;
    if (ht_parse_u64(headers->timestamp, &seconds) != HT_OK) return false;
    return seconds >= present - 300 && seconds <= present + 300;
}

/* Signed by this very key, the headers must pass whenever id and timestamp are such that any could; and for no other
   body, nor under another key. */
static void check_own_signature(uint8_t *key, size_t key_size, struct ht_signature_headers headers,
                                struct ht_slice body)
{
    struct ht_buffer own = {0}, other = {0};
    struct ht_error err;
    ht_signature_sign(key, key_size, headers.id, headers.timestamp, body, &own);
    headers.signatures = ht_buffer_slice(&own);
    enum ht_status status = ht_signature_verify(key, key_size, &headers, body, now, &err);
    if ((status == HT_OK) != can_pass(&headers)) abort();
    ht_buffer_add(&other, body);
    ht_buffer_add_byte(&other, 'x');
    if (ht_signature_verify(key, key_size, &headers, ht_buffer_slice(&other), now, &err) == HT_OK) abort();
    key[key_size - 1] ^= 1;
    if (ht_signature_verify(key, key_size, &headers, body, now, &err) == HT_OK) abort();
    ht_buffer_release(&own);
    ht_buffer_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_slice body = ht_slice_of(data, size);
    struct ht_slice secret = take_line(&body);
    struct ht_signature_headers headers = {.id = take_line(&body)};
    uint8_t key[HT_SIGNATURE_KEY_MAX] = "a key that no input can know of";
    size_t key_size = HT_SIGNATURE_KEY_MIN;
    struct ht_error err;

    headers.timestamp = take_line(&body);
    headers.signatures = take_line(&body);
    if (ht_signature_verify(key, key_size, &headers, body, now, &err) == HT_OK) abort();
    if (ht_signature_key(secret, key, &key_size, &err) != HT_OK) return 0;
    if (key_size < HT_SIGNATURE_KEY_MIN || key_size > HT_SIGNATURE_KEY_MAX) abort();
    check_own_signature(key, key_size, headers, body);
    return 0;
}
