#include "scratch.h"

#include "hooktrail/endpoint.h"
#include "hooktrail/token.h"
#include "hooktrail/watermark.h"

struct bench {
    struct scratch scratch;
    struct ht_reader *reader;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    scratch_make(&bench->scratch);
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    ht_reader_free(bench->reader);
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static enum ht_status find(struct bench *bench, const char *path, struct ht_endpoint *endpoint)
{
    struct ht_error err = {0};
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    enum ht_status status = ht_endpoint_find(bench->reader, ht_slice_from(path + strlen("/hooks/")), endpoint, &err);
    ht_reader_end(bench->reader);
    return status;
}

static enum ht_status find_token(struct bench *bench, const char *text, struct ht_token *token)
{
    struct ht_error err = {0};
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    enum ht_status status = ht_token_find(bench->reader, ht_slice_from(text), token, &err);
    ht_reader_end(bench->reader);
    return status;
}

static void an_endpoint_is_found_by_its_secret_alone(void **state)
{
    struct bench *bench = *state;
    struct ht_endpoint endpoint;
    char wrong[HT_SECRET_TEXT_SIZE];
    assert_int_equal(find(bench, bench->scratch.secrets.endpoint, &endpoint), HT_OK);
    assert_int_equal(endpoint.id, 1);
    assert_string_equal(endpoint.name, "default");
    assert_false(endpoint.retired);
    assert_false(endpoint.is_signed);
    for (size_t i = strlen("/hooks/"); bench->scratch.secrets.endpoint[i] != '\0'; i++) {
        memcpy(wrong, bench->scratch.secrets.endpoint, sizeof wrong);
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        assert_int_equal(find(bench, wrong, &endpoint), HT_NOT_FOUND);
    }
    assert_int_equal(find(bench, "/hooks/", &endpoint), HT_NOT_FOUND);
    assert_int_equal(find(bench, "/hooks/default", &endpoint), HT_NOT_FOUND);
}

static void rotation_overlaps_until_the_old_one_is_retired(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_endpoint old, new, found;
    char path[HT_SECRET_TEXT_SIZE], again[HT_SECRET_TEXT_SIZE];
    assert_int_equal(find(bench, bench->scratch.secrets.endpoint, &old), HT_OK);
    assert_ok(ht_endpoint_rotate(bench->scratch.store, old.id, HT_ABSENT, SCRATCH_NOW + 1, &new, path, &scratch_error));
    assert_int_not_equal(new.id, old.id);
    assert_int_equal(new.family, old.family);
    assert_string_equal(new.name, old.name);
    assert_int_equal(find(bench, path, &found), HT_OK);
    assert_int_equal(find(bench, bench->scratch.secrets.endpoint, &found), HT_OK);
    assert_false(found.retired);
    assert_ok(ht_endpoint_retire(bench->scratch.store, old.id, HT_ABSENT, SCRATCH_NOW + 2, &scratch_error));
    assert_int_equal(find(bench, bench->scratch.secrets.endpoint, &found), HT_OK);
    assert_true(found.retired);
    assert_int_equal(found.retired_at, SCRATCH_NOW + 2);
    assert_int_equal(find(bench, path, &found), HT_OK);
    assert_false(found.retired);
    assert_int_equal(ht_endpoint_retire(bench->scratch.store, old.id, HT_ABSENT, SCRATCH_NOW, &err), HT_GONE);
    assert_int_equal(ht_endpoint_rotate(bench->scratch.store, old.id, HT_ABSENT, SCRATCH_NOW, &new, again, &err),
                     HT_GONE);
    assert_int_equal(ht_endpoint_retire(bench->scratch.store, 99, HT_ABSENT, SCRATCH_NOW, &err), HT_NOT_FOUND);
}

static void names_are_checked_and_unique_among_the_active(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_endpoint endpoint;
    char path[HT_SECRET_TEXT_SIZE];
    struct ht_store *store = bench->scratch.store;
    const char *bad[] = {"",
                         ".hidden",
                         "-x",
                         "a b",
                         "a/b",
                         "caf\xc3\xa9",
                         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(ht_endpoint_add(store, bad[i], HT_ABSENT, HT_ABSENT, SCRATCH_NOW, &endpoint, path, &err),
                         HT_INVALID);
    assert_int_equal(ht_endpoint_add(store, "default", HT_ABSENT, HT_ABSENT, SCRATCH_NOW, &endpoint, path, &err),
                     HT_EXISTS);
    assert_ok(ht_endpoint_retire(store, 1, HT_ABSENT, SCRATCH_NOW, &scratch_error));
    assert_ok(ht_endpoint_add(store, "default", HT_ABSENT, HT_ABSENT, SCRATCH_NOW, &endpoint, path, &scratch_error));
    assert_int_equal(endpoint.id, 2);
    assert_int_equal(endpoint.family, 2);
}

static void a_signing_secret_is_kept_and_inherited(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_endpoint endpoint, rotated;
    char path[HT_SECRET_TEXT_SIZE];
    struct ht_store *store = bench->scratch.store;
    assert_ok(ht_endpoint_add(store, "signed", HT_SLICE("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), HT_ABSENT,
                              SCRATCH_NOW, &endpoint, path, &scratch_error));
    assert_true(endpoint.is_signed);
    assert_int_equal(endpoint.signing_key_size, 24);
    assert_ok(ht_endpoint_rotate(store, endpoint.id, HT_ABSENT, SCRATCH_NOW, &rotated, path, &scratch_error));
    assert_int_equal(find(bench, path, &rotated), HT_OK);
    assert_memory_equal(rotated.signing_key, endpoint.signing_key, 24);
    assert_int_equal(
        ht_endpoint_add(store, "bad", HT_SLICE("whsec_c2hvcnQ="), HT_ABSENT, SCRATCH_NOW, &endpoint, path, &err),
        HT_INVALID);
}

static void a_token_works_until_revoked(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_token token, found;
    char text[HT_SECRET_TEXT_SIZE];
    struct ht_store *store = bench->scratch.store;
    assert_int_equal(find_token(bench, bench->scratch.secrets.token, &found), HT_OK);
    assert_int_equal(found.scopes, HT_SCOPE_READ | HT_SCOPE_ADMIN);
    assert_ok(ht_token_add(store, "reader", HT_SCOPE_READ, HT_ABSENT, SCRATCH_NOW, &token, text, &scratch_error));
    assert_int_equal(ht_token_add(store, "reader", HT_SCOPE_READ, HT_ABSENT, SCRATCH_NOW, &token, text, &err),
                     HT_EXISTS);
    assert_int_equal(ht_token_add(store, "none", 0, HT_ABSENT, SCRATCH_NOW, &token, text, &err), HT_INVALID);
    assert_int_equal(ht_token_add(store, "odd", 8, HT_ABSENT, SCRATCH_NOW, &token, text, &err), HT_INVALID);
    assert_int_equal(find_token(bench, "ht_AAAA", &found), HT_UNAUTHORIZED);
    assert_int_equal(find_token(bench, "", &found), HT_UNAUTHORIZED);
    assert_int_equal(find_token(bench, bench->scratch.secrets.token + 3, &found), HT_UNAUTHORIZED);
    assert_ok(ht_token_revoke(store, 1, HT_ABSENT, SCRATCH_NOW, &scratch_error));
    assert_int_equal(find_token(bench, bench->scratch.secrets.token, &found), HT_UNAUTHORIZED);
    assert_int_equal(ht_token_revoke(store, 1, HT_ABSENT, SCRATCH_NOW, &err), HT_GONE);
    assert_int_equal(ht_token_revoke(store, 9, HT_ABSENT, SCRATCH_NOW, &err), HT_NOT_FOUND);
}

static void secrets_are_not_on_disk(void **state)
{
    struct bench *bench = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/trail/data.mdb", bench->scratch.dir);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char bytes[1 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_null(memmem(bytes, size, bench->scratch.secrets.endpoint + 7, 43));
    assert_null(memmem(bytes, size, bench->scratch.secrets.token + 3, 43));
    assert_non_null(memmem(bytes, size, "default", 7));
}

static void a_watermark_moves_as_it_is_told(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_watermark got, set;
    memset(&set, 0, sizeof set); /* its padding too: it is compared as memory */
    set.run = 4;
    set.done = (struct ht_mark){{41, 7}, 2};
    set.running = set.full = true;
    set.pending = (struct ht_mark){{77, 8}, 3};
    set.rows = 123;
    set.moved_at = SCRATCH_NOW;
    set.tables = 5;
    assert_ok(ht_watermark_set(bench->scratch.store, "nightly", &set, &scratch_error));
    assert_int_equal(ht_watermark_set(bench->scratch.store, "../x", &set, &err), HT_INVALID);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_watermark_get(bench->reader, "nightly", &got, &scratch_error));
    assert_memory_equal(&got, &set, sizeof got);
    assert_int_equal(ht_watermark_get(bench->reader, "weekly", &got, &err), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    assert_ok(ht_watermark_set(bench->scratch.store, "daily", &set, &scratch_error));
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    char name[HT_EXPORT_NAME_SIZE] = "";
    assert_ok(ht_watermark_next(bench->reader, name, &scratch_error));
    assert_string_equal(name, "daily");
    assert_ok(ht_watermark_next(bench->reader, name, &scratch_error));
    assert_string_equal(name, "nightly");
    assert_int_equal(ht_watermark_next(bench->reader, name, &err), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_endpoint_is_found_by_its_secret_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rotation_overlaps_until_the_old_one_is_retired, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_checked_and_unique_among_the_active, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signing_secret_is_kept_and_inherited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_works_until_revoked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets_are_not_on_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_watermark_moves_as_it_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
