#include "mend.h"

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/sha256.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define MAX_NUMBER 1000
#define MAX_EXPONENT 308
#define FIRST_TIME INT64_C(-62135596800000000)
#define LAST_TIME INT64_C(253402300799999999)

static const struct {
    uint32_t reason;
    const char *text;
} texts[] = {
    {MEND_NUL, "U+0000 became U+FFFD"},
    {MEND_SURROGATE, "half a surrogate pair became U+FFFD"},
    {MEND_NUMBER, "a number beyond the bounds became a string"},
    {MEND_TIME, "a time beyond the years 0001 to 9999 became the nearest within"},
    {MEND_LONG, "too long for a key: cut, with a digest of all behind"},
    {MEND_TOLD, "not to be taken for another key: with a digest of all behind"},
};

void mend_note(struct ht_buffer *changes, const char *column, uint32_t reasons)
{
    struct ht_emit emit;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!(reasons & texts[i].reason)) continue;
        if (changes->size > 0) ht_buffer_add_byte(changes, ',');
        ht_emit_init(&emit, changes);
        ht_emit_object(&emit);
        ht_emit_key(&emit, "column");
        ht_emit_text(&emit, column);
        ht_emit_key(&emit, "reason");
        ht_emit_text(&emit, texts[i].text);
        ht_emit_end_object(&emit);
    }
}

int64_t mend_time(int64_t time, uint32_t *reasons)
{
    if (time >= FIRST_TIME && time <= LAST_TIME) return time;
    *reasons |= MEND_TIME;
    return time < FIRST_TIME ? FIRST_TIME : LAST_TIME;
}

/* ---- text ---- */

static void add_without_nul(struct ht_buffer *out, struct ht_slice text)
{
    while (text.size > 0) {
        const char *nul = memchr(text.data, 0, text.size);
        size_t run = nul ? (size_t)(nul - text.data) : text.size;
        ht_buffer_add_bytes(out, text.data, run);
        if (!nul) return;
        ht_buffer_add_text(out, REPLACEMENT);
        text = ht_slice_of(nul + 1, text.size - run - 1);
    }
}

/* How many bytes to keep so that no character is torn. */
static size_t whole_characters(struct ht_slice text, size_t most)
{
    while (most > 0 && ((unsigned char)text.data[most] & 0xc0) == 0x80)
        most--;
    return most;
}

struct ht_slice mend_text(struct ht_slice text, struct ht_buffer *scratch, uint32_t *reasons)
{
    if (text.size == 0 || !memchr(text.data, 0, text.size)) return text;
    *reasons |= MEND_NUL;
    ht_buffer_clear(scratch);
    add_without_nul(scratch, text);
    return ht_buffer_slice(scratch);
}

/* ---- keys ---- */

#define BETWEEN "\xe2\x80\xa6 sha256:"
#define DIGEST_BYTES (sizeof BETWEEN - 1 + (size_t)2 * HT_SHA256_SIZE)

/* What two texts have in common once they are mended must not make them one. */
static void add_digest(struct ht_buffer *out, struct ht_slice text)
{
    uint8_t digest[HT_SHA256_SIZE];
    ht_sha256(text, digest);
    ht_buffer_add_text(out, BETWEEN);
    ht_hex_add(out, digest, sizeof digest);
}

/* Whether it ends as a mended one does. */
static bool looks_mended(struct ht_slice text)
{
    return text.size >= DIGEST_BYTES && memcmp(text.data + text.size - DIGEST_BYTES, BETWEEN, sizeof BETWEEN - 1) == 0;
}

struct ht_slice mend_key(struct ht_slice text, struct ht_buffer *scratch, uint32_t *reasons)
{
    bool nul = text.size > 0 && memchr(text.data, 0, text.size) != NULL;
    if (!nul && text.size <= MEND_KEY_SIZE && !looks_mended(text)) return text;
    size_t room = (MEND_KEY_SIZE - DIGEST_BYTES) / 3; /* a NUL grows to three bytes */
    size_t kept = text.size <= room ? text.size : whole_characters(text, room);
    *reasons |= kept < text.size ? MEND_LONG : MEND_TOLD;
    if (nul) *reasons |= MEND_NUL;
    ht_buffer_clear(scratch);
    add_without_nul(scratch, ht_slice_of(text.data, kept));
    add_digest(scratch, text);
    return ht_buffer_slice(scratch);
}

