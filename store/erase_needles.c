#include "erase_needles.h"

#include "utf8.h"

struct needle {
    size_t offset; /* in texts */
    size_t size;
};

struct wanted {
    const struct needles *needles;
    struct ht_slice text;
};

void needles_init(struct needles *needles)
{
    slots_init(&needles->table, sizeof(struct needle));
}

void needles_release(struct needles *needles)
{
    slots_release(&needles->table);
    ht_buffer_wipe(&needles->texts);
    ht_buffer_release(&needles->lengths);
    ht_buffer_wipe(&needles->lowered);
    ht_buffer_wipe(&needles->unescaped);
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

static void add_lowered(struct ht_buffer *out, struct ht_slice text)
{
    char *to = ht_buffer_reserve(out, text.size);
    if (to == NULL) return;
    for (size_t i = 0; i < text.size; i++)
        to[i] = text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] + ('a' - 'A')) : text.data[i];
    out->size += text.size;
}

static bool is_same(const void *entry, const void *key)
{
    const struct needle *needle = entry;
    const struct wanted *wanted = key;
    return ht_slice_equal(ht_slice_of(wanted->needles->texts.data + needle->offset, needle->size), wanted->text);
}

/* The table is of a handful of texts that somebody has chosen to erase: nobody gains by collisions in it. */
static uint64_t hash_of(struct ht_slice text)
{
    uint64_t hash = text.size;
    for (size_t i = 0; i < text.size; i++)
        hash = slots_mix(hash ^ (uint8_t)text.data[i]);
    return hash;
}

static void add_length(struct needles *needles, size_t size)
{
    const size_t *lengths = (const size_t *)(const void *)needles->lengths.data;
    for (size_t i = 0; i < needles->lengths.size / sizeof size; i++)
        if (lengths[i] == size) return;
    ht_buffer_add_bytes(&needles->lengths, &size, sizeof size);
}

