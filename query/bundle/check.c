#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/encode.h"

/* ---- life ---- */

enum ht_status check_init(struct check *check, const struct ht_verifier *keys, size_t key_count,
                          struct ht_bundle_shown *shown, struct ht_error *err)
{
    *check = (struct check){.keys = keys, .key_count = key_count, .shown = shown};
    check->json = ht_json_new();
    check->payload = ht_json_new();
    check->reading = ht_reading_new();
    if (check->json && check->payload && check->reading) return HT_OK;
    return ht_fail(err, HT_NO_MEMORY, "no memory to check a bundle");
}

static void free_event(struct check_event *event)
{
    for (int part = 0; part < LAYOUT_PARTS; part++)
        ht_buffer_release(&event->text[part]);
    ht_buffer_release(&event->delivery);
    free(event);
}

void check_release(struct check *check)
{
    for (size_t i = 0; i < check->event_count; i++)
        free_event(check->events[i].event);
    free(check->events);
    free(check->readings);
    ht_buffer_release(&check->manifest);
    ht_buffer_release(&check->checkpoint);
    ht_buffer_release(&check->key);
    ht_buffer_release(&check->scratch);
    ht_json_free(check->json);
    ht_json_free(check->payload);
    ht_reading_free(check->reading);
    *check = (struct check){0};
}

/* ---- taking files ---- */

static enum ht_status no_memory(struct ht_error *err)
{
    return ht_fail(err, HT_NO_MEMORY, "no memory to check a bundle");
}

static enum ht_status keep(struct check *check, struct ht_buffer *to, struct ht_slice bytes, struct ht_error *err)
{
    check->kept += bytes.size;
    if (check->kept > CHECK_KEEP) return ht_fail(err, HT_TOO_LARGE, "what goes with the payloads is too large");
    ht_buffer_add(to, bytes);
    return ht_buffer_status(to, err);
}

