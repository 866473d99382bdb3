/* The top-level fields of one payload, found in one pass, so that a row of the rules costs no walk along the payload
   (a body of 1 MiB can have 60,000 fields). */
#ifndef HOOKTRAIL_STORE_READING_FIELDS_H
#define HOOKTRAIL_STORE_READING_FIELDS_H

#include "hooktrail/json.h"
#include "hooktrail/reading.h"
#include "reading_rules.h"

#define HT_MAX_RULES 128
#define HT_MAX_FIELDS 64

struct ht_fields {
    uint8_t of_rule[HT_MAX_RULES];        /* by row: which field its path begins with */
    const char *rest[HT_MAX_RULES];       /* and what follows behind its dot, or NULL */
    struct ht_slice names[HT_MAX_FIELDS]; /* that the rules look at */
    size_t count;
    uint32_t nodes[HT_MAX_FIELDS];     /* of this payload, or HT_JSON_NONE */
    uint32_t unknown[HT_MAX_WARNINGS]; /* key nodes of the first fields that no rule looks at */
    size_t unknown_count;              /* of all of them */
};

/* Takes the names from the rules; once. */
void ht_fields_init(struct ht_fields *fields);

/* Finds the fields of the payload's root, which must be an object. Escaped keys are decoded behind the end of
   `scratch`, which is left as it was. */
void ht_fields_read(struct ht_fields *fields, const struct ht_json *json, struct ht_buffer *scratch);

/* The node that a row points to, or HT_JSON_NONE; null counts as absent. */
uint32_t ht_fields_at(const struct ht_fields *fields, const struct ht_json *json, const struct ht_rule *rule);

#endif
