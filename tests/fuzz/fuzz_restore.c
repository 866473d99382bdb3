/* Restoring from a backup that somebody has written into. Two backups are made first, of a sealed store and of one that
   is not, each before an erasure; an input chooses one (bit 0 of its first byte), whether the newer erasures.log goes
   with it (bit 1), and then edits: a byte that says what, which table or file, which of its entries, where (2 bytes),
   how much (1 byte), the bytes. The rows' checksums are made to fit where bit 7 of "what" is set. (Pages that are
   rotten crash LMDB, of which the tool makes an error: tests/system/restore.t.)

   It fails with a word why and leaves nothing behind; or what it leaves is a store without a fault.

   Covers: store/restore.c store/copy.c store/erasures_log.c store/erasures.c store/erase_resume.c store/trail_env.c
   store/verify_tables.c store/verify_trail.c store/keyring_file.c */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../../store/record.h"
#include "../../store/store.h"
#include "hooktrail/append.h"
#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"
#include "hooktrail/json.h"
#include "hooktrail/keeping.h"
#include "place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- two backups ---- */

static const char *const files[] = {
    "erasures.log", "keys/data.keys",  "keys/index.key", "keys/log.key",
    "keys/log.pub", "keys/master.key", "trail/data.mdb",
};
enum { FILES = sizeof files / sizeof files[0], TRAIL = FILES - 1, LOG = 0 };

/* What is written anew for each input: the files of a backup, and the erasures.log of later. */
struct base {
    struct ht_buffer files[FILES]; /* without bytes: it is not there */
    struct ht_buffer later;
};
static struct base bases[2];

static void path_of(char path[256], const char *folder, const char *file)
{
    snprintf(path, 256, "%s/%s/%s", place, folder, file);
}

static void read_file(const char *folder, const char *file, struct ht_buffer *bytes)
{
    char path[256], piece[4096];
    path_of(path, folder, file);
    FILE *stream = fopen(path, "re");
    for (size_t got; stream && (got = fread(piece, 1, sizeof piece, stream)) > 0;)
        ht_buffer_add_bytes(bytes, piece, got);
    if (stream) fclose(stream);
}

static void write_file(const char *folder, const char *file, struct ht_slice bytes)
{
    char path[256];
    path_of(path, folder, file);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(fd >= 0 && write(fd, bytes.data, bytes.size) == (ssize_t)bytes.size);
    close(fd);
}

static void append(struct ht_store *store, struct ht_appender *appender, const char *text)
{
    static const uint8_t salt[HT_SALT_SIZE] = "salt";
    struct ht_append append = {.kind = HT_APPEND_EVENT};
    struct ht_delivery delivery = {.received_at = PLACE_NOW, .endpoint = 1, .sender = HT_SLICE("192.0.2.7")};
    struct ht_error reason = {.status = HT_INVALID, .offset = 1};
    struct ht_slice payload = ht_slice_from(text);
    struct ht_position end;
    struct ht_facts facts;
    struct ht_json *json = ht_json_new();
    struct ht_reading *reading = ht_reading_new();
    struct ht_packer *packer = ht_packer_new();
    if (ht_json_parse(json, payload, NULL) == HT_OK) {
        require(ht_reading_extract(reading, json, &delivery, &facts, NULL) == HT_OK);
        require(ht_append_pack(&append, packer, &delivery, payload, 1, HT_ABSENT, salt, NULL) == HT_OK);
        ht_append_name(&append, store, &facts);
    } else {
        append.kind = HT_APPEND_REJECTED;
        require(ht_append_pack_rejected(&append, &delivery, payload, payload.size, &reason, NULL) == HT_OK);
    }
    require(ht_appender_commit(appender, &append, &end, NULL) == HT_OK);
    ht_append_release(&append);
    ht_packer_free(packer);
    ht_reading_free(reading);
    ht_json_free(json);
}

static void fill(struct ht_store *store)
{
    static const char *const payloads[] = {
        "{\"lead\":{\"id\":\"anna\",\"email\":\"anna@example.com\"},\"conversation\":{\"id\":\"c1\"}}",
        "{\"event\":\"new-question\",\"conversation\":{\"id\":\"c1\"}}",
        "{\"event\":\"new-contact\",\"lead\":{\"id\":\"bert\"}}",
        "{\"event\":\"new-contact\",\"lead\":{\"id\":\"bert\"}}",
        "{anna",
    };
    struct ht_appender *appender;
    require(ht_appender_new(store, &appender, NULL) == HT_OK);
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++)
        append(store, appender, payloads[i]);
    ht_appender_free(appender);
    require(ht_index_catch_up(store, NULL, NULL, NULL, NULL) == HT_OK);
}

