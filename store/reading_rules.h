/* The reading rules: one table that says where in a delivery each fact is looked for. docs/reading-rules.md explains
   it.

   A change at Aimdoc is a change of rows here. Then raise HT_RULES_REVISION if something changed that is not in the
   table, and let the index be rebuilt. Everything here is constant: any thread may read it. */
#ifndef HOOKTRAIL_STORE_READING_RULES_H
#define HOOKTRAIL_STORE_READING_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "hooktrail/buffer.h"

/* Raised by hand when reading.c reads the same rows in another way. */
#define HT_RULES_REVISION 1

enum ht_fact {
    HT_FACT_MESSAGE_ID, /* the first four: within an element of the messages */
    HT_FACT_MESSAGE_ROLE,
    HT_FACT_MESSAGE_CONTENT,
    HT_FACT_MESSAGE_TIME,
    HT_FACT_CONTAINER, /* no fact, but objects that facts are looked for in: another type earns a warning */
    HT_FACT_MESSAGES,
    HT_FACT_TYPE,
    HT_FACT_AGENT_ID,
    HT_FACT_CONVERSATION_ID,
    HT_FACT_LEAD_ID,
    HT_FACT_VISITOR_ID,
    HT_FACT_AGENT_NAME,
    HT_FACT_LEAD,
    HT_FACT_EMAIL,
    HT_FACT_TIME,  /* the one fact for which the newest row wins, not the first */
    HT_FACT_REASON /* rows of the event's own type go first */
};

enum ht_source {
    HT_FROM_PATH,                /* what followed the secret in the URL */
    HT_FROM_BODY,                /* a place in the payload */
    HT_FROM_HEADER,              /* a kept request header */
    HT_FROM_SHAPE,               /* that something is there, at a place in the payload */
    HT_FROM_SHAPE_WITH_MESSAGES, /* the same, and there are messages */
    HT_FROM_MESSAGE              /* a member of a message */
};

/* What a value may be; a row can allow several. */
enum ht_kind {
    HT_KIND_STRING = 1,
    HT_KIND_INTEGER = 2, /* taken by its digits as written */
    HT_KIND_OBJECT = 4,
    HT_KIND_ARRAY = 8,
    HT_KIND_TIME = 16, /* RFC 3339, or a number of seconds or milliseconds since 1970 */
    HT_KIND_ANY = 32
};

struct ht_rule {
    enum ht_fact fact;
    enum ht_source source;
    unsigned kinds;   /* enum ht_kind, or-ed */
    const char *path; /* "a.b" in the payload, the name of a header, or what to call the path */
    const char *type; /* of a shape: the type it means; of a reason: the type whose reason it is; else NULL */
};

/* The first row for a fact (there always is one), and the row of the same fact behind `rule`, or NULL. */
const struct ht_rule *ht_rules_first(enum ht_fact fact);
const struct ht_rule *ht_rules_next(const struct ht_rule *rule);

#define HT_MESSAGE_RULES 16 /* rows of the facts of a message at most; they are the table's first */

/* The whole table, for those who make something of it once: a row's number is its distance from the first. */
const struct ht_rule *ht_rules_table(size_t *count);

/* What an event of a type is of little use without, as a set of bits. */
enum ht_expected { HT_EXPECTS_AGENT = 1, HT_EXPECTS_CONVERSATION = 2, HT_EXPECTS_LEAD = 4, HT_EXPECTS_VISITOR = 8 };

/* Whether the type is one of those documented; *expected is filled for others too. */
bool ht_rules_know_type(struct ht_slice type, unsigned *expected);

#endif
