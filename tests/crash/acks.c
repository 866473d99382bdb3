#include "acks.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add_line(const char *line, struct promises *promises)
{
    char *end;
    uint8_t sha256[HT_SHA256_SIZE];
    unsigned long long seq = strtoull(line, &end, 10);
    if (end == line || *end != ' ' || strlen(end + 1) < 2 * sizeof sha256) return false;
    if (sodium_hex2bin(sha256, sizeof sha256, end + 1, 2 * sizeof sha256, NULL, NULL, NULL) != 0) return false;
    promises_add(promises, seq, sha256);
    return true;
}

bool acks_read(const char *path, struct promises *promises)
{
    char line[128];
    bool fine = true;
    FILE *file = fopen(path, "re");
    if (file == NULL) return errno == ENOENT;
    while (fine && fgets(line, sizeof line, file) != NULL)
        fine = add_line(line, promises);
    fclose(file);
    return fine;
}
