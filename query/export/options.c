#include "options.h"

#include <assert.h>

#include "lock.h"
#include "target_files.h"
#include "target_singer.h"

#define DEFAULT_FILE_BYTES (UINT64_C(128) << 20)
#define FILE_SCHEME "file://"
#define DUCKDB_SCHEME "duckdb:"

/* ---- where to ---- */

static enum ht_status open_folder(const char *to, const struct export_files_options *files,
                                  struct export_target **target, struct ht_error *err)
{
    struct export_place *place;
    const char *path = strncmp(to, FILE_SCHEME, sizeof FILE_SCHEME - 1) == 0 ? to + sizeof FILE_SCHEME - 1 : to;
    enum ht_status status = export_place_folder_open(path, &place, err);
    return status == HT_OK ? export_target_files_open(place, files, target, err) : status;
}

/* duckdb:/FOLDER/FILE: Parquet in the folder, and a file of views. */
static enum ht_status open_duckdb(const char *to, const struct export_files_options *files,
                                  struct export_target **target, struct ht_error *err)
{
    struct export_files_options with_views = *files;
    const char *path = to + sizeof DUCKDB_SCHEME - 1, *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) : 0;
    if (files->format != &export_parquet)
        return ht_fail_field(err, HT_INVALID, "format", "DuckDB's views show Parquet: leave the format out");
    if (path[0] != '/' || folder == 0 || slash[1] == '\0' || folder >= sizeof with_views.path ||
        strlen(slash + 1) >= sizeof with_views.views)
        return ht_fail_field(err, HT_INVALID, "to",
                             "duckdb: wants the whole path of a file, as duckdb:/srv/warehouse/views.sql");
    enum ht_status status = export_place_name_check(slash + 1, err);
    if (status != HT_OK) return status;
    memcpy(with_views.path, path, folder);
    with_views.path[folder] = '\0';
    memcpy(with_views.views, slash + 1, strlen(slash + 1) + 1);
    return open_folder(with_views.path, &with_views, target, err);
}

static enum ht_status open_s3(const char *to, const struct export_files_options *files, struct export_target **target,
                              struct ht_error *err)
{
    struct export_place *place;
    enum ht_status status = export_place_s3_open(to, &place, err);
    return status == HT_OK ? export_target_files_open(place, files, target, err) : status;
}

/* Exactly one of the two is set. */
static const struct scheme {
    const char *prefix;
    enum ht_status (*files)(const char *to, const struct export_files_options *files, struct export_target **target,
                            struct ht_error *err);
    enum ht_status (*database)(const char *to, struct export_target **target, struct ht_error *err);
} schemes[] = {
    {FILE_SCHEME, open_folder, NULL},
    {DUCKDB_SCHEME, open_duckdb, NULL},
    {"s3://", open_s3, NULL},
    {"postgresql://", NULL, export_target_postgres_open},
    {"postgres://", NULL, export_target_postgres_open},
    {"clickhouse://", NULL, export_target_clickhouse_open},
    {"clickhouses://", NULL, export_target_clickhouse_open},
};
static const struct scheme folder = {"", open_folder, NULL};

static const struct scheme *scheme_of(const char *to)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strncmp(to, schemes[i].prefix, strlen(schemes[i].prefix)) == 0) return &schemes[i];
    }
    return strstr(to, "://") ? NULL : &folder;
}

/* ---- formats, codecs, tables ---- */

static const struct codec_name {
    const char *name;
    enum export_codec codec;
} codecs[] = {{"none", EXPORT_PLAIN}, {"gzip", EXPORT_GZIP}, {"zstd", EXPORT_ZSTD}, {"snappy", EXPORT_SNAPPY}};

/* Where none is named: what suits the format. */
static bool find_codec(const char *name, const struct export_format *format, enum export_codec *codec)
{
    *codec = format->compresses ? EXPORT_ZSTD : EXPORT_PLAIN;
    if (!name) return true;
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        if (strcmp(name, codecs[i].name) != 0) continue;
        *codec = codecs[i].codec;
        return *codec != EXPORT_SNAPPY || format->compresses;
    }
    return false;
}

