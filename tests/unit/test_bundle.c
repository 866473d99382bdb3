/* Evidence: what was made is verified; whatever is changed in it is found; what was erased since changes nothing. */
#include "scratch.h"

#include "../../query/bundle/check.h"
#include "../../query/bundle/pages.h"
#include "../../query/bundle/zip_reader.h"
#include "../../query/bundle/zip_writer.h"
#include "hooktrail/act.h"
#include "hooktrail/bundle.h"
#include "hooktrail/encode.h"
#include "hooktrail/log.h"
#include "random.h"

#define EVENTS 7
#define MOST_FILES 64

/* A store with some events of one lead, its evidence in memory, file by file, and the key. */
struct fixture {
    struct scratch scratch;
    struct ht_reader *reader;
    char path[128];
    struct ht_verifier key;
    struct file {
        char name[ZIP_MAX_NAME];
        struct ht_buffer bytes;
    } files[MOST_FILES];
    size_t count;
};

static enum ht_status no_text(void *context, const struct ht_bundle_page *page, struct ht_buffer *text,
                              struct ht_error *err)
{
    (void)context, (void)err;
    ht_buffer_printf(text, "%s%s\n", page->first ? "first" : "", page->last ? "last" : "");
    return HT_OK;
}

static void append_events(struct fixture *fixture)
{
    struct ht_appender *appender;
    struct ht_error err = {0};
    char payload[256];
    assert_ok(ht_appender_new(fixture->scratch.store, &appender, &err));
    for (int i = 1; i <= EVENTS; i++) {
        snprintf(payload, sizeof payload,
                 "{\"type\":\"new-contact\",\"conversation\":{\"id\":\"c%d\"},\"lead\":{\"id\":\"l1\",\"email\":"
                 "\"jane%d@example.com\"},\"agent_id\":\"a\"}",
                 i % 2, i);
        scratch_append(appender, payload, SCRATCH_NOW + i * HT_SECOND, NULL);
    }
    scratch_append(appender, "{\"type\":\"new-session\",\"conversation\":{\"id\":\"other\"}}", SCRATCH_NOW, NULL);
    ht_appender_free(appender);
    assert_ok(ht_index_catch_up(fixture->scratch.store, NULL, NULL, NULL, &err));
}

static enum ht_status make(struct fixture *fixture, const char *name, enum ht_subject kind, const char *value,
                           struct ht_bundle_made *made, struct ht_error *err)
{
    snprintf(fixture->path, sizeof fixture->path, "%s/%s", fixture->scratch.dir, name);
    const struct ht_bundle_options options = {
        .subject = {kind, ht_slice_from(value)}, .path = fixture->path, .now = SCRATCH_NOW + HT_DAY, .text = no_text};
    return ht_evidence_make(fixture->scratch.store, fixture->reader, &options, made, err);
}

static void read_key(struct fixture *fixture, struct ht_verifier *key)
{
    struct ht_buffer keys = {0};
    struct ht_error err = {0};
    assert_ok(ht_log_keys(fixture->scratch.store, HT_LOG_EVENTS, &keys, &err));
    struct ht_slice line = ht_buffer_slice(&keys);
    line.size = (size_t)((const char *)memchr(line.data, '\n', line.size) - line.data);
    assert_ok(ht_verifier_parse(line, key, &err));
    ht_buffer_release(&keys);
}

static enum ht_status take_file(void *context, const struct zip_entry *entry, struct ht_slice bytes,
                                struct ht_error *err)
{
    struct fixture *fixture = context;
    (void)err;
    assert_true(fixture->count < MOST_FILES);
    struct file *file = &fixture->files[fixture->count++];
    snprintf(file->name, sizeof file->name, "%s", entry->name);
    ht_buffer_add(&file->bytes, bytes);
    return HT_OK;
}

static void load_files(struct fixture *fixture)
{
    struct ht_error err = {0};
    struct zip_reader zip = {.path = fixture->path};
    assert_ok(zip_reader_open(&zip, &err));
    assert_ok(zip_reader_run(&zip, take_file, fixture, &err));
    zip_reader_release(&zip);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct ht_bundle_made made;
    struct ht_error err = {0};
    assert_non_null(fixture);
    scratch_make(&fixture->scratch);
    append_events(fixture);
    assert_ok(ht_reader_new(fixture->scratch.store, &fixture->reader, &err));
    assert_ok(make(fixture, "lead.zip", HT_SUBJECT_LEAD, "l1", &made, &err));
    assert_int_equal(made.events, EVENTS);
    assert_int_equal(made.conversations, 2);
    assert_int_equal(made.leads, 1);
    assert_int_equal(made.size, EVENTS + 1);
    read_key(fixture, &fixture->key);
    load_files(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < fixture->count; i++)
        ht_buffer_release(&fixture->files[i].bytes);
    ht_reader_free(fixture->reader);
    scratch_drop(&fixture->scratch);
    free(fixture);
    return 0;
}

