/* A witness's answer, and the setting that names witnesses. The first byte says which, and the status: what is taken
   from an answer verifies by itself, under the text that was sent.

   Covers: server/witness_protocol.c server/tile_path.c */
#include <sodium.h>
#include <stdlib.h>

#include "../../server/tile_path.h"
#include "../../server/witness_protocol.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT HT_SLICE("log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")
#define NOW UINT64_C(1700000000)

static void check_list(struct ht_slice text)
{
    struct ht_witness_list list;
    if (ht_witness_list_parse(text, &list, NULL) != HT_OK) return;
    require(list.count <= HT_WITNESS_MAX);
    for (size_t i = 0; i < list.count; i++) {
        require(list.witnesses[i].key.type == HT_KEY_COSIGNATURE);
        require(strncmp(list.witnesses[i].url, "http", 4) == 0);
    }
}

static void check_path(struct ht_slice text)
{
    struct ht_tile_path path;
    if (ht_tile_path_parse(text, true, &path)) require(path.level < 64 && path.width > 0 && path.width <= 256);
    if (ht_tile_path_parse(text, false, &path)) require(path.level == 0 && path.width > 0 && path.width <= 256);
}

static void check_cosignature(const struct ht_witness *witness, const struct ht_witness_answer *answer)
{
    struct ht_note note;
    struct ht_buffer whole = {0};
    ht_buffer_add(&whole, TEXT);
    ht_buffer_add_byte(&whole, '\n');
    ht_buffer_add(&whole, ht_buffer_slice(&answer->lines));
    require(ht_note_parse(ht_buffer_slice(&whole), &note, NULL) == HT_OK && note.count == 1);
    require(ht_slice_equal(note.text, TEXT) && ht_note_verify(&note, &witness->key, NULL));
    require(answer->time <= NOW + HT_WITNESS_AHEAD);
    ht_buffer_release(&whole);
}

static void check_answer(int code, struct ht_slice body)
{
    static const uint8_t seed[32] = {1};
    struct ht_signer signer;
    struct ht_witness witness = {.url = "http://w.example"};
    struct ht_witness_answer answer;
    struct ht_witness_reply reply = {code, HT_SLICE("text/x.tlog.size"), body};
    require(ht_signer_make(HT_SLICE("w.example/one"), seed, HT_KEY_COSIGNATURE, &signer, NULL) == HT_OK);
    witness.key = signer.verifier;
    enum ht_status status = ht_witness_read_answer(&witness, TEXT, &reply, NOW, &answer, NULL);
    require((status == HT_OK && !answer.conflict) == (answer.lines.size > 0));
    if (answer.lines.size > 0) check_cosignature(&witness, &answer);
    ht_buffer_release(&answer.lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || sodium_init() < 0) return 0;
    struct ht_slice rest = ht_slice_of(data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        check_list(rest);
        break;
    case 1:
        check_path(rest);
        break;
    default:
        check_answer(data[0] % 4 == 2 ? 200 : 409, rest);
        break;
    }
    return 0;
}
