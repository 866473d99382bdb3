#include "erase_set.h"

#include <stdlib.h>

#include "codec.h"

void erase_set_release(struct erase_set *set)
{
    ht_buffer_release(&set->bytes);
}

void erase_set_clear(struct erase_set *set)
{
    ht_buffer_clear(&set->bytes);
}

void erase_set_add(struct erase_set *set, uint64_t number)
{
    size_t count = erase_set_count(set);
    if (count > 0 && erase_set_at(set, count - 1) == number) return;
    ht_buffer_add_bytes(&set->bytes, &number, sizeof number);
}

void erase_set_add_all(struct erase_set *set, const struct erase_set *from)
{
    for (size_t i = 0; i < erase_set_count(from); i++)
        erase_set_add(set, erase_set_at(from, i));
}

static int compare(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

enum ht_status erase_set_sort(struct erase_set *set, struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(&set->bytes, err);
    size_t count = erase_set_count(set), kept = 0;
    if (status != HT_OK || count == 0) return status;
    uint64_t *numbers = (uint64_t *)(void *)set->bytes.data;
    qsort(numbers, count, sizeof *numbers, compare);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || numbers[i] != numbers[i - 1]) numbers[kept++] = numbers[i];
    }
    set->bytes.size = kept * sizeof *numbers;
    return HT_OK;
}

bool erase_set_has(const struct erase_set *set, uint64_t number)
{
    size_t count = erase_set_count(set);
    return count > 0 && bsearch(&number, set->bytes.data, count, sizeof number, compare) != NULL;
}

size_t erase_set_ranges(const struct erase_set *set, struct ht_buffer *out)
{
    size_t count = erase_set_count(set), ranges = 0;
    for (size_t i = 0; i < count; ranges++) {
        uint64_t first = erase_set_at(set, i), last = first;
        for (i++; i < count && erase_set_at(set, i) == last + 1; i++)
            last++;
        encode_uint(out, first, 8);
        encode_uint(out, last, 8);
    }
    return ranges;
}