static struct file *find_file(struct fixture *fixture, const char *name)
{
    for (size_t i = 0; i < fixture->count; i++)
        if (strcmp(fixture->files[i].name, name) == 0) return &fixture->files[i];
    fail_msg("the bundle has no %s", name);
    abort(); /* which fail_msg does, unknown to the compiler */
}

/* ---- checking what is in memory ---- */

/* All files but one (NULL: all), without the zip around them. */
static enum ht_status check_files_without(struct fixture *fixture, const char *without, struct ht_error *err)
{
    struct check check;
    struct ht_bundle_shown shown = {0};
    uint8_t digest[HT_SHA256_SIZE];
    enum ht_status status = check_init(&check, &fixture->key, 1, &shown, err);
    for (size_t i = 0; status == HT_OK && i < fixture->count; i++) {
        const struct file *file = &fixture->files[i];
        if (strcmp(file->name, LAYOUT_SUMS) == 0 || (without && strcmp(file->name, without) == 0)) continue;
        ht_sha256(ht_buffer_slice(&file->bytes), digest);
        status = check_take(&check, ht_slice_from(file->name), digest, ht_buffer_slice(&file->bytes), err);
    }
    if (status == HT_OK) status = check_end(&check, err);
    for (size_t i = 0; status == HT_OK && i < fixture->count; i++) {
        const struct file *file = &fixture->files[i];
        ht_sha256(ht_buffer_slice(&file->bytes), digest);
        status = check_again(&check, ht_slice_from(file->name), digest, ht_buffer_slice(&file->bytes), err);
    }
    check_release(&check);
    ht_bundle_shown_release(&shown);
    return status;
}

static enum ht_status check_files(struct fixture *fixture, struct ht_error *err)
{
    return check_files_without(fixture, NULL, err);
}

/* Puts `to` where `from` is, once, and expects the finding; then puts it back. */
static void expect_finding(struct fixture *fixture, const char *name, const char *from, const char *to,
                           const char *finding)
{
    struct ht_error err = {0};
    struct file *file = find_file(fixture, name);
    struct ht_buffer before = file->bytes, after = {0};
    const char *at = memmem(before.data, before.size, from, strlen(from));
    if (!at) fail_msg("%s has no %s", name, from);
    size_t head = (size_t)(at - before.data);
    ht_buffer_add_bytes(&after, before.data, head);
    ht_buffer_add_text(&after, to);
    ht_buffer_add_bytes(&after, at + strlen(from), before.size - head - strlen(from));
    file->bytes = after;
    enum ht_status status = check_files(fixture, &err);
    file->bytes = before;
    ht_buffer_release(&after);
    if (status == HT_OK) fail_msg("%s, with %s for %s, passes", name, to, from);
    if (!strstr(err.detail, finding)) fail_msg("%s, with %s for %s: %s", name, to, from, err.detail);
}

static void test_what_was_made_is_verified(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_shown shown;
    assert_ok(ht_bundle_check(fixture->path, &fixture->key, 1, NULL, NULL, &shown, &err));
    assert_int_equal(shown.events, EVENTS);
    assert_int_equal(shown.erased, 0);
    assert_int_equal(shown.head.size, EVENTS + 1);
    assert_true(shown.from == SCRATCH_NOW + HT_SECOND);
    assert_true(shown.to == SCRATCH_NOW + EVENTS * HT_SECOND);
    assert_true(shown.made_at == SCRATCH_NOW + HT_DAY);
    assert_string_equal(shown.origin, ht_log_origin(fixture->scratch.store, HT_LOG_EVENTS));
    assert_string_equal(ht_buffer_text(&shown.about), "lead l1");
    ht_bundle_shown_release(&shown);
    assert_ok(check_files(fixture, &err));
    assert_string_equal(ht_buffer_text(&find_file(fixture, "history.txt")->bytes), "firstlast\n");
    find_file(fixture, "timelines/1.json");
    find_file(fixture, "timelines/2.txt");
}

static void test_no_file_can_be_missing(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    for (size_t i = 0; i < fixture->count; i++) {
        const char *name = fixture->files[i].name;
        if (strcmp(name, LAYOUT_SUMS) == 0) continue;
        if (check_files_without(fixture, name, &err) == HT_OK) fail_msg("it passes without %s", name);
    }
}

