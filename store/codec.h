/* Private to store/: stored values, written and read field by field in big-endian; reading never leaves the value. */
#ifndef STORE_CODEC_H
#define STORE_CODEC_H

#include "hooktrail/buffer.h"
#include "hooktrail/encode.h"

/* A cursor over a value that may be hostile: reading past its end yields zeros and sticks in `failed`. */
struct decoder {
    const uint8_t *at;
    size_t left;
    bool failed;
};

static inline struct decoder decoder_of(struct ht_slice value)
{
    return (struct decoder){(const uint8_t *)value.data, value.size, false};
}

static inline struct ht_slice decode_bytes(struct decoder *decoder, size_t size)
{
    if (size > decoder->left) {
        decoder->failed = true;
        return HT_SLICE("");
    }
    struct ht_slice bytes = ht_slice_of(decoder->at, size);
    decoder->at += size;
    decoder->left -= size;
    return bytes;
}

static inline uint64_t decode_uint(struct decoder *decoder, size_t size)
{
    struct ht_slice bytes = decode_bytes(decoder, size);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size; i++)
        value = value << 8 | (uint8_t)bytes.data[i];
    return value;
}

static inline uint8_t decode_u8(struct decoder *decoder)
{
    return (uint8_t)decode_uint(decoder, 1);
}

static inline uint16_t decode_u16(struct decoder *decoder)
{
    return (uint16_t)decode_uint(decoder, 2);
}

static inline uint32_t decode_u32(struct decoder *decoder)
{
    return (uint32_t)decode_uint(decoder, 4);
}

static inline uint64_t decode_u64(struct decoder *decoder)
{
    return decode_uint(decoder, 8);
}

static inline int64_t decode_i64(struct decoder *decoder)
{
    return (int64_t)decode_uint(decoder, 8);
}

/* Bytes behind a length of `width` bytes. */
static inline struct ht_slice decode_sized(struct decoder *decoder, size_t width)
{
    return decode_bytes(decoder, (size_t)decode_uint(decoder, width));
}

static inline struct ht_slice decode_rest(struct decoder *decoder)
{
    return decode_bytes(decoder, decoder->left);
}

/* Big-endian, in at most 8 bytes. */
static inline void encode_uint(struct ht_buffer *out, uint64_t value, size_t size)
{
    for (size_t i = size; i-- > 0;)
        ht_buffer_add_byte(out, (char)(uint8_t)(value >> (8 * i)));
}

/* Room for what is filled in later. */
static inline void encode_zeros(struct ht_buffer *out, size_t size)
{
    while (size-- > 0)
        ht_buffer_add_byte(out, 0);
}

static inline void encode_sized(struct ht_buffer *out, struct ht_slice bytes, size_t width)
{
    encode_uint(out, bytes.size, width);
    ht_buffer_add(out, bytes);
}

#endif
