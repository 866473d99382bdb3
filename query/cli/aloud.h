/* A timeline read aloud, page by page: its transcript, with the lead's name looked up. */
#ifndef HOOKTRAIL_CLI_ALOUD_H
#define HOOKTRAIL_CLI_ALOUD_H

#include "session.h"
#include "transcript.h"

/* Zero-initialised but for `session` and `transcript.output`; released with ht_aloud_release, then good for another
   timeline. */
struct ht_aloud {
    struct ht_session *session;
    struct ht_transcript transcript;
    struct ht_view view;
};

void ht_aloud_release(struct ht_aloud *aloud);

/* Adds one page's text. Asks a query of its own for the first. */
HT_MUST_CHECK enum ht_status ht_aloud_page(struct ht_aloud *aloud, struct ht_slice document, bool first,
                                           struct ht_buffer *out, struct ht_error *err);

#endif