/* ---- JSON ---- */

/* A walk along a JSON text. What is as it should be is added run by run, and only once something was not. */
struct mender {
    const char *at;
    const char *end;
    const char *run; /* added up to here */
    struct ht_buffer *out;
    uint32_t reasons;
};

/* Puts `text` in the place of what stands from `from` to `at`. */
static void replace(struct mender *mender, const char *from, const char *text, uint32_t reason)
{
    ht_buffer_add_bytes(mender->out, mender->run, (size_t)(from - mender->run));
    ht_buffer_add_text(mender->out, text);
    mender->run = mender->at;
    mender->reasons |= reason;
}

/* The value of \uXXXX at `at`; -1 if there is none. */
static int32_t escaped_unit(const char *at, const char *end)
{
    int32_t unit = 0;
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
    for (int i = 2; i < 6; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static void pass_escape(struct mender *mender)
{
    const char *from = mender->at;
    int32_t unit = escaped_unit(from, mender->end);
    if (unit < 0) {
        mender->at += mender->end - from < 2 ? 1 : 2;
        return;
    }
    mender->at += 6;
    if (unit == 0) {
        replace(mender, from, "\\ufffd", MEND_NUL);
    } else if (unit >= 0xd800 && unit < 0xdc00) {
        int32_t second = escaped_unit(mender->at, mender->end);
        if (second >= 0xdc00 && second < 0xe000)
            mender->at += 6;
        else
            replace(mender, from, "\\ufffd", MEND_SURROGATE);
    } else if (unit >= 0xdc00 && unit < 0xe000) {
        replace(mender, from, "\\ufffd", MEND_SURROGATE);
    }
}

/* From behind the quote to behind the other one, which is looked for again only behind an escaped one: a string may be
   of a megabyte of escapes. */
static void pass_string(struct mender *mender)
{
    const char *quote = NULL;
    while (mender->at < mender->end) {
        if (!quote || quote < mender->at) quote = memchr(mender->at, '"', (size_t)(mender->end - mender->at));
        if (!quote) quote = mender->end;
        const char *escape = memchr(mender->at, '\\', (size_t)(quote - mender->at));
        if (!escape) {
            mender->at = quote < mender->end ? quote + 1 : quote;
            return;
        }
        mender->at = escape;
        pass_escape(mender);
    }
}

static bool is_of_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static bool is_bounded(const char *at, const char *end)
{
    if (end - at > MAX_NUMBER) return false;
    while (at < end && *at != 'e' && *at != 'E')
        at++;
    int exponent = 0;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9') continue;
        exponent = exponent * 10 + (*at - '0');
        if (exponent > MAX_EXPONENT) return false;
    }
    return true;
}

static void pass_number(struct mender *mender)
{
    const char *from = mender->at;
    while (mender->at < mender->end && is_of_number(*mender->at))
        mender->at++;
    if (is_bounded(from, mender->at)) return;
    ht_buffer_add_bytes(mender->out, mender->run, (size_t)(from - mender->run));
    ht_buffer_add_byte(mender->out, '"');
    ht_buffer_add_bytes(mender->out, from, (size_t)(mender->at - from));
    mender->run = mender->at;
    replace(mender, mender->at, "\"", MEND_NUMBER);
}

struct ht_slice mend_json(struct ht_slice json, struct ht_buffer *scratch, uint32_t *reasons)
{
    struct mender mender = {.at = json.data, .end = json.data + json.size, .run = json.data, .out = scratch};
    ht_buffer_clear(scratch);
    while (mender.at < mender.end) {
        char c = *mender.at;
        if (c == '"') {
            mender.at++;
            pass_string(&mender);
        } else if ((c >= '0' && c <= '9') || c == '-') {
            pass_number(&mender);
        } else {
            mender.at++;
        }
    }
    *reasons |= mender.reasons;
    if (mender.reasons == 0) return json;
    ht_buffer_add_bytes(scratch, mender.run, (size_t)(mender.end - mender.run));
    return ht_buffer_slice(scratch);
}