enum ht_status needles_add(struct needles *needles, struct ht_slice text, struct ht_error *err)
{
    while (text.size > 0 && is_space(text.data[0]))
        text.data++, text.size--;
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    if (text.size == 0 || text.size > NEEDLE_LONGEST) return HT_OK;
    size_t offset = needles->texts.size;
    add_lowered(&needles->texts, text);
    enum ht_status status = ht_buffer_status(&needles->texts, err);
    if (status != HT_OK) return status;
    struct wanted wanted = {needles, ht_slice_of(needles->texts.data + offset, text.size)};
    uint64_t hash = hash_of(wanted.text);
    if (slots_find(&needles->table, hash, is_same, &wanted) != NULL) {
        needles->texts.size = offset;
        return HT_OK;
    }
    struct needle *needle = slots_add(&needles->table, hash);
    if (needle == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    *needle = (struct needle){offset, text.size};
    add_length(needles, text.size);
    return ht_buffer_status(&needles->lengths, err);
}

/* Whether a word goes on beyond the byte at `joint`, which is one of `joiners`: of "L-1-2" and "mary.jane@b.c" the
   words are joined to one name; a full stop that nothing follows is only punctuation. */
static bool is_joined(struct ht_slice bytes, size_t joint, size_t beyond, const char *joiners)
{
    return joint < bytes.size && beyond < bytes.size && bytes.data[joint] != '\0' &&
           strchr(joiners, bytes.data[joint]) != NULL && is_word(bytes.data[beyond]);
}

/* Whether what stands there is only a part of a longer id or address. What an address can begin with is RFC 5322's
   dot-atom, but for what is as often a border: "email=jane@b.c". */
static bool is_part(struct ht_slice bytes, size_t at, size_t size)
{
    static const char id[] = "-.", local_part[] = "-.+%'";
    bool address = memchr(bytes.data + at, '@', size) != NULL;
    if (at > 1 && is_joined(bytes, at - 1, at - 2, address ? local_part : id) && is_word(bytes.data[at])) return true;
    return is_joined(bytes, at + size, at + size + 1, id) && is_word(bytes.data[at + size - 1]);
}

/* Whether a needle of this length stands at `at`. Most places are out by their borders alone. */
static bool stands_at(const struct needles *needles, struct ht_slice bytes, size_t at, size_t size)
{
    if (size > bytes.size - at) return false;
    const char *from = bytes.data + at;
    if (at > 0 && is_word(from[0]) && is_word(from[-1])) return false;
    if (size < bytes.size - at && is_word(from[size - 1]) && is_word(from[size])) return false;
    struct wanted wanted = {needles, ht_slice_of(from, size)};
    return slots_find(&needles->table, hash_of(wanted.text), is_same, &wanted) != NULL && !is_part(bytes, at, size);
}

static bool search(const struct needles *needles, struct ht_slice bytes)
{
    const size_t *lengths = (const size_t *)(const void *)needles->lengths.data;
    size_t count = needles->lengths.size / sizeof *lengths;
    for (size_t at = 0; at < bytes.size; at++)
        for (size_t i = 0; i < count; i++)
            if (stands_at(needles, bytes, at, lengths[i])) return true;
    return false;
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    return -1;
}

/* Four hex digits at `at`, or UINT32_MAX. `bytes` is in lower case. */
static uint32_t hex_unit(struct ht_slice bytes, size_t at)
{
    uint32_t value = 0;
    if (at > bytes.size || bytes.size - at < 4) return UINT32_MAX;
    for (size_t i = at; i < at + 4; i++) {
        int digit = hex_digit(bytes.data[i]);
        if (digit < 0) return UINT32_MAX;
        value = value << 4 | (uint32_t)digit;
    }
    return value;
}

/* The character of "uXXXX", or of "uXXXX\uXXXX", at `*at`, which is moved to its last byte. UINT32_MAX if it is none.
 */
static uint32_t take_unicode(struct ht_slice bytes, size_t *at)
{
    uint32_t unit = hex_unit(bytes, *at + 1);
    if (unit == UINT32_MAX) return unit;
    if (unit < 0xd800 || unit > 0xdfff) {
        *at += 4;
        return unit;
    }
    uint32_t low = hex_unit(bytes, *at + 7);
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff || memcmp(bytes.data + *at + 5, "\\u", 2) != 0) return UINT32_MAX;
    *at += 10;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

/* Into an empty buffer. Loosely, for what isn't well-formed: "\n" becomes a space, any other escaped byte itself. Never
   gets longer. */
static void add_unescaped(struct ht_buffer *out, struct ht_slice bytes)
{
    char *to = ht_buffer_reserve(out, bytes.size);
    if (to == NULL) return;
    for (size_t i = 0; i < bytes.size; i++) {
        uint32_t code = UINT32_MAX;
        bool escaped = bytes.data[i] == '\\' && i + 1 < bytes.size;
        if (escaped) i++;
        if (escaped && bytes.data[i] == 'u') code = take_unicode(bytes, &i);
        if (code != UINT32_MAX)
            out->size += utf8_put(to + out->size, code);
        else
            to[out->size++] = escaped && memchr("bfnrt", bytes.data[i], 5) != NULL ? ' ' : bytes.data[i];
    }
}

enum ht_status needles_find(struct needles *needles, struct ht_slice bytes, bool *found, struct ht_error *err)
{
    *found = false;
    if (needles->lengths.size == 0 || bytes.size == 0) return HT_OK;
    ht_buffer_clear(&needles->lowered);
    add_lowered(&needles->lowered, bytes);
    enum ht_status status = ht_buffer_status(&needles->lowered, err);
    if (status != HT_OK) return status;
    *found = search(needles, ht_buffer_slice(&needles->lowered));
    if (*found || memchr(bytes.data, '\\', bytes.size) == NULL) return HT_OK;
    ht_buffer_clear(&needles->unescaped);
    add_unescaped(&needles->unescaped, ht_buffer_slice(&needles->lowered));
    status = ht_buffer_status(&needles->unescaped, err);
    if (status == HT_OK) {
        struct ht_slice text = ht_buffer_slice(&needles->unescaped);
        ht_buffer_clear(&needles->lowered);
        add_lowered(&needles->lowered, text); /* "\u0041" is a capital */
        status = ht_buffer_status(&needles->lowered, err);
    }
    if (status == HT_OK) *found = search(needles, ht_buffer_slice(&needles->lowered));
    return status;
}
