/* The members of a small JSON object of strings, as a client of the API sends it. Pure. */
#ifndef HT_SERVER_MEMBERS_H
#define HT_SERVER_MEMBERS_H

#include "hooktrail/json.h"

struct ht_member {
    const char *name;
    bool required;
    struct ht_slice value; /* absent if it is not given */
};

/* Reads `text`, an object that has no other members than these, each a string without NUL. Values go to `out`, which is
   empty, and from which they borrow; each has a NUL behind it. HT_INVALID with the offset or the member's name. */
HT_MUST_CHECK enum ht_status ht_members_read(struct ht_json *json, struct ht_slice text, struct ht_member *members,
                                             size_t count, struct ht_buffer *out, struct ht_error *err);

#endif
