/* Lists the files of a bucket (S3's ListObjectsV2), page by page. */
#ifndef EXPORT_PLACE_S3_LIST_H
#define EXPORT_PLACE_S3_LIST_H

#include "place.h"
#include "place_s3_request.h"

#define EXPORT_S3_KEY (2 * EXPORT_PLACE_NAME_MAX + 2) /* prefix, slash, name and NUL: S3 takes 1,024 bytes */

/* As a place's list. HT_IO if the names don't come in the order of their bytes. */
HT_MUST_CHECK enum ht_status export_s3_list(struct export_s3 *s3, const char *prefix, export_place_visit *visit,
                                            void *context, struct ht_error *err);

/* One page of it. */
struct export_s3_page {
    const char *prefix; /* of all keys, which is not part of the names */
    export_place_visit *visit;
    void *context;
    char key[EXPORT_S3_KEY];  /* of the entry being read; empty if no export can have given it */
    char last[EXPORT_S3_KEY]; /* of the one before */
    uint64_t size;
    bool truncated;        /* there are more pages */
    struct ht_buffer next; /* and this brings the next */
};

/* Reads an answer, visiting each file; page->next is released by the caller. HT_INVALID if it is no such list. */
HT_MUST_CHECK enum ht_status export_s3_page_parse(struct export_s3_page *page, struct ht_slice xml,
                                                  struct ht_error *err);

#endif
