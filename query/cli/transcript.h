/* A timeline as people read a chat: who said what, day by day, with the events as rules between. */
#ifndef HOOKTRAIL_CLI_TRANSCRIPT_H
#define HOOKTRAIL_CLI_TRANSCRIPT_H

#include "output.h"
#include "view.h"

/* What it needs to know beside the items. Zero-initialised but for `output`; released with ht_transcript_release. */
struct ht_transcript {
    const struct ht_output *output;
    struct ht_buffer agent;   /* the agent's name, safe for a terminal; empty: not known */
    struct ht_buffer visitor; /* the lead's */
    int64_t day;              /* of the last item shown */
    bool begun;
};

void ht_transcript_release(struct ht_transcript *transcript);

/* Takes the name from a lead's profile, the object `lead`. */
void ht_transcript_lead(struct ht_transcript *transcript, struct ht_view *view, uint32_t lead);

/* Adds what is known of the conversation, from a timeline's document, and takes the agent's name from it. */
void ht_transcript_head(struct ht_transcript *transcript, struct ht_view *view, struct ht_buffer *out);

/* Adds the document's items; call it for one page after the other. */
void ht_transcript_items(struct ht_transcript *transcript, struct ht_view *view, struct ht_buffer *out);

#endif
