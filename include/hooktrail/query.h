/* The query engine: every question that HTTP and the command line can ask, answered as the same document.

   A query is opened, stepped until it is done, and then holds one document: a JSON text with a newline behind. Each
   step begins and ends the reader's span itself and is bounded (rows, bytes, about 2 ms), so that a loop can take
   turns and no snapshot outlives a step. Nothing is remembered between queries: a page's cursor holds all that the next
   needs. */
#ifndef HOOKTRAIL_QUERY_H
#define HOOKTRAIL_QUERY_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/filter.h"
#include "hooktrail/store.h"

enum ht_query_kind {
    HT_QUERY_EVENTS,        /* {"events":[…],"next"} */
    HT_QUERY_EVENT,         /* one event by seq, with "received": each delivery's time, sender, content type, headers */
    HT_QUERY_TIMELINE,      /* one conversation by id */
    HT_QUERY_HISTORY,       /* one lead by id */
    HT_QUERY_CONVERSATIONS, /* {"conversations":[…],"next"} newest activity first */
    HT_QUERY_LEADS,         /* {"leads":[…],"next"} */
    HT_QUERY_AGENTS,        /* {"agents":[…],"next"} */
    HT_QUERY_STATS,         /* totals by type, agent and day */
    HT_QUERY_REJECTED,      /* {"rejected":[…],"next"} newest first, without bodies */
    HT_QUERY_REJECTED_ONE,  /* one by number, with the body (as a string if it is UTF-8, else base64) */
    HT_QUERY_ACTS,          /* {"acts":[…],"next"} newest first; of the trail alone, the index is not asked */
    HT_QUERY_HEALTH         /* each type and agent with its last event, and whether it is unusually quiet */
};

#define HT_QUERY_KINDS (HT_QUERY_HEALTH + 1)

enum ht_query_format {
    HT_FORMAT_DOCUMENT, /* the JSON document */
    HT_FORMAT_LINES,    /* lists only: NDJSON, one member a line, no wrapper */
    HT_FORMAT_SSE       /* HT_QUERY_EVENTS only: "id: SEQ\nevent: TYPE\ndata: {…}\n\n" each */
};

struct ht_query;

/* `id`: the entity's id, or the number in decimal, for kinds that are about one; else absent. The filter is copied.
   Which filters apply to a kind is in a table in query.c; a set one that doesn't apply is HT_INVALID. */
HT_MUST_CHECK enum ht_status ht_query_open(enum ht_query_kind kind, enum ht_query_format format, struct ht_slice id,
                                           const struct ht_filter *filter, struct ht_query **query,
                                           struct ht_error *err);
void ht_query_free(struct ht_query *query); /* NULL is fine */

/* For exports, of a timeline or a history, before its first step: only events up to `seq` count; a page has up to
   `limit` items, more than a filter may ask for; and the document comes as lines. Of a timeline these are its items; of
   a history each change by an event behind `after`, whatever their number, then each conversation, then {"lead":{…}}.
   After a step there are whole lines only. */
void ht_query_as_of(struct ht_query *query, uint64_t after, uint64_t seq, uint32_t limit);

/* One bounded step with this thread's reader (not begun). HT_NOT_FOUND if there is no such entity. */
HT_MUST_CHECK enum ht_status ht_query_step(struct ht_query *query, struct ht_reader *reader, struct ht_error *err);
bool ht_query_done(const struct ht_query *query);

/* The document once done; before that, with LINES and SSE, what has been added so far: the caller may take it and
   ht_query_drain it, so that a long list needs little memory. Valid until the next step, drain or free. */
struct ht_slice ht_query_document(const struct ht_query *query);
void ht_query_drain(struct ht_query *query);

/* Once done: the cursor of the next page, "" if there is none. */
const char *ht_query_next(const struct ht_query *query);

/* HT_QUERY_EVENTS, ascending: every event up to this seq has been looked at, so a follower goes on behind it. */
uint64_t ht_query_position(const struct ht_query *query);

/* Steps until done: for tools and tests, never on a loop. */
HT_MUST_CHECK enum ht_status ht_query_run(struct ht_query *query, struct ht_reader *reader, struct ht_error *err);

#endif
