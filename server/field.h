/* The smallest parts of HTTP's grammar (RFC 9110, section 5.6): tokens and field values. Pure. */
#ifndef HT_SERVER_FIELD_H
#define HT_SERVER_FIELD_H

#include "hooktrail/buffer.h"

bool ht_field_is_token(struct ht_slice text); /* a token: a method, a field name */
bool ht_field_is_value(struct ht_slice text); /* no control character but tab */

/* Whether a Content-Type is this, with whatever parameters. */
bool ht_field_is_type(struct ht_slice content_type, const char *type);

/* Without the blanks and tabs around it. */
struct ht_slice ht_field_trim(struct ht_slice text);

/* The next element of a list with `between` between them, trimmed; false at the end. */
bool ht_field_split(struct ht_slice *list, char between, struct ht_slice *element);
bool ht_field_next(struct ht_slice *list, struct ht_slice *element); /* of one with commas */

#endif
