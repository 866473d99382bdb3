#include "tiles.h"

#include "hooktrail/log.h"
#include "reply.h"
#include "tile_path.h"

bool ht_tiles_are_public(const struct ht_config *config, const struct ht_route *route)
{
    static ht_handler *const handlers[] = {ht_tiles_checkpoint, ht_tiles_tile, ht_tiles_entries,
                                           ht_tiles_acts_checkpoint, ht_tiles_acts_tile};
    if (!ht_config_number(config, HT_SETTING_LOG_PUBLIC)) return false;
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        if (route->handler == handlers[i]) return true;
    }
    return false;
}

static void answer_failed(struct ht_request *request, struct ht_error *err)
{
    if (ht_tiles_are_public(&request->loop->server->config, request->match.route)) ht_reply_for_strangers(err);
    ht_reply_problem(request, err);
}

static void answer_checkpoint(struct ht_request *request, enum ht_log log)
{
    struct ht_error err;
    struct ht_buffer note = {0};
    struct ht_reader *reader = request->loop->reader;
    enum ht_status status = ht_reader_begin(reader, &err);
    if (status == HT_OK) {
        status = ht_log_checkpoint(reader, log, &note, &err);
        ht_reader_end(reader);
    }
    if (status == HT_OK)
        ht_reply_document(request, "text/plain; charset=utf-8", ht_buffer_slice(&note));
    else
        answer_failed(request, &err);
    ht_buffer_release(&note);
}

static enum ht_status read_tile(struct ht_request *request, enum ht_log log, bool entries, struct ht_buffer *out,
                                struct ht_error *err)
{
    struct ht_tile_path path;
    struct ht_reader *reader = request->loop->reader;
    if (!ht_tile_path_parse(request->match.captures[0], !entries, &path))
        return ht_fail(err, HT_NOT_FOUND, "there is nothing here");
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = entries ? ht_log_entries(reader, log, path.index, path.width, out, err)
                     : ht_log_tile(reader, log, path.level, path.index, path.width, out, err);
    ht_reader_end(reader);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}

static void answer_tile(struct ht_request *request, enum ht_log log, bool entries)
{
    struct ht_error err;
    struct ht_buffer tile = {0};
    if (read_tile(request, log, entries, &tile, &err) == HT_OK) {
        bool is_public = ht_tiles_are_public(&request->loop->server->config, request->match.route);
        ht_reply_lasting(request, ht_buffer_slice(&tile), is_public);
    } else {
        answer_failed(request, &err);
    }
    ht_buffer_release(&tile);
}

void ht_tiles_checkpoint(struct ht_request *request)
{
    answer_checkpoint(request, HT_LOG_EVENTS);
}

void ht_tiles_tile(struct ht_request *request)
{
    answer_tile(request, HT_LOG_EVENTS, false);
}

void ht_tiles_entries(struct ht_request *request)
{
    answer_tile(request, HT_LOG_EVENTS, true);
}

void ht_tiles_acts_checkpoint(struct ht_request *request)
{
    answer_checkpoint(request, HT_LOG_ACTS);
}

void ht_tiles_acts_tile(struct ht_request *request)
{
    answer_tile(request, HT_LOG_ACTS, false);
}

void ht_tiles_acts_entries(struct ht_request *request)
{
    answer_tile(request, HT_LOG_ACTS, true);
}
