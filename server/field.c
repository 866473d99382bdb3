#include "field.h"

#include <ctype.h>

bool ht_field_is_token(struct ht_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte >= 0x80 || (!isalnum(byte) && (byte == '\0' || !strchr("!#$%&'*+-.^_`|~", byte)))) return false;
    }
    return text.size > 0;
}

bool ht_field_is_value(struct ht_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
    }
    return true;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

struct ht_slice ht_field_trim(struct ht_slice text)
{
    while (text.size > 0 && is_blank(text.data[0]))
        text.data++, text.size--;
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

bool ht_field_split(struct ht_slice *list, char between, struct ht_slice *element)
{
    if (!list->data) return false;
    const char *end = list->size ? memchr(list->data, between, list->size) : NULL;
    size_t size = end ? (size_t)(end - list->data) : list->size;
    *element = ht_field_trim(ht_slice_of(list->data, size));
    *list = end ? ht_slice_of(end + 1, list->size - size - 1) : HT_ABSENT;
    return true;
}

bool ht_field_next(struct ht_slice *list, struct ht_slice *element)
{
    return ht_field_split(list, ',', element);
}

bool ht_field_is_type(struct ht_slice content_type, const char *type)
{
    struct ht_slice first;
    return ht_field_split(&content_type, ';', &first) && ht_slice_is_word(first, type);
}