/* The place of the first event with at least this seq. */
static size_t place_of(const struct check *check, uint64_t seq)
{
    size_t low = 0, high = check->event_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (check->events[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct check_event *find_event(const struct check *check, uint64_t seq)
{
    size_t place = place_of(check, seq);
    return place < check->event_count && check->events[place].seq == seq ? check->events[place].event : NULL;
}

static enum ht_status add_event(struct check *check, uint64_t seq, struct check_event **event, struct ht_error *err)
{
    if (check->event_count == HT_BUNDLE_EVENTS) return ht_fail(err, HT_TOO_LARGE, "there are too many events in this");
    if (check->event_count == check->event_room) {
        size_t room = check->event_room ? check->event_room * 2 : 64;
        struct check_slot *events = realloc(check->events, room * sizeof *events);
        if (!events) return no_memory(err);
        check->events = events;
        check->event_room = room;
    }
    *event = calloc(1, sizeof **event);
    if (!*event) return no_memory(err);
    size_t place = place_of(check, seq);
    memmove(check->events + place + 1, check->events + place, (check->event_count - place) * sizeof *check->events);
    check->events[place] = (struct check_slot){seq, *event};
    check->event_count++;
    (*event)->seq = seq;
    return HT_OK;
}

static enum ht_status take_part(struct check *check, uint64_t seq, enum layout_part part,
                                const uint8_t sha256[HT_SHA256_SIZE], struct ht_slice bytes, struct ht_error *err)
{
    struct check_event *event = find_event(check, seq);
    enum ht_status status = event ? HT_OK : add_event(check, seq, &event, err);
    if (status != HT_OK || !event) return status;
    event->has[part] = true;
    if (part != LAYOUT_PAYLOAD) return keep(check, &event->text[part], bytes, err);
    memcpy(event->payload_sha256, sha256, sizeof event->payload_sha256);
    event->payload_size = bytes.size;
    return HT_OK;
}

static enum ht_status take_reading(struct check *check, struct ht_slice name, struct ht_error *err)
{
    if (check->reading_count == (HT_BUNDLE_CONVERSATIONS + 1) * 2)
        return ht_fail(err, HT_TOO_LARGE, "there are too many timelines in this");
    struct check_reading *readings = realloc(check->readings, (check->reading_count + 1) * sizeof *readings);
    if (!readings) return no_memory(err);
    check->readings = readings;
    struct check_reading *reading = &readings[check->reading_count++];
    *reading = (struct check_reading){0};
    memcpy(reading->name, name.data, name.size);
    return HT_OK;
}

enum ht_status check_take(struct check *check, struct ht_slice name, const uint8_t sha256[HT_SHA256_SIZE],
                          struct ht_slice bytes, struct ht_error *err)
{
    enum layout_part part;
    uint64_t seq;
    if (name.size >= ZIP_MAX_NAME) return ht_fail(err, HT_CORRUPT, "a file has a name that no bundle has");
    if (layout_parse(name, &part, &seq)) return take_part(check, seq, part, sha256, bytes, err);
    if (layout_is_reading(name)) return take_reading(check, name, err);
    if (ht_slice_is(name, LAYOUT_MANIFEST)) return keep(check, &check->manifest, bytes, err);
    if (ht_slice_is(name, LAYOUT_CHECKPOINT)) return keep(check, &check->checkpoint, bytes, err);
    if (ht_slice_is(name, LAYOUT_KEY)) return keep(check, &check->key, bytes, err);
    if (!ht_slice_is(name, LAYOUT_README))
        return ht_fail(err, HT_CORRUPT, "no bundle has a file named %.*s", HT_SLICE_ARGS(name));
    check->has_readme = true;
    return HT_OK;
}

/* ---- JSON ---- */

struct ht_slice check_text(struct check *check, uint32_t object, const char *name)
{
    uint32_t node = ht_json_member(check->json, object, name);
    if (ht_json_type(check->json, node) != HT_JSON_STRING) return HT_ABSENT;
    ht_buffer_clear(&check->scratch);
    return ht_json_string(check->json, node, &check->scratch);
}

bool check_number(const struct check *check, uint32_t object, const char *name, uint64_t *number)
{
    uint32_t node = ht_json_member(check->json, object, name);
    if (ht_json_type(check->json, node) != HT_JSON_NUMBER) return false;
    return ht_parse_u64(ht_json_raw(check->json, node), number) == HT_OK;
}

/* ---- the checkpoint ---- */

/* A log's key signs, any of those given; a witness's key cosigns, every one of those given. */
static enum ht_status check_signatures(struct check *check, const struct ht_note *note, struct ht_slice origin,
                                       struct ht_error *err)
{
    const struct ht_verifier *signer = NULL;
    for (size_t i = 0; i < check->key_count; i++) {
        const struct ht_verifier *key = &check->keys[i];
        bool valid = ht_note_verify(note, key, NULL);
        if (key->type == HT_KEY_COSIGNATURE && !valid)
            return ht_fail(err, HT_CORRUPT, "the checkpoint has no valid cosignature of %.100s", key->name);
        if (key->type == HT_KEY_COSIGNATURE)
            check->shown->witnesses++;
        else if (valid && !signer && ht_slice_is(origin, key->name))
            signer = key;
    }
    if (!signer) return ht_fail(err, HT_CORRUPT, "the checkpoint is not signed by the key given");
    check->shown->key = *signer;
    return HT_OK;
}

static enum ht_status check_checkpoint(struct check *check, struct ht_error *err)
{
    struct ht_error cause = {0};
    struct ht_note note;
    struct ht_slice origin;
    struct ht_bundle_shown *shown = check->shown;
    enum ht_status status = ht_note_parse(ht_buffer_slice(&check->checkpoint), &note, &cause);
    if (status == HT_OK) status = ht_checkpoint_parse(note.text, &origin, &shown->head, &cause);
    if (status != HT_OK) return ht_fail(err, HT_CORRUPT, "the checkpoint is malformed: %s", cause.detail);
    status = check_signatures(check, &note, origin, err);
    if (status != HT_OK) return status;
    snprintf(shown->origin, sizeof shown->origin, "%.*s", HT_SLICE_ARGS(origin));
    return HT_OK;
}

/* ---- the manifest ---- */

static enum ht_status fail_manifest(struct ht_error *err, const char *why)
{
    return ht_fail(err, HT_CORRUPT, "manifest.json: %s", why);
}

static enum ht_status check_files(const struct check *check, uint32_t object, const struct check_event *event,
                                  struct ht_error *err)
{
    char name[ZIP_MAX_NAME];
    uint32_t files = ht_json_member(check->json, object, "files");
    uint32_t at = ht_json_first(check->json, files);
    for (int part = 0; part < LAYOUT_PARTS; part++) {
        bool wanted = !event->erased || layout_stays_erased((enum layout_part)part);
        layout_name((enum layout_part)part, event->seq, name);
        if (wanted != event->has[part])
            return ht_fail(err, HT_CORRUPT, "%s is %s", name, wanted ? "missing" : "there, though the event is erased");
        if (!wanted) continue;
        if (at == HT_JSON_NONE || !ht_slice_is(ht_json_raw(check->json, at), name))
            return ht_fail(err, HT_CORRUPT, "manifest.json does not list %s", name);
        at = ht_json_after(check->json, files, at);
    }
    return at == HT_JSON_NONE ? HT_OK : fail_manifest(err, "an event has files that no event has");
}

/* Notes what the manifest says: its tape is gone when the events are checked. */
static enum ht_status list_event(struct check *check, uint32_t object, uint64_t *last, struct ht_error *err)
{
    uint64_t seq;
    if (!check_number(check, object, "seq", &seq) || seq <= *last)
        return fail_manifest(err, "the events are not in the order of their numbers");
    *last = seq;
    struct check_event *event = find_event(check, seq);
    if (!event) return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is in manifest.json only", seq);
    struct ht_slice sha256 = check_text(check, object, "sha256");
    event->listed = true;
    event->erased = !sha256.data;
    if (event->erased && !check_text(check, object, "erased_at").data)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " has neither a payload nor a time of erasure", seq);
    if (!event->erased && sha256.size != sizeof event->listed_sha256)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 ": its SHA-256 in manifest.json is none", seq);
    if (!event->erased) memcpy(event->listed_sha256, sha256.data, sha256.size);
    return check_files(check, object, event, err);
}

static enum ht_status list_events(struct check *check, struct ht_error *err)
{
    uint64_t last = 0;
    uint32_t list = ht_json_member(check->json, 0, "events");
    for (uint32_t at = ht_json_first(check->json, list); at != HT_JSON_NONE;
         at = ht_json_after(check->json, list, at)) {
        enum ht_status status = list_event(check, at, &last, err);
        if (status != HT_OK) return status;
    }
    for (size_t i = 0; i < check->event_count; i++)
        if (!check->events[i].event->listed)
            return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is not in manifest.json", check->events[i].seq);
    return check->event_count > 0 ? HT_OK : ht_fail(err, HT_CORRUPT, "there is no event in this bundle");
}

static enum ht_status list_reading(struct check *check, struct ht_slice name, struct ht_error *err)
{
    for (size_t i = 0; i < check->reading_count; i++) {
        struct check_reading *reading = &check->readings[i];
        if (!ht_slice_is(name, reading->name)) continue;
        if (reading->listed) return fail_manifest(err, "a timeline is listed twice");
        reading->listed = true;
        return HT_OK;
    }
    return fail_manifest(err, "a timeline that is listed is missing");
}

static enum ht_status list_readings(struct check *check, struct ht_error *err)
{
    const struct ht_json *json = check->json;
    uint32_t list = ht_json_member(json, 0, "readings");
    for (uint32_t at = ht_json_first(json, list); at != HT_JSON_NONE; at = ht_json_after(json, list, at)) {
        uint32_t files = ht_json_member(json, at, "files");
        for (uint32_t file = ht_json_first(json, files); file != HT_JSON_NONE;
             file = ht_json_after(json, files, file)) {
            enum ht_status status = list_reading(check, ht_json_raw(json, file), err);
            if (status != HT_OK) return status;
        }
    }
    for (size_t i = 0; i < check->reading_count; i++)
        if (!check->readings[i].listed)
            return ht_fail(err, HT_CORRUPT, "%s is not in manifest.json", check->readings[i].name);
    return HT_OK;
}

static enum ht_status read_claims(struct check *check, struct ht_error *err)
{
    struct ht_bundle_shown *shown = check->shown;
    if (!ht_slice_is(check_text(check, 0, "origin"), shown->origin))
        return fail_manifest(err, "it names another log than the checkpoint");
    if (ht_time_parse(check_text(check, 0, "made_at"), &shown->made_at) != HT_OK)
        return fail_manifest(err, "it does not say when it was made");
    uint32_t subject = ht_json_member(check->json, 0, "subject");
    ht_buffer_add(&shown->about, check_text(check, subject, "kind"));
    ht_buffer_add_byte(&shown->about, ' ');
    ht_buffer_add(&shown->about, check_text(check, subject, "id"));
    return ht_buffer_status(&shown->about, err);
}

static enum ht_status check_manifest(struct check *check, struct ht_error *err)
{
    struct ht_error cause = {0};
    uint64_t format;
    enum ht_status status = ht_json_parse(check->json, ht_buffer_slice(&check->manifest), &cause);
    if (status != HT_OK) return ht_fail(err, HT_CORRUPT, "manifest.json: %s", cause.detail);
    if (!check_number(check, 0, "format", &format)) return fail_manifest(err, "it has no format");
    if (format != LAYOUT_FORMAT)
        return ht_fail(err, HT_VERSION, "the bundle's format %" PRIu64 " is not known to this hooktrail", format);
    status = read_claims(check, err);
    if (status == HT_OK) status = list_events(check, err);
    return status == HT_OK ? list_readings(check, err) : status;
}

/* ---- the whole ---- */

static enum ht_status check_present(const struct check *check, struct ht_error *err)
{
    const struct {
        const char *name;
        bool there;
    } wanted[] = {
        {LAYOUT_MANIFEST, check->manifest.size > 0},
        {LAYOUT_CHECKPOINT, check->checkpoint.size > 0},
        {LAYOUT_KEY, check->key.size > 0},
        {LAYOUT_README, check->has_readme},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!wanted[i].there) return ht_fail(err, HT_CORRUPT, "%s is missing", wanted[i].name);
    return HT_OK;
}

static enum ht_status check_events(struct check *check, struct ht_error *err)
{
    struct ht_bundle_shown *shown = check->shown;
    for (size_t i = 0; i < check->event_count; i++) {
        struct check_event *event = check->events[i].event;
        enum ht_status status = check_event(check, event, err);
        if (status != HT_OK) return status;
        int64_t at = event->leaf.received_at;
        shown->events++;
        if (event->erased) shown->erased++;
        if (i == 0 || at < shown->from) shown->from = at;
        if (i == 0 || at > shown->to) shown->to = at;
    }
    return HT_OK;
}

enum ht_status check_end(struct check *check, struct ht_error *err)
{
    enum ht_status status = check_present(check, err);
    if (status == HT_OK) status = check_checkpoint(check, err);
    if (status == HT_OK) status = check_manifest(check, err);
    return status == HT_OK ? check_events(check, err) : status;
}

enum ht_status check_again(struct check *check, struct ht_slice name, const uint8_t sha256[HT_SHA256_SIZE],
                           struct ht_slice bytes, struct ht_error *err)
{
    enum layout_part part;
    uint64_t seq;
    if (!layout_parse(name, &part, &seq) || part != LAYOUT_PAYLOAD) return HT_OK;
    const struct check_event *event = find_event(check, seq);
    if (!event || memcmp(event->payload_sha256, sha256, HT_SHA256_SIZE) != 0)
        return ht_fail(err, HT_CORRUPT, "payloads/%" PRIu64 ".json changed while it was checked", seq);
    return check_delivery(check, event, bytes, err);
}
