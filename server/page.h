/* The page: one HTML document for every address that a person may open, and what it loads, built in from
   server/page/dist. No data is in them: the page asks the API for that. */
#ifndef HT_SERVER_PAGE_H
#define HT_SERVER_PAGE_H

#include "kept.h"

#define HT_PAGE_ASSETS 32 /* at most */

struct ht_request;

/* What is served, packed once; made before the threads start, and the same until they have ended. */
struct ht_page {
    struct ht_kept document;
    struct ht_kept assets[HT_PAGE_ASSETS];
    const char *names[HT_PAGE_ASSETS];
    size_t count;
};

void ht_page_init(struct ht_page *page);
void ht_page_release(struct ht_page *page);

/* The media type of a file by its name's ending; NULL if the page has no such files. */
const char *ht_page_type(struct ht_slice name);

void ht_page_document(struct ht_request *request);
void ht_page_asset(struct ht_request *request); /* the capture is its name */

#endif