static void test_findings_are_told(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *name, *from, *to, *finding;
    } cases[] = {
        {"payloads/3.json", "jane3", "jame3", "event 3: the payload has another SHA-256 than manifest.json says"},
        {"payloads/3.json", "}", "} ", "event 3: the payload has another SHA-256"},
        {"openings/3.json", "\"salt\":\"", "\"salt\":\"0", "event 3: its opening is malformed"},
        {"openings/3.json", "\"seq\":3", "\"seq\":4", "event 3: its opening is another event's"},
        {"openings/3.json", "\"delivery\":\"01", "\"delivery\":\"02", "event 3: payload and delivery are not what"},
        {"openings/3.json", "\"payload_sha256\":\"", "\"payload_sha256\":\"ff", "event 3: its opening is malformed"},
        {"deliveries/3.json", "192.0.2.7", "192.0.2.8",
         "event 3: the document of its deliveries tells of another sender"},
        {"deliveries/3.json", "\"at\":\"2025", "\"at\":\"2024", "deliveries tells of another time"},
        {"deliveries/3.json", "\"received_at\":\"2025", "\"received_at\":\"2024", "tells of another time"},
        {"deliveries/3.json", "\"signature_verified\":false", "\"signature_verified\":true", "check of a signature"},
        {"deliveries/3.json", "\"headers\":{", "\"headers\":{\"x\":\"y\"", "tells of another header"},
        {"deliveries/3.json", "\"seq\":3", "\"seq\":2", "tells of another number"},
        {"deliveries/3.json", "\"size\":", "\"size\":1", "tells of another size"},
        {"deliveries/3.json", "\"content_type\":null", "\"content_type\":\"\"", "tells of another content type"},
        {"deliveries/3.json", "\"type\":\"new-contact\"", "\"type\":\"new-session\"",
         "event 3: the document of its deliveries tells of another type than its payload"},
        {"deliveries/3.json", "\"type\":\"new-contact\"", "\"type\":null", "another type"},
        {"deliveries/3.json", "\"lead_id\":\"l1\"", "\"lead_id\":\"l2\"", "another lead"},
        {"deliveries/3.json", "\"lead_id\":\"l1\"", "\"lead_id\":\"\\u006c1\"", "another lead"},
        {"deliveries/3.json", "\"conversation_id\":\"c1\"", "\"conversation_id\":\"c0\"", "another conversation"},
        {"deliveries/3.json", "\"conversation_id\":\"c1\"", "\"derived\":true,\"conversation_id\":\"c0\"",
         "another conversation"},
        {"deliveries/3.json", "\"agent_id\":\"a\"", "\"agent_id\":\"b\"", "another agent"},
        {"deliveries/3.json", "\"agent_name\":null", "\"agent_name\":\"Ann\"", "another agent's name"},
        {"deliveries/3.json", "\"agent_name\":null", "\"agent_name\":{\"x\":1}", "another agent's name"},
        {"deliveries/3.json", "\"visitor_id\":null", "\"visitor_id\":7", "another visitor"},
        {"deliveries/3.json", "\"occurred_at\":\"2025", "\"occurred_at\":\"2024", "another time of what happened"},
        {"deliveries/3.json", "\"warnings\":[", "\"warnings\":[\"forged\"", "another warning"},
        {"deliveries/3.json", "\"warnings\":", "\"unreadable\":true,\"warnings\":", "another reading"},
        {"deliveries/3.json", "\"deliveries\":1", "\"deliveries\":\"many\"", "another form"},
        {"deliveries/3.json", "\"endpoint\":", "\"received_more\":false,\"endpoint\":", "another form"},
        {"deliveries/3.json", "{", "{\"payload\":{\"x\":\"forged\"},",
         "event 3: the document of its deliveries has what"},
        {"deliveries/3.json", "{\"at\"", "{\"x\":1,\"at\"", "has what no such document has"},
        {"deliveries/3.json", "\"received\":[", "\"received\":[7,", "has what no such document has"},
        {"proofs/3.tlog-proof", "index 2", "index 3", "event 3: its proof is of another place"},
        {"proofs/3.tlog-proof", "index 2", "index x", "event 3: its proof is malformed"},
        {"proofs/3.tlog-proof", "\n8\n", "\n9\n", "event 3: its proof is of another checkpoint"},
        {"checkpoint", "\n8\n", "\n9\n", "the checkpoint is not signed by the key given"},
        {"checkpoint", "\n8\n", "\n08\n", "the checkpoint is malformed"},
        {"manifest.json", "\"format\":1", "\"format\":2", "format 2 is not known"},
        {"manifest.json", "\"origin\":\"", "\"origin\":\"x", "another log than the checkpoint"},
        {"manifest.json", "{\"seq\":3,", "{\"seq\":4,", "does not list payloads/4.json"},
        {"manifest.json", "{\"seq\":3,", "{\"seq\":2,", "not in the order"},
        {"manifest.json", "\"payloads/3.json\",", "", "manifest.json does not list payloads/3.json"},
        {"manifest.json", "\"proofs/3.tlog-proof\"", "\"proofs/3.tlog-proof\",\"x\"", "files that no event has"},
        {"manifest.json", "timelines/1.json", "timelines/2.json", "a timeline is listed twice"},
        {"manifest.json", "timelines/1.json", "timelines/9.json", "a timeline that is listed is missing"},
        {"manifest.json", "\"made_at\":\"2", "\"made_at\":\"x", "when it was made"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_finding(fixture, cases[i].name, cases[i].from, cases[i].to, cases[i].finding);
}

static void swap_files(struct fixture *fixture, const char *one, const char *other)
{
    struct file *a = find_file(fixture, one), *b = find_file(fixture, other);
    struct ht_buffer bytes = a->bytes;
    a->bytes = b->bytes;
    b->bytes = bytes;
}

static void test_events_that_change_places_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    char one[ZIP_MAX_NAME], other[ZIP_MAX_NAME];
    for (int parts = 1; parts < 1 << LAYOUT_PARTS; parts++) {
        for (int part = 0; part < LAYOUT_PARTS; part++) {
            layout_name((enum layout_part)part, 2, one);
            layout_name((enum layout_part)part, 5, other);
            if (parts & 1 << part) swap_files(fixture, one, other);
        }
        if (check_files(fixture, &err) == HT_OK) fail_msg("it passes with parts %x changed", parts);
        for (int part = 0; part < LAYOUT_PARTS; part++) {
            layout_name((enum layout_part)part, 2, one);
            layout_name((enum layout_part)part, 5, other);
            if (parts & 1 << part) swap_files(fixture, one, other);
        }
    }
    assert_ok(check_files(fixture, &err));
}

