/* One delivery over HTTP, as Aimdoc makes it: a POST of JSON, tried again when it fails. */
#ifndef HOOKTRAIL_CLI_POST_H
#define HOOKTRAIL_CLI_POST_H

#include "hooktrail/buffer.h"

#define HT_POST_RETRIES 3

struct ht_post;

/* `url` is the endpoint's; `type` (may be NULL) goes behind its path. HT_INVALID if it is no http or https URL or the
   type is not of [A-Za-z0-9_-]. No error of this module holds the URL's path, which is a secret. */
HT_MUST_CHECK enum ht_status ht_post_new(const char *url, const char *type, struct ht_post **post,
                                         struct ht_error *err);
void ht_post_free(struct ht_post *post);

struct ht_answer {
    long http; /* the last try's status; 0: there was no answer */
    unsigned tries;
    struct ht_buffer body; /* the answer's, at most 64 KiB of it; released by the caller */
    char problem[256];     /* why there was no answer */
};

/* Sends `body`; when there is no answer, or a 5xx, tries again up to HT_POST_RETRIES times after 0.5, 1 and 2 seconds.
   A refusal is an answer too, and HT_OK. */
HT_MUST_CHECK enum ht_status ht_post_send(struct ht_post *post, struct ht_slice body, struct ht_answer *answer,
                                          struct ht_error *err);

#endif
