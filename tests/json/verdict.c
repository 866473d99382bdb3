/* The scanner's verdict on texts: reads frames (size, 4 bytes, little-endian; the text) from standard input and writes
   for each a byte (1: taken) and the offset of the fault (4 bytes). With --cases it writes the table of cases.h
   instead: for each case a frame and the verdict expected. For agree.mjs, which has an opinion of its own. */
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/json.h"

static const struct {
    struct ht_slice text;
    bool valid;
    uint32_t offset;
} cases[] = {
#define VALID(literal) {{(literal), sizeof(literal) - 1}, true, 0},
#define INVALID(at, literal) {{(literal), sizeof(literal) - 1}, false, (at)},
#include "cases.h"
};

static void write_number(uint32_t number)
{
    for (int i = 0; i < 4; i++)
        putchar((int)(number >> 8 * i & 0xff));
}

static void write_verdict(bool valid, uint32_t offset)
{
    putchar(valid);
    write_number(valid ? 0 : offset);
}

static bool read_number(uint32_t *number)
{
    uint8_t bytes[4];
    if (fread(bytes, 1, sizeof bytes, stdin) != sizeof bytes) return false;
    *number = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    return true;
}

/* In a block of its own size, so that a sanitizer sees a read beyond its end. */
static void judge(struct ht_json *json, uint32_t size)
{
    struct ht_error err = {0};
    char *text = malloc(size > 0 ? size : 1);
    if (!text || fread(text, 1, size, stdin) != size) exit(1);
    bool valid = ht_json_parse(json, ht_slice_of(text, size), &err) == HT_OK;
    write_verdict(valid, (uint32_t)err.offset);
    free(text);
}

static void write_cases(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_number((uint32_t)cases[i].text.size);
        fwrite(cases[i].text.data, 1, cases[i].text.size, stdout);
        write_verdict(cases[i].valid, cases[i].offset);
    }
}

int main(int count, char **arguments)
{
    uint32_t size;
    struct ht_json *json = ht_json_new();
    if (!json) return 1;
    if (count > 1 && strcmp(arguments[1], "--cases") == 0) {
        write_cases();
    } else {
        while (read_number(&size))
            judge(json, size);
    }
    ht_json_free(json);
    return fflush(stdout) == 0 ? 0 : 1;
}