/* In what is proven, every byte counts. */
static void test_any_flipped_bit_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct random random = {1};
    static const char *const proven[] = {"payloads/4.json", "openings/4.json", "leaves/4.leaf", "proofs/4.tlog-proof",
                                         "checkpoint"};
    for (size_t i = 0; i < sizeof proven / sizeof *proven; i++) {
        struct file *file = find_file(fixture, proven[i]);
        for (size_t at = 0; at < file->bytes.size; at++) {
            char bit = (char)(1 << random_below(&random, 8));
            file->bytes.data[at] ^= bit;
            if (check_files(fixture, &err) == HT_OK)
                fail_msg("%s passes with bit %x of byte %zu flipped", proven[i], bit, at);
            file->bytes.data[at] ^= bit;
        }
    }
}

/* ---- the whole file ---- */

/* Writes the files as a zip again, with right sums, or with those that were there. */
static void write_zip(struct fixture *fixture, const char *path, bool right_sums)
{
    struct ht_error err = {0};
    struct zip_writer zip;
    unlink(path);
    assert_ok(zip_writer_open(&zip, path, SCRATCH_NOW, &err));
    for (size_t i = 0; i < fixture->count; i++) {
        if (strcmp(fixture->files[i].name, LAYOUT_SUMS) == 0) continue;
        assert_ok(zip_writer_add(&zip, fixture->files[i].name, ht_buffer_slice(&fixture->files[i].bytes), &err));
    }
    struct ht_buffer sums = {0};
    ht_buffer_add(&sums,
                  right_sums ? ht_buffer_slice(&zip.sums) : ht_buffer_slice(&find_file(fixture, LAYOUT_SUMS)->bytes));
    assert_ok(zip_writer_add(&zip, LAYOUT_SUMS, ht_buffer_slice(&sums), &err));
    assert_ok(zip_writer_end(&zip, &err));
    assert_ok(zip_writer_publish(&zip, &err));
    zip_writer_release(&zip);
    ht_buffer_release(&sums);
}

static enum ht_status check_zip(struct fixture *fixture, const char *path, struct ht_error *err)
{
    struct ht_bundle_shown shown;
    enum ht_status status = ht_bundle_check(path, &fixture->key, 1, NULL, NULL, &shown, err);
    ht_bundle_shown_release(&shown);
    return status;
}

