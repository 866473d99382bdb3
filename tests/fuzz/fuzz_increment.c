/* What a restore reads of an increment: backup.json, and files of rows. Whatever they hold, reading stays within them,
   and no name leads out of the folder.

   Covers: store/manifest.c store/rows.c store/backup_point.c */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../store/files.h"
#include "../../store/manifest.h"
#include "../../store/rows.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/hooktrail-fuzz-XXXXXX";

static void remove_folder(void)
{
    files_remove_tree(folder);
}

static void put(const char *name, struct ht_slice bytes, char path[PATH_MAX])
{
    static bool made;
    if (!made) {
        require(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
        made = true;
    }
    require(files_join(path, folder, name, NULL) == HT_OK);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    require(fd >= 0 && write(fd, bytes.data, bytes.size) == (ssize_t)bytes.size && close(fd) == 0);
}

/* No part of it is empty or begins with a dot. */
static bool is_below(const char *name)
{
    bool begins = true;
    for (; *name != '\0'; name++) {
        if (begins && (*name == '.' || *name == '/')) return false;
        begins = *name == '/';
    }
    return !begins;
}

static void read_manifest(struct ht_slice text)
{
    char path[PATH_MAX];
    struct manifest manifest = {0};
    struct ht_error err = {0};
    put(MANIFEST_NAME, text, path);
    enum ht_status status = manifest_read(&manifest, folder, &err);
    require(status == HT_OK || status == HT_CORRUPT || status == HT_VERSION);
    require(status == HT_OK || err.detail[0] != '\0');
    for (size_t i = 0; status == HT_OK && i < manifest_files(&manifest); i++) {
        const struct manifest_file *file = manifest_file_at(&manifest, i);
        require(is_below(file->name) && strlen(file->sha256) == 64);
    }
    manifest_release(&manifest);
}

static void read_rows(struct ht_slice bytes)
{
    static const uint8_t trail_id[HT_TRAIL_ID_SIZE] = "trail";
    char path[PATH_MAX];
    struct rows_reader reader;
    struct rows_row row;
    struct ht_buffer whole = {0};
    size_t taken = 0;
    ht_buffer_add_text(&whole, "hooktrail/rows/1");
    ht_buffer_add_bytes(&whole, trail_id, sizeof trail_id);
    ht_buffer_add(&whole, bytes);
    put(MANIFEST_ROWS, ht_buffer_slice(&whole), path);
    enum ht_status status = rows_open(&reader, path, trail_id, NULL);
    require(status == HT_OK);
    while ((status = rows_next(&reader, &row, NULL)) == HT_OK) {
        taken += 7 + row.key.size + row.value.size;
        require(row.kind > 0 && row.kind < ROWS_KINDS && row.key.size <= 511 && taken <= bytes.size);
    }
    require(status == HT_CORRUPT || (status == HT_NOT_FOUND && taken == bytes.size));
    rows_reader_release(&reader);
    ht_buffer_release(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    struct ht_slice rest = ht_slice_of(data + 1, size - 1);
    if (data[0] % 2 == 0)
        read_manifest(rest);
    else
        read_rows(rest);
    return 0;
}
