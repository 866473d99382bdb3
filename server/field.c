#include "field.h"

#include <ctype.h>
#include <strings.h>

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

bool ht_field_equal(struct ht_slice text, const char *token)
{
    return text.data && text.size == strlen(token) && strncasecmp(text.data, token, text.size) == 0;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

bool ht_field_is_json(struct ht_slice content_type)
{
    const char *semicolon = content_type.size ? memchr(content_type.data, ';', content_type.size) : NULL;
    size_t size = semicolon ? (size_t)(semicolon - content_type.data) : content_type.size;
    while (size > 0 && is_blank(content_type.data[size - 1]))
        size--;
    return ht_field_equal(ht_slice_of(content_type.data, size), "application/json");
}

bool ht_field_next(struct ht_slice *list, struct ht_slice *element)
{
    if (!list->data) return false;
    const char *comma = list->size ? memchr(list->data, ',', list->size) : NULL;
    size_t size = comma ? (size_t)(comma - list->data) : list->size;
    *element = ht_slice_of(list->data, size);
    *list = comma ? ht_slice_of(comma + 1, list->size - size - 1) : HT_ABSENT;
    while (element->size > 0 && is_blank(element->data[0]))
        element->data++, element->size--;
    while (element->size > 0 && is_blank(element->data[element->size - 1]))
        element->size--;
    return true;
}