static void test_sums_are_checked(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/again.zip", fixture->scratch.dir);
    write_zip(fixture, path, true);
    assert_ok(check_zip(fixture, path, &err));
    /* in a file that nothing else vouches for */
    struct file *text = find_file(fixture, "history.txt");
    text->bytes.data[0] ^= 1;
    write_zip(fixture, path, false);
    assert_int_equal(check_zip(fixture, path, &err), HT_CORRUPT);
    assert_string_equal(err.detail, "history.txt has another SHA-256 than SHA256SUMS says");
    text->bytes.data[0] ^= 1;
    struct file *sums = find_file(fixture, LAYOUT_SUMS);
    struct ht_buffer before = sums->bytes;
    const char *const wrong[] = {"", "x", "x\n", "0\n\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sums->bytes = (struct ht_buffer){0};
        ht_buffer_add_text(&sums->bytes, wrong[i]);
        write_zip(fixture, path, false);
        ht_buffer_release(&sums->bytes);
        assert_int_equal(check_zip(fixture, path, &err), HT_CORRUPT);
        assert_non_null(strstr(err.detail, "SHA256SUMS"));
    }
    sums->bytes = before;
    /* twice, and one too few */
    size_t line = (size_t)((char *)memchr(before.data, '\n', before.size) - before.data) + 1;
    sums->bytes = (struct ht_buffer){0};
    ht_buffer_add_bytes(&sums->bytes, before.data, before.size);
    ht_buffer_add_bytes(&sums->bytes, before.data, line);
    write_zip(fixture, path, false);
    ht_buffer_release(&sums->bytes);
    assert_int_equal(check_zip(fixture, path, &err), HT_CORRUPT);
    ht_buffer_add_bytes(&sums->bytes, before.data + line, before.size - line);
    write_zip(fixture, path, false);
    ht_buffer_release(&sums->bytes);
    assert_int_equal(check_zip(fixture, path, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "is not in SHA256SUMS"));
    sums->bytes = before;
}

static void test_only_the_key_given_counts(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_signer other;
    struct ht_bundle_shown shown;
    const uint8_t seed[32] = {1};
    struct ht_slice origin = ht_slice_from(fixture->key.name);
    assert_ok(ht_signer_make(origin, seed, HT_KEY_ED25519, &other, &err));
    assert_int_equal(ht_bundle_check(fixture->path, &other.verifier, 1, NULL, NULL, &shown, &err), HT_CORRUPT);
    assert_string_equal(err.detail, "the checkpoint is not signed by the key given");
    ht_bundle_shown_release(&shown);
    /* one of several is enough, but a witness must have signed if its key is given */
    struct ht_verifier keys[] = {other.verifier, fixture->key};
    assert_ok(ht_bundle_check(fixture->path, keys, 2, NULL, NULL, &shown, &err));
    assert_int_equal(shown.key.hash, fixture->key.hash);
    ht_bundle_shown_release(&shown);
    assert_ok(ht_signer_make(HT_SLICE("witness.example"), seed, HT_KEY_COSIGNATURE, &other, &err));
    keys[0] = other.verifier;
    assert_int_equal(ht_bundle_check(fixture->path, keys, 2, NULL, NULL, &shown, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "witness.example"));
    ht_bundle_shown_release(&shown);
    /* the log's key, by which the checkpoint is signed, under another name */
    keys[0] = fixture->key;
    snprintf(keys[0].name, sizeof keys[0].name, "another.example");
    assert_int_equal(ht_bundle_check(fixture->path, keys, 1, NULL, NULL, &shown, &err), HT_CORRUPT);
    ht_bundle_shown_release(&shown);
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)total;
    return done < *(const uint64_t *)context;
}

static void test_it_can_be_stopped(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_shown shown;
    struct ht_bundle_made made;
    uint64_t at = 3;
    assert_int_equal(ht_bundle_check(fixture->path, &fixture->key, 1, stop, &at, &shown, &err), HT_STOPPING);
    ht_bundle_shown_release(&shown);
    char path[128];
    snprintf(path, sizeof path, "%s/stopped.zip", fixture->scratch.dir);
    const struct ht_bundle_options options = {.subject = {HT_SUBJECT_LEAD, HT_SLICE("l1")},
                                              .path = path,
                                              .now = SCRATCH_NOW,
                                              .text = no_text,
                                              .progress = stop,
                                              .progress_context = &at};
    assert_int_equal(ht_evidence_make(fixture->scratch.store, fixture->reader, &options, &made, &err), HT_STOPPING);
    assert_int_equal(access(path, F_OK), -1);
}

/* ---- other bundles ---- */

static void test_of_a_conversation_and_of_one_event(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    struct ht_bundle_shown shown;
    assert_ok(make(fixture, "c1.zip", HT_SUBJECT_CONVERSATION, "c1", &made, &err));
    assert_int_equal(made.events, 4);
    assert_ok(ht_bundle_check(fixture->path, &fixture->key, 1, NULL, NULL, &shown, &err));
    assert_int_equal(shown.events, 4);
    assert_string_equal(ht_buffer_text(&shown.about), "conversation c1");
    ht_bundle_shown_release(&shown);
    assert_ok(make(fixture, "8.zip", HT_SUBJECT_SEQ, "8", &made, &err));
    assert_int_equal(made.events, 1);
    assert_ok(ht_bundle_check(fixture->path, &fixture->key, 1, NULL, NULL, &shown, &err));
    assert_true(shown.from == SCRATCH_NOW && shown.to == SCRATCH_NOW);
    ht_bundle_shown_release(&shown);
}