static void erase(struct ht_store *store, const char *lead, struct ht_erased *erased)
{
    const struct ht_subject_ref subject = {HT_SUBJECT_LEAD, ht_slice_from(lead)};
    require(ht_erase(store, &subject, 1, "asked", PLACE_NOW, false, NULL, NULL, erased, NULL) == HT_OK);
}

static void make_base(struct base *base, bool unsealed)
{
    char path[256];
    struct ht_erased erased;
    struct ht_verified verified;
    struct ht_store *store = place_store("store", unsealed);
    fill(store);
    erase(store, "bert", &erased);
    path_of(path, "backup", "");
    require(ht_backup(store, path, PLACE_NOW, NULL, NULL, &verified, NULL) == HT_OK);
    erase(store, "anna", &erased);
    read_file("store", files[LOG], &base->later);
    ht_store_close(store);
    for (size_t i = 0; i < FILES; i++)
        read_file("backup", files[i], &base->files[i]);
    require(base->later.size > base->files[LOG].size && base->files[TRAIL].size > 0);
    place_remove(path);
    path_of(path, "store", "");
    place_remove(path);
}

static void start(void)
{
    place_make();
    make_base(&bases[0], false);
    make_base(&bases[1], true);
}

/* ---- edits ---- */

static const struct {
    const char *name;
    bool checked; /* its values begin with a checksum, and its keys are numbers */
} tables[] = {
    {"meta", false},        {"events", true},   {"repeats", true},  {"endpoints", false},
    {"secrets", false},     {"tokens", false},  {"bearers", false}, {"rejected", true},
    {"watermarks", false},  {"tree", false},    {"acts", true},     {"acts_tree", false},
    {"checkpoints", false}, {"erasures", true}, {"erased", false},  {"holds", true},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

enum what { WRITE_FILE, CUT_FILE, DROP_FILE, WRITE_ROW, CUT_ROW, DROP_ROW, ADD_ROW, WHATS };

struct edit {
    enum what what;
    bool fix;
    size_t which;
    size_t entry;
    size_t at;
    struct ht_slice bytes;
};

static bool take_edit(struct ht_slice *input, struct edit *edit)
{
    const uint8_t *from = (const uint8_t *)input->data;
    if (input->size < 6) return false;
    size_t rest = input->size - 6, size = from[5] < rest ? from[5] : rest;
    *edit = (struct edit){.what = (enum what)(from[0] % 128 % WHATS),
                          .fix = from[0] >= 128,
                          .which = from[1],
                          .entry = from[2],
                          .at = (size_t)from[3] << 8 | from[4],
                          .bytes = ht_slice_of(from + 6, size)};
    *input = ht_slice_of(from + 6 + size, rest - size);
    return true;
}

static void overwrite(struct ht_buffer *value, size_t at, struct ht_slice bytes)
{
    at %= value->size + 1;
    while (value->size < at + bytes.size)
        ht_buffer_add_byte(value, '\0');
    if (bytes.size > 0) memcpy(value->data + at, bytes.data, bytes.size);
}

static void edit_file(const struct edit *edit)
{
    char path[256];
    size_t which = edit->which % TRAIL; /* not the trail itself */
    struct ht_buffer bytes = {0};
    read_file("hostile", files[which], &bytes);
    path_of(path, "hostile", files[which]);
    if (edit->what == WRITE_FILE) overwrite(&bytes, edit->at, edit->bytes);
    if (edit->what == CUT_FILE) bytes.size = edit->at % (bytes.size + 1);
    if (edit->what == DROP_FILE)
        unlink(path);
    else
        write_file("hostile", files[which], ht_buffer_slice(&bytes));
    ht_buffer_release(&bytes);
}

static void fix_checksum(struct ht_buffer *value, MDB_val key)
{
    if (value->size < RECORD_CHECKED) return;
    const uint8_t *bytes = key.mv_data;
    uint64_t number = key.mv_size == 8 ? ht_get_be64(bytes) : key.mv_size == 4 ? ht_get_be32(bytes) : 0;
    ht_put_be64((uint8_t *)value->data, record_checksum(record_digest(ht_buffer_slice(value)), number));
}

static void put_row(MDB_txn *txn, MDB_dbi table, const struct edit *edit, MDB_val key, struct ht_buffer *value)
{
    if (edit->fix && tables[edit->which % TABLES].checked) fix_checksum(value, key);
    MDB_val stored = {value->size, value->data};
    require(mdb_put(txn, table, &key, &stored, 0) == 0);
}

/* A row behind the last one, under the number in front of the bytes. */
static void add_row(MDB_txn *txn, MDB_dbi table, const struct edit *edit)
{
    if (edit->bytes.size < 9) return;
    char key[8];
    struct ht_buffer value = {0};
    memcpy(key, edit->bytes.data, sizeof key);
    ht_buffer_add_bytes(&value, edit->bytes.data + 8, edit->bytes.size - 8);
    put_row(txn, table, edit, (MDB_val){sizeof key, key}, &value);
    ht_buffer_release(&value);
}

static void change_row(MDB_txn *txn, MDB_dbi table, const struct edit *edit)
{
    MDB_cursor *cursor;
    MDB_val key, found;
    MDB_stat stat;
    struct ht_buffer name = {0}, value = {0};
    require(mdb_stat(txn, table, &stat) == 0 && mdb_cursor_open(txn, table, &cursor) == 0);
    if (stat.ms_entries == 0) goto out;
    require(mdb_cursor_get(cursor, &key, &found, MDB_FIRST) == 0);
    for (size_t left = edit->entry % stat.ms_entries; left > 0; left--)
        require(mdb_cursor_get(cursor, &key, &found, MDB_NEXT) == 0);
    if (edit->what == DROP_ROW) {
        require(mdb_cursor_del(cursor, 0) == 0);
        goto out;
    }
    ht_buffer_add_bytes(&name, key.mv_data, key.mv_size);
    ht_buffer_add_bytes(&value, found.mv_data, found.mv_size);
    if (edit->what == WRITE_ROW) overwrite(&value, edit->at, edit->bytes);
    if (edit->what == CUT_ROW) value.size = edit->at % (value.size + 1);
    put_row(txn, table, edit, (MDB_val){name.size, name.data}, &value);
out:
    mdb_cursor_close(cursor);
    ht_buffer_release(&name);
    ht_buffer_release(&value);
}

static void edit_row(MDB_txn *txn, const struct edit *edit)
{
    MDB_dbi table;
    require(mdb_dbi_open(txn, tables[edit->which % TABLES].name, 0, &table) == 0);
    if (edit->what == ADD_ROW)
        add_row(txn, table, edit);
    else
        change_row(txn, table, edit);
}

static void edit_all(struct ht_slice input)
{
    char path[256];
    struct edit edit;
    MDB_env *env;
    MDB_txn *txn;
    path_of(path, "hostile", "trail");
    require(mdb_env_create(&env) == 0 && mdb_env_set_mapsize(env, PLACE_MAP) == 0);
    require(mdb_env_set_maxdbs(env, 32) == 0 && mdb_env_open(env, path, MDB_NOSYNC | MDB_NOLOCK, 0600) == 0);
    require(mdb_txn_begin(env, NULL, 0, &txn) == 0);
    while (take_edit(&input, &edit)) {
        if (edit.what <= DROP_FILE)
            edit_file(&edit);
        else
            edit_row(txn, &edit);
    }
    require(mdb_txn_commit(txn) == 0);
    mdb_env_close(env);
}

static void make_hostile(const struct base *base, struct ht_slice edits)
{
    static const char *const folders[] = {"", "trail", "keys"};
    for (size_t i = 0; i < 3; i++) {
        char path[256];
        path_of(path, "hostile", folders[i]);
        require(mkdir(path, 0700) == 0);
    }
    for (size_t i = 0; i < FILES; i++)
        if (base->files[i].size > 0) write_file("hostile", files[i], ht_buffer_slice(&base->files[i]));
    edit_all(edits);
}

/* ---- what comes of it ---- */

static size_t count_entries(void)
{
    DIR *folder = opendir(place);
    size_t count = 0;
    require(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void check_store(const char *dir)
{
    struct ht_store *store;
    struct ht_verified verified;
    struct ht_store_options options = {.map_size = PLACE_MAP, .reserve = 1};
    require(ht_store_open(dir, &options, &store, NULL) == HT_OK);
    require(ht_verify(store, NULL, NULL, NULL, NULL, &verified, NULL) == HT_OK);
    ht_store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char backup[256], later[256], to[256];
    struct ht_error err = {0};
    struct ht_restored restored;
    if (!place[0]) start();
    if (size == 0) return 0;
    const struct base *base = &bases[data[0] & 1];
    bool is_later = data[0] & 2;
    path_of(backup, "hostile", "");
    path_of(later, "hostile", "later.log");
    path_of(to, "restored", "");
    make_hostile(base, ht_slice_of(data + 1, size - 1));
    if (is_later) write_file("hostile", "later.log", ht_buffer_slice(&base->later));
    const struct ht_restore_options options = {.backup = backup,
                                               .erasures = is_later ? later : NULL,
                                               .store = {.map_size = PLACE_MAP, .reserve = 1},
                                               .now = PLACE_NOW};
    enum ht_status status = ht_restore(&options, to, NULL, NULL, &restored, &err);
    if (status == HT_OK) check_store(to);
    require(status == HT_OK || (err.detail[0] != '\0' && err.status == status));
    require(count_entries() == (status == HT_OK ? 2 : 1));
    place_remove(backup);
    if (status == HT_OK) place_remove(to);
    return 0;
}
