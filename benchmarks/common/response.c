#include "response.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum state { IN_HEAD, IN_BODY, IN_CHUNK_SIZE, IN_CHUNK, BEHIND_CHUNK, IN_TRAILER };

void response_begin(struct response *response)
{
    response->state = IN_HEAD;
    response->head_size = 0;
    response->left = 0;
    response->status = 0;
    response->chunked = false;
    response->closes = false;
    response->body_bytes = 0;
}

/* Collects up to and with a newline, which becomes a NUL. True once there is a line in `head` from `from` on. */
static bool collect_line(struct response *response, size_t from, const char *bytes, size_t size, size_t *used)
{
    const char *end = memchr(bytes, '\n', size);
    size_t wanted = end != NULL ? (size_t)(end - bytes) + 1 : size;
    if (wanted > sizeof response->head - response->head_size) {
        *used = 0;
        return false;
    }
    memcpy(response->head + response->head_size, bytes, wanted);
    response->head_size += wanted;
    *used = wanted;
    if (end == NULL) return false;
    response->head[response->head_size - 1] = '\0';
    size_t length = strlen(response->head + from);
    if (length > 0 && response->head[from + length - 1] == '\r') response->head[from + length - 1] = '\0';
    return true;
}

/* The value of header `name` if the line is that header, else NULL. */
static const char *header_value(const char *line, const char *name)
{
    size_t length = strlen(name);
    if (strncasecmp(line, name, length) != 0 || line[length] != ':') return NULL;
    line += length + 1;
    while (*line == ' ')
        line++;
    return line;
}

static bool take_header(struct response *response, const char *line, bool *has_length)
{
    const char *value = header_value(line, "content-length");
    char *end;
    if (value != NULL) {
        response->left = strtoull(value, &end, 10);
        *has_length = true;
        return end != value && *end == '\0';
    }
    value = header_value(line, "transfer-encoding");
    if (value != NULL) response->chunked = strcasecmp(value, "chunked") == 0;
    value = header_value(line, "connection");
    if (value != NULL) response->closes = strcasecmp(value, "close") == 0;
    return true;
}

/* The head is complete: lines that end in NUL, one behind the other. */
static enum response_result take_head(struct response *response)
{
    const char *end = response->head + response->head_size;
    bool has_length = false;
    if (strncmp(response->head, "HTTP/1.1 ", 9) != 0) return RESPONSE_BAD;
    response->status = (int)strtol(response->head + 9, NULL, 10);
    for (const char *line = response->head + strlen(response->head) + 1; line < end; line += strlen(line) + 1) {
        if (*line != '\0' && !take_header(response, line, &has_length)) return RESPONSE_BAD;
    }
    if (response->status < 100 || response->status > 599 || (!has_length && !response->chunked)) return RESPONSE_BAD;
    response->state = response->chunked ? IN_CHUNK_SIZE : IN_BODY;
    response->head_size = 0;
    return !response->chunked && response->left == 0 ? RESPONSE_DONE : RESPONSE_MORE;
}

static enum response_result feed_head(struct response *response, const char *bytes, size_t size, size_t *used)
{
    size_t from = response->head_size;
    while (from > 0 && response->head[from - 1] != '\0')
        from--;
    bool whole = collect_line(response, from, bytes, size, used);
    if (*used == 0) return RESPONSE_BAD;
    if (!whole || response->head[from] != '\0') return RESPONSE_MORE;
    return take_head(response);
}

static enum response_result take_chunk_size(struct response *response)
{
    char *end;
    response->left = strtoull(response->head, &end, 16);
    if (end == response->head) return RESPONSE_BAD;
    response->state = response->left == 0 ? IN_TRAILER : IN_CHUNK;
    return RESPONSE_MORE;
}

/* The lines between chunks: a size, the empty one behind a chunk, trailers. */
static enum response_result feed_line(struct response *response, const char *bytes, size_t size, size_t *used)
{
    bool whole = collect_line(response, 0, bytes, size, used);
    if (*used == 0) return RESPONSE_BAD;
    if (!whole) return RESPONSE_MORE;
    response->head_size = 0;
    if (response->state == IN_CHUNK_SIZE) return take_chunk_size(response);
    if (response->state == IN_TRAILER) return response->head[0] == '\0' ? RESPONSE_DONE : RESPONSE_MORE;
    response->state = IN_CHUNK_SIZE;
    return response->head[0] == '\0' ? RESPONSE_MORE : RESPONSE_BAD;
}

static enum response_result feed_body(struct response *response, size_t size, size_t *used)
{
    *used = size < response->left ? size : (size_t)response->left;
    response->left -= *used;
    response->body_bytes += *used;
    if (response->left > 0) return RESPONSE_MORE;
    if (response->state == IN_BODY) return RESPONSE_DONE;
    response->state = BEHIND_CHUNK;
    return RESPONSE_MORE;
}

enum response_result response_feed(struct response *response, const char *bytes, size_t size, size_t *used)
{
    enum response_result result = RESPONSE_MORE;
    *used = 0;
    while (result == RESPONSE_MORE && *used < size) {
        const char *at = bytes + *used;
        size_t left = size - *used, taken = 0;
        if (response->state == IN_HEAD)
            result = feed_head(response, at, left, &taken);
        else if (response->state == IN_BODY || response->state == IN_CHUNK)
            result = feed_body(response, left, &taken);
        else
            result = feed_line(response, at, left, &taken);
        *used += taken;
    }
    return result;
}
