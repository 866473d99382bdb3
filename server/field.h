/* The smallest parts of HTTP's grammar (RFC 9110, section 5.6): tokens and field values. Pure. */
#ifndef HT_SERVER_FIELD_H
#define HT_SERVER_FIELD_H

#include "hooktrail/buffer.h"

bool ht_field_is_token(struct ht_slice text);                 /* a token: a method, a field name */
bool ht_field_is_value(struct ht_slice text);                 /* no control character but tab */
bool ht_field_equal(struct ht_slice text, const char *token); /* ASCII, any case */

/* Whether a Content-Type is application/json, with whatever parameters. */
bool ht_field_is_json(struct ht_slice content_type);

/* The next element of a comma-separated list, without the blanks around it; false at the end. */
bool ht_field_next(struct ht_slice *list, struct ht_slice *element);

#endif
