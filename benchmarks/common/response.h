/* An HTTP/1.1 response as a load generator needs it: its status, where it ends, whether the connection goes on. */
#ifndef BENCHMARKS_RESPONSE_H
#define BENCHMARKS_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESPONSE_MAX_HEAD 8192

enum response_result { RESPONSE_MORE, RESPONSE_DONE, RESPONSE_BAD };

struct response {
    int state;
    char head[RESPONSE_MAX_HEAD]; /* status line and headers; later the line at hand of a chunked body */
    size_t head_size;
    uint64_t left; /* bytes of the body, or of the chunk */
    int status;
    bool chunked;
    bool closes;
    uint64_t body_bytes;
};

void response_begin(struct response *response);

/* Takes bytes as they come; `used` tells how many (all but those behind the response's end). Bodies are counted, not
   kept. A response without a length that isn't chunked is bad: it could not be told from one cut short. */
enum response_result response_feed(struct response *response, const char *bytes, size_t size, size_t *used);

#endif