static void test_of_what_is_not_there(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    assert_int_equal(make(fixture, "x.zip", HT_SUBJECT_LEAD, "l2", &made, &err), HT_NOT_FOUND);
    assert_int_equal(make(fixture, "x.zip", HT_SUBJECT_CONVERSATION, "c9", &made, &err), HT_NOT_FOUND);
    assert_int_equal(make(fixture, "x.zip", HT_SUBJECT_SEQ, "9", &made, &err), HT_NOT_FOUND);
    assert_int_equal(make(fixture, "x.zip", HT_SUBJECT_SEQ, "x", &made, &err), HT_INVALID);
    assert_int_equal(make(fixture, "x.zip", HT_SUBJECT_EMAIL, "jane1@example.com", &made, &err), HT_INVALID);
    assert_int_equal(access(fixture->path, F_OK), -1);
    assert_int_equal(make(fixture, "lead.zip", HT_SUBJECT_LEAD, "l1", &made, &err), HT_EXISTS);
}

static void expect_act(struct fixture *fixture, enum ht_act_kind kind, const char *detail)
{
    struct ht_error err = {0};
    struct ht_act act;
    uint64_t last;
    assert_ok(ht_reader_begin(fixture->reader, &err));
    assert_ok(ht_act_last(fixture->reader, &last, &err));
    assert_ok(ht_act_get(fixture->reader, last, &act, &err));
    assert_int_equal(act.kind, kind);
    assert_true(ht_slice_is(act.detail, detail));
    assert_null(act.object.data);
    ht_reader_end(fixture->reader);
}

static void test_acts_tell_of_it_without_ids(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    expect_act(fixture, HT_ACT_EVIDENCE, "of a lead: 7 events");
    assert_ok(make(fixture, "c0.zip", HT_SUBJECT_CONVERSATION, "c0", &made, &err));
    expect_act(fixture, HT_ACT_EVIDENCE, "of a conversation: 3 events");
}

static void erase(struct fixture *fixture, enum ht_subject kind, const char *value)
{
    struct ht_error err = {0};
    struct ht_erased erased;
    const struct ht_subject_ref subject = {kind, ht_slice_from(value)};
    assert_ok(ht_erase(fixture->scratch.store, &subject, 1, "a test", SCRATCH_NOW + 2 * HT_DAY, false, NULL, NULL,
                       &erased, &err));
    assert_true(erased.events > 0);
}

static void test_erasures_before_and_behind(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    struct ht_bundle_shown shown;
    char before[sizeof fixture->path];
    snprintf(before, sizeof before, "%s", fixture->path);
    erase(fixture, HT_SUBJECT_SEQ, "3");
    /* made before, it still verifies; made now, it has a tombstone, and verifies too */
    assert_ok(check_zip(fixture, before, &err));
    assert_ok(make(fixture, "again.zip", HT_SUBJECT_LEAD, "l1", &made, &err));
    assert_int_equal(made.events, EVENTS);
    assert_int_equal(made.erased, 1); /* of the lead's conversation */
    assert_ok(make(fixture, "c1.zip", HT_SUBJECT_CONVERSATION, "c1", &made, &err));
    assert_int_equal(made.events, 4);
    assert_int_equal(made.erased, 1);
    assert_ok(ht_bundle_check(fixture->path, &fixture->key, 1, NULL, NULL, &shown, &err));
    assert_int_equal(shown.events, 4);
    assert_int_equal(shown.erased, 1);
    ht_bundle_shown_release(&shown);
    assert_ok(make(fixture, "3.zip", HT_SUBJECT_SEQ, "3", &made, &err));
    assert_ok(ht_bundle_check(fixture->path, &fixture->key, 1, NULL, NULL, &shown, &err));
    assert_int_equal(shown.erased, 1);
    ht_bundle_shown_release(&shown);
    /* nothing is left of it */
    erase(fixture, HT_SUBJECT_LEAD, "l1");
    assert_int_equal(make(fixture, "gone.zip", HT_SUBJECT_LEAD, "l1", &made, &err), HT_ERASED);
    assert_ok(check_zip(fixture, before, &err));
}

/* Erases event 1 once all are in the bundle. */
static bool erase_at_the_end(void *context, uint64_t done, uint64_t total)
{
    if (done == total) erase(context, HT_SUBJECT_SEQ, "1");
    return true;
}

