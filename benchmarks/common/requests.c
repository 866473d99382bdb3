#include "requests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static enum ht_status end_request(struct requests *requests, struct ht_error *err)
{
    requests->ends[requests->count++] = requests->bytes.size;
    return ht_buffer_status(&requests->bytes, err);
}

static enum ht_status make_room(struct requests *requests, size_t count, struct ht_error *err)
{
    size_t *ends = reallocarray(requests->ends, count + 1, sizeof *ends);
    if (ends == NULL) return ht_fail(err, HT_NO_MEMORY, "no memory for %zu requests", count);
    requests->ends = ends;
    return HT_OK;
}

static void add_authorization(struct requests *requests, const struct requests_target *target)
{
    if (target->token != NULL) ht_buffer_printf(&requests->bytes, "Authorization: Bearer %s\r\n", target->token);
}

static enum ht_status add_post(struct requests *requests, const struct requests_target *target, struct ht_slice body,
                               struct ht_error *err)
{
    ht_buffer_printf(&requests->bytes, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: hooktrail-load\r\n", target->path,
                     target->host);
    add_authorization(requests, target);
    ht_buffer_printf(&requests->bytes, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", body.size);
    ht_buffer_add(&requests->bytes, body);
    return end_request(requests, err);
}

enum ht_status requests_post(struct requests *requests, const struct requests_target *target,
                             const struct conversation_options *options, uint64_t first, size_t count,
                             struct ht_error *err)
{
    struct ht_buffer body = {0};
    *requests = (struct requests){0};
    enum ht_status status = make_room(requests, count, err);
    for (size_t i = 0; i < count && status == HT_OK; i++) {
        ht_buffer_clear(&body);
        conversation_payload(options, first + i, &body);
        status = ht_buffer_status(&body, err);
        if (status == HT_OK) status = add_post(requests, target, ht_buffer_slice(&body), err);
    }
    ht_buffer_release(&body);
    return status;
}

static enum ht_status read_all(const char *path, struct ht_buffer *bytes, struct ht_error *err)
{
    char part[4096];
    FILE *file = fopen(path, "r");
    if (file == NULL) return ht_fail_errno(err, errno, "%s", path);
    for (size_t got; (got = fread(part, 1, sizeof part, file)) > 0;)
        ht_buffer_add_bytes(bytes, part, got);
    bool failed = ferror(file) != 0;
    fclose(file);
    return failed ? ht_fail(err, HT_IO, "reading %s", path) : ht_buffer_status(bytes, err);
}

enum ht_status requests_post_file(struct requests *requests, const struct requests_target *target, const char *file,
                                  struct ht_error *err)
{
    struct ht_buffer body = {0};
    *requests = (struct requests){0};
    enum ht_status status = read_all(file, &body, err);
    if (status == HT_OK) status = make_room(requests, 1, err);
    if (status == HT_OK) status = add_post(requests, target, ht_buffer_slice(&body), err);
    ht_buffer_release(&body);
    return status;
}

static enum ht_status add_get(struct requests *requests, const struct requests_target *target, const char *path,
                              struct ht_error *err)
{
    enum ht_status status = make_room(requests, requests->count + 1, err);
    if (status != HT_OK) return status;
    ht_buffer_printf(&requests->bytes, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: hooktrail-load\r\n", path,
                     target->host);
    add_authorization(requests, target);
    ht_buffer_add_text(&requests->bytes, "\r\n");
    return end_request(requests, err);
}

enum ht_status requests_get(struct requests *requests, const struct requests_target *target, const char *file,
                            struct ht_error *err)
{
    enum ht_status status = HT_OK;
    char *line = NULL;
    size_t capacity = 0;
    *requests = (struct requests){0};
    FILE *paths = fopen(file, "r");
    if (paths == NULL) return ht_fail_errno(err, errno, "%s", file);
    while (status == HT_OK && getline(&line, &capacity, paths) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '/') status = add_get(requests, target, line, err);
    }
    free(line);
    fclose(paths);
    if (status == HT_OK && requests->count == 0) return ht_fail(err, HT_INVALID, "%s has no paths", file);
    return status;
}

struct ht_slice requests_at(const struct requests *requests, size_t index)
{
    size_t begin = index > 0 ? requests->ends[index - 1] : 0;
    return ht_slice_of(requests->bytes.data + begin, requests->ends[index] - begin);
}

void requests_release(struct requests *requests)
{
    ht_buffer_wipe(&requests->bytes);
    free(requests->ends);
    *requests = (struct requests){0};
}
