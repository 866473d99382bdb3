/* Private to store/: finding the ids and addresses of a person in bytes of any form, such as deliveries that were
   rejected because they were no JSON. Case is ignored (ASCII), and they are looked for once more with JSON's escapes
   undone. A needle is found only as the whole of an id or address: where no letter, digit or "_" goes on before or
   behind it, nor is joined to it by "-" or "." (before an address also by "+", "%" or "'"). */
#ifndef STORE_ERASE_NEEDLES_H
#define STORE_ERASE_NEEDLES_H

#include "hooktrail/buffer.h"
#include "slots.h"

#define NEEDLE_LONGEST 1024

/* Holds what names a person: wiped when released. Zero-initialised and then needles_init'ed. */
struct needles {
    struct slots table;
    struct ht_buffer texts;   /* in lower case, one behind the other */
    struct ht_buffer lengths; /* size_t each: those that occur */
    struct ht_buffer lowered; /* of what is searched */
    struct ht_buffer unescaped;
};

void needles_init(struct needles *needles);
void needles_release(struct needles *needles);
/* Without white space around it; what is empty or longer than NEEDLE_LONGEST names nobody. */
HT_MUST_CHECK enum ht_status needles_add(struct needles *needles, struct ht_slice text, struct ht_error *err);
HT_MUST_CHECK enum ht_status needles_find(struct needles *needles, struct ht_slice bytes, bool *found,
                                          struct ht_error *err);

#endif
