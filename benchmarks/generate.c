/* Writes generated payloads: as NDJSON to stdout, or one a file. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/conversation.h"
#include "hooktrail/encode.h"

struct generate {
    struct conversation_options conversations;
    uint64_t first;
    uint64_t count;
    bool with_delivery;
    bool ids;
    uint64_t events;   /* ids of conversations of that many events only; 0: of all */
    const char *files; /* a folder, or NULL */
};

static const char usage[] = "usage: generate [options]\n"
                            "  --count N              payloads (1000)\n"
                            "  --first N              number of the first (0)\n"
                            "  --files DIR            one a file, DIR/NUMBER, instead of NDJSON on stdout\n"
                            "  --with-delivery        the stored form of a delivery before each, as in a record\n"
                            "  --ids                  the id of each payload's conversation instead\n"
                            "  --events N             with --ids: only of conversations that have N events, at their "
                            "last one\n" CONVERSATION_USAGE;

static bool parse(int argc, char **argv, struct generate *generate)
{
    static const struct option options[] = {CONVERSATION_LONG_OPTIONS,
                                            {"count", required_argument, NULL, 'n'},
                                            {"first", required_argument, NULL, 'f'},
                                            {"files", required_argument, NULL, 'd'},
                                            {"with-delivery", no_argument, NULL, 'w'},
                                            {"ids", no_argument, NULL, 'i'},
                                            {"events", required_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bool valid = true;
        if (option == 'n' || option == 'f' || option == 'e') {
            uint64_t *number = option == 'n' ? &generate->count : option == 'f' ? &generate->first : &generate->events;
            valid = ht_parse_u64(ht_slice_from(optarg), number) == HT_OK;
        } else if (option == 'd') {
            generate->files = optarg;
        } else if (option == 'w') {
            generate->with_delivery = true;
        } else if (option == 'i') {
            generate->ids = true;
        } else {
            valid = conversation_set(&generate->conversations, (char)option, optarg);
        }
        if (!valid) return false;
    }
    return optind == argc;
}

static bool write_file(const struct generate *generate, uint64_t number, struct ht_slice bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%08llu", generate->files, (unsigned long long)number);
    FILE *file = fopen(path, "w");
    if (file == NULL) return false;
    bool written = fwrite(bytes.data, 1, bytes.size, file) == bytes.size;
    return fclose(file) == 0 && written;
}

static bool write_id(const struct generate *generate, uint64_t number)
{
    uint32_t event = 0;
    char id[CONVERSATION_ID_SIZE];
    if (generate->events != 0) {
        uint32_t events = conversation_events(&generate->conversations, number, &event);
        if (events != generate->events || event + 1 != events) return true;
    }
    conversation_id(&generate->conversations, number, id);
    return puts(id) >= 0;
}

static bool write_one(const struct generate *generate, uint64_t number, struct ht_buffer *scratch,
                      struct ht_buffer *out)
{
    struct ht_delivery delivery;
    if (generate->ids) return write_id(generate, number);
    ht_buffer_clear(out);
    if (generate->with_delivery) {
        conversation_delivery(&generate->conversations, number, scratch, &delivery);
        ht_delivery_encode(&delivery, out);
    }
    conversation_payload(&generate->conversations, number, out);
    if (generate->files == NULL) ht_buffer_add_byte(out, '\n');
    if (ht_buffer_status(out, NULL) != HT_OK) return false;
    if (generate->files != NULL) return write_file(generate, number, ht_buffer_slice(out));
    return fwrite(out->data, 1, out->size, stdout) == out->size;
}

int main(int argc, char **argv)
{
    struct generate generate = {.conversations = CONVERSATION_DEFAULTS, .count = 1000};
    struct ht_buffer scratch = {0}, out = {0};
    bool written = true;
    if (!parse(argc, argv, &generate)) {
        fputs(usage, stderr);
        return 2;
    }
    for (uint64_t i = 0; i < generate.count && written; i++)
        written = write_one(&generate, generate.first + i, &scratch, &out);
    if (fflush(stdout) != 0 || !written) perror("generate");
    ht_buffer_release(&scratch);
    ht_buffer_release(&out);
    return written ? 0 : 1;
}
