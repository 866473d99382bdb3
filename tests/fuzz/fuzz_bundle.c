/* Evidence bundles from outside. An input is a zip; or, behind a byte 1, files without a zip around them, so that what
   is in them is reached as well: length of the name (1 byte), name, length (2 bytes, big-endian), bytes. Nothing but
   the seeds' own events can ever be verified by the seeds' key.

   Covers: query/bundle/check.c query/bundle/check_delivery.c query/bundle/check_event.c query/bundle/check_facts.c
   query/bundle/zip_reader.c */
#include <stdlib.h>

#include "../../query/bundle/check.h"
#include "hooktrail/bundle.h"
#include "require.h"

#define KEY "fuzz.example/log+53994b76+ASSAy4eAwREJC15+w9U3dWk41PmubfUq6ZaMKlk9itj4"
#define EVENTS 3 /* events in the log that the seeds are from */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_shown(enum ht_status status, const struct ht_error *err, const struct ht_bundle_shown *shown)
{
    require(status == HT_OK || err->detail[0] != '\0');
    if (status != HT_OK) return;
    require(shown->events > 0 && shown->events <= EVENTS && shown->erased <= shown->events);
    require(shown->from <= shown->to && shown->head.size == EVENTS);
}

typedef enum ht_status take(struct check *check, struct ht_slice name, const uint8_t sha256[HT_SHA256_SIZE],
                            struct ht_slice bytes, struct ht_error *err);

static enum ht_status take_files(struct check *check, take *take, const uint8_t *at, size_t left, struct ht_error *err)
{
    uint8_t digest[HT_SHA256_SIZE];
    enum ht_status status = HT_OK;
    while (status == HT_OK && left >= 3) {
        size_t named = at[0] < left - 3 ? at[0] : left - 3;
        struct ht_slice name = ht_slice_of(at + 1, named);
        size_t sized = (size_t)at[1 + named] << 8 | at[2 + named];
        at += 3 + named, left -= 3 + named;
        struct ht_slice bytes = ht_slice_of(at, sized < left ? sized : left);
        at += bytes.size, left -= bytes.size;
        ht_sha256(bytes, digest);
        status = take(check, name, digest, bytes, err);
    }
    return status;
}

static void check_files(const struct ht_verifier *key, const uint8_t *at, size_t left)
{
    struct check check;
    struct ht_bundle_shown shown = {0};
    struct ht_error err = {0};
    enum ht_status status = check_init(&check, key, 1, &shown, &err);
    require(status == HT_OK);
    status = take_files(&check, check_take, at, left, &err);
    if (status == HT_OK) status = check_end(&check, &err);
    if (status == HT_OK) status = take_files(&check, check_again, at, left, &err);
    require_shown(status, &err, &shown);
    check_release(&check);
    ht_bundle_shown_release(&shown);
}

static void check_zip(const struct ht_verifier *key, struct ht_slice zip)
{
    struct ht_bundle_shown shown;
    struct ht_error err = {0};
    enum ht_status status = ht_bundle_check_bytes(zip, key, 1, &shown, &err);
    require_shown(status, &err, &shown);
    ht_bundle_shown_release(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_verifier key;
    require(ht_verifier_parse(HT_SLICE(KEY), &key, NULL) == HT_OK);
    if (size > 0 && data[0] == 1)
        check_files(&key, data + 1, size - 1);
    else
        check_zip(&key, ht_slice_of(data, size));
    return 0;
}
