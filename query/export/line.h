/* A line of a document that the query engine has made: its members, found by a plain scan.

   The fields of a lead can hold more values together than struct ht_json has room for, though each event was within its
   bounds. The text is our own: one JSON object, sound, without white space, and its keys need no escapes. */
#ifndef EXPORT_LINE_H
#define EXPORT_LINE_H

#include "hooktrail/buffer.h"

/* The values of these keys in one walk: JSON, a view of `object`; absent where there is none or it is null. Absent,
   too, is each value of what is no object. */
void export_line_members(struct ht_slice object, const char *const keys[], size_t count, struct ht_slice values[]);

/* The same of one key. */
struct ht_slice export_line_member(struct ht_slice object, const char *key);

#endif