static void test_nothing_goes_out_that_was_erased_meanwhile(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    char path[128];
    snprintf(path, sizeof path, "%s/race.zip", fixture->scratch.dir);
    struct ht_bundle_options options = {.subject = {HT_SUBJECT_LEAD, HT_SLICE("l1")},
                                        .path = path,
                                        .now = SCRATCH_NOW,
                                        .text = no_text,
                                        .progress = erase_at_the_end,
                                        .progress_context = fixture};
    assert_int_equal(ht_subject_make(fixture->scratch.store, fixture->reader, &options, &made, &err), HT_BUSY);
    assert_string_equal(err.detail, "something was erased just now: try again");
    assert_int_equal(access(path, F_OK), -1);
    struct ht_act act;
    uint64_t last;
    assert_ok(ht_reader_begin(fixture->reader, &err));
    assert_ok(ht_act_last(fixture->reader, &last, &err));
    assert_ok(ht_act_get(fixture->reader, last, &act, &err));
    assert_int_equal(act.kind, HT_ACT_ERASE); /* none of a bundle that was not made */
    ht_reader_end(fixture->reader);
    options.progress = NULL;
    assert_ok(ht_subject_make(fixture->scratch.store, fixture->reader, &options, &made, &err));
    assert_int_equal(made.erased, 1);
}

static void test_no_evidence_of_what_was_erased_meanwhile(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    char path[128];
    snprintf(path, sizeof path, "%s/race.zip", fixture->scratch.dir);
    const struct ht_bundle_options options = {.subject = {HT_SUBJECT_CONVERSATION, HT_SLICE("c1")},
                                              .path = path,
                                              .now = SCRATCH_NOW,
                                              .text = no_text,
                                              .progress = erase_at_the_end,
                                              .progress_context = fixture};
    assert_int_equal(ht_evidence_make(fixture->scratch.store, fixture->reader, &options, &made, &err), HT_BUSY);
    assert_int_equal(access(path, F_OK), -1);
}

/* ---- pages ---- */

/* A conversation of more than two pages of messages, of a lead of its own. */
static void append_long_talk(struct fixture *fixture, unsigned messages)
{
    struct ht_appender *appender;
    struct ht_error err = {0};
    struct ht_buffer payload = {0};
    ht_buffer_add_text(&payload, "{\"conversation\":{\"id\":\"long\"},\"lead\":{\"id\":\"l9\"},\"messages\":[");
    for (unsigned i = 0; i < messages; i++)
        ht_buffer_printf(&payload,
                         "%s{\"id\":\"m%u\",\"role\":\"user\",\"content\":\"message %u\",\"created_at\":"
                         "\"2025-11-20T10:%02u:%02uZ\"}",
                         i ? "," : "", i, i, i / 60 % 60, i % 60);
    ht_buffer_add_text(&payload, "]}");
    assert_ok(ht_appender_new(fixture->scratch.store, &appender, &err));
    scratch_append(appender, ht_buffer_text(&payload), SCRATCH_NOW, NULL);
    ht_appender_free(appender);
    ht_buffer_release(&payload);
    assert_ok(ht_index_catch_up(fixture->scratch.store, NULL, NULL, NULL, &err));
}

static enum ht_status erase_behind_a_page(void *context, const struct ht_bundle_page *page, struct ht_buffer *text,
                                          struct ht_error *err)
{
    if (page->first) erase(context, HT_SUBJECT_CONVERSATION, "long");
    return no_text(context, page, text, err);
}