/* What the options say of files. */
static enum ht_status read_files(const struct ht_export_options *options, struct export_files_options *files,
                                 struct ht_error *err)
{
    *files =
        (struct export_files_options){.format = export_format_find(options->format ? options->format : "parquet"),
                                      .encoding.for_spreadsheets = options->for_spreadsheets,
                                      .file_bytes = options->file_bytes ? options->file_bytes : DEFAULT_FILE_BYTES};
    if (!files->format)
        return ht_fail_field(err, HT_INVALID, "format",
                             "the format %.32s is not known; there are parquet, ndjson and csv", options->format);
    if (!find_codec(options->codec, files->format, &files->encoding.codec))
        return ht_fail_field(err, HT_INVALID, "compress",
                             "%.32s is not known; there are none, gzip, zstd and, of Parquet, snappy", options->codec);
    if (options->for_spreadsheets && files->format != &export_csv)
        return ht_fail_field(err, HT_INVALID, "for-spreadsheets", "only CSV is read by spreadsheets: add --format csv");
    return HT_OK;
}

static enum ht_status find_table(struct ht_slice name, uint32_t *tables, struct ht_error *err)
{
    for (uint32_t i = 0; i < EXPORT_TABLE_COUNT; i++) {
        if (!ht_slice_is(name, export_tables[i].name)) continue;
        *tables |= 1u << i;
        return HT_OK;
    }
    return ht_fail_field(err, HT_INVALID, "tables",
                         "there is no table \"%.*s\"; there are events, deliveries, conversations, messages, leads, "
                         "lead_changes, agents and erasures",
                         name.size < 32 ? (int)name.size : 32, name.data);
}

static enum ht_status find_tables(const char *list, uint32_t *tables, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    *tables = 0;
    if (!list) {
        *tables = (1u << EXPORT_TABLE_COUNT) - 1;
        return HT_OK;
    }
    do {
        size_t size = strcspn(list, ",");
        status = find_table(ht_slice_of(list, size), tables, err);
        list += size + (list[size] == ',');
    } while (status == HT_OK && *list != '\0');
    return status;
}

/* ---- both ---- */

static enum ht_status check_database(const struct ht_export_options *options, struct ht_error *err)
{
    if (options->format || options->codec || options->for_spreadsheets)
        return ht_fail_field(err, HT_INVALID, "format", "a database has tables of its own: leave the format out");
    return HT_OK;
}

static enum ht_status check_singer(const struct ht_export_options *options, uint32_t *tables, struct ht_error *err)
{
    if (options->to || options->name || options->format || options->codec || options->full ||
        options->for_spreadsheets || options->lock_timeout > 0)
        return ht_fail_field(err, HT_INVALID, "singer",
                             "Singer's messages go to standard output, and their state to whoever reads them: only "
                             "--state and --tables go with it");
    return find_tables(options->tables, tables, err);
}

enum ht_status export_options_check(const struct ht_export_options *options, uint32_t *tables, struct ht_error *err)
{
    if (options->singer) return check_singer(options, tables, err);
    const struct scheme *scheme = scheme_of(options->to);
    struct export_files_options files;
    if (!scheme)
        return ht_fail_field(err, HT_INVALID, "to",
                             "a target is a directory, s3://…, duckdb:FILE, postgresql://… or clickhouse://…");
    if (options->name && export_options_are_ranged(options))
        return ht_fail_field(err, HT_INVALID, "since",
                             "an export with a name goes on where it was: leave the times out");
    if (options->full && !options->name)
        return ht_fail_field(err, HT_INVALID, "full", "without a name everything is exported as it is");
    enum ht_status status = options->name ? export_name_check(options->name, err) : HT_OK;
    if (status == HT_OK) status = find_tables(options->tables, tables, err);
    if (status != HT_OK) return status;
    return scheme->files ? read_files(options, &files, err) : check_database(options, err);
}

bool export_options_name_database(const struct ht_export_options *options)
{
    const struct scheme *scheme = options->singer ? NULL : scheme_of(options->to);
    return scheme && scheme->database;
}

enum ht_status export_options_open(const struct ht_export_options *options, struct export_target **target,
                                   struct ht_error *err)
{
    if (options->singer) return export_target_singer_open(target, err);
    const struct scheme *scheme = scheme_of(options->to);
    assert(scheme != NULL);
    if (scheme->database) return scheme->database(options->to, target, err);
    struct export_files_options files;
    enum ht_status status = read_files(options, &files, err);
    return status == HT_OK ? scheme->files(options->to, &files, target, err) : status;
}