static void test_what_goes_between_two_pages_was_there(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    char path[128];
    snprintf(path, sizeof path, "%s/race.zip", fixture->scratch.dir);
    const struct ht_bundle_options options = {.subject = {HT_SUBJECT_CONVERSATION, HT_SLICE("long")},
                                              .path = path,
                                              .now = SCRATCH_NOW,
                                              .text = erase_behind_a_page,
                                              .text_context = fixture};
    append_long_talk(fixture, 2100);
    assert_int_equal(ht_evidence_make(fixture->scratch.store, fixture->reader, &options, &made, &err), HT_BUSY);
    assert_string_equal(err.detail, "something was erased just now: try again");
    assert_int_equal(ht_evidence_make(fixture->scratch.store, fixture->reader, &options, &made, &err), HT_ERASED);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_all_pages_are_one_document(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct pages pages = {0};
    const struct ht_bundle_options options = {.text = no_text};
    struct ht_json *json = ht_json_new();
    append_long_talk(fixture, 2100);
    assert_ok(pages_read(&pages, fixture->reader, HT_QUERY_TIMELINE, HT_SLICE("long"), &options, &err));
    assert_string_equal(ht_buffer_text(&pages.text), "first\n\nlast\n");
    assert_ok(ht_json_parse(json, ht_buffer_slice(&pages.document), &err));
    uint32_t items = ht_json_member(json, 0, "items"), messages = 0;
    for (uint32_t at = ht_json_first(json, items); at != HT_JSON_NONE; at = ht_json_after(json, items, at)) {
        char wanted[32];
        uint32_t content = ht_json_member(json, at, "content");
        if (content == HT_JSON_NONE) continue;
        snprintf(wanted, sizeof wanted, "message %u", messages++);
        assert_true(ht_slice_is(ht_json_raw(json, content), wanted));
    }
    assert_int_equal(messages, 2100);
    assert_int_equal(ht_json_type(json, ht_json_member(json, 0, "next")), HT_JSON_NULL);
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_path(json, 0, "conversation.id")), "long"));
    /* what has one page is the engine's document, byte for byte; the same memory may be used again */
    struct ht_buffer document = {0};
    assert_ok(pages_read(&pages, fixture->reader, HT_QUERY_HISTORY, HT_SLICE("l9"), &options, &err));
    assert_ok(pages_one(fixture->reader, HT_QUERY_HISTORY, HT_SLICE("l9"), &document, &err));
    assert_true(ht_slice_equal(ht_buffer_slice(&document), ht_buffer_slice(&pages.document)));
    assert_string_equal(ht_buffer_text(&pages.text), "firstlast\n");
    assert_int_equal(pages_read(&pages, fixture->reader, HT_QUERY_HISTORY, HT_SLICE("none"), &options, &err),
                     HT_NOT_FOUND);
    ht_buffer_release(&document);
    pages_release(&pages);
    ht_json_free(json);
}

/* ---- for the person ---- */

static void test_all_that_is_held_of_a_person(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_bundle_made made;
    char path[128];
    struct ht_bundle_options options = {.subject = {HT_SUBJECT_EMAIL, HT_SLICE(" JANE2@example.com ")},
                                        .path = path,
                                        .now = SCRATCH_NOW,
                                        .text = no_text};
    snprintf(path, sizeof path, "%s/jane.zip", fixture->scratch.dir);
    erase(fixture, HT_SUBJECT_SEQ, "3");
    assert_ok(ht_subject_make(fixture->scratch.store, fixture->reader, &options, &made, &err));
    expect_act(fixture, HT_ACT_SUBJECT_EXPORT, "of an address: 7 events");
    assert_int_equal(made.events, EVENTS);
    assert_int_equal(made.erased, 1);
    assert_int_equal(made.leads, 1);
    assert_int_equal(made.conversations, 2);
    for (size_t i = 0; i < fixture->count; i++)
        ht_buffer_release(&fixture->files[i].bytes);
    fixture->count = 0;
    snprintf(fixture->path, sizeof fixture->path, "%s", path);
    load_files(fixture);
    assert_int_equal(fixture->count, 1 + 2 + 4 + (EVENTS - 1) + 2);
    find_file(fixture, "contacts/1.json");
    find_file(fixture, "conversations/2.txt");
    find_file(fixture, "payloads/7.json");
    const char *deliveries = ht_buffer_text(&find_file(fixture, "deliveries.json")->bytes);
    assert_non_null(strstr(deliveries, "{\"seq\":7,\"type\":\"new-contact\",\"received\":[{\"at\":\"2025-11-24T13:20:07"
                                       ".000Z\",\"sender\":\"192.0.2.7\"}]}"));
    assert_null(strstr(deliveries, "\"seq\":3,"));
    const char *erased = ht_buffer_text(&find_file(fixture, "erased.json")->bytes);
    assert_non_null(
        strstr(erased, "{\"erased\":[{\"seq\":3,\"received_at\":\"2025-11-24T13:20:03.000Z\",\"erased_at\""));
    options.subject = (struct ht_subject_ref){HT_SUBJECT_SEQ, HT_SLICE("1")};
    assert_int_equal(ht_subject_make(fixture->scratch.store, fixture->reader, &options, &made, &err), HT_INVALID);
    options.subject = (struct ht_subject_ref){HT_SUBJECT_EMAIL, HT_SLICE("nobody@example.com")};
    assert_int_equal(ht_subject_make(fixture->scratch.store, fixture->reader, &options, &made, &err), HT_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_was_made_is_verified, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_file_can_be_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_findings_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_events_that_change_places_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_any_flipped_bit_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sums_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_the_key_given_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_can_be_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_of_a_conversation_and_of_one_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_of_what_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_acts_tell_of_it_without_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_erasures_before_and_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_goes_out_that_was_erased_meanwhile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_evidence_of_what_was_erased_meanwhile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_goes_between_two_pages_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_pages_are_one_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_that_is_held_of_a_person, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
