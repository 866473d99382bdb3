/* How a URL becomes a connection, and nothing of its password an error. */
#include <stdlib.h>

#include "ddl.h"
#include "target_postgres.h"

static void ignore_notice(void *context, const char *message)
{
    (void)context, (void)message;
}

/* An "@" or "/" that a password holds as it is makes libpq take a part of it for a host, which its errors would name.
 */
static bool is_clear(const char *url)
{
    const char *begin = strstr(url, "://");
    if (!begin) return true;
    begin += 3;
    size_t size = strcspn(begin, "?");
    const char *at = memchr(begin, '@', size);
    if (!at) return true;
    const char *slash = memchr(begin, '/', size);
    return !memchr(at + 1, '@', size - (size_t)(at + 1 - begin)) && (!slash || slash > at);
}

/* libpq's own words quote what they could not read. */
static enum ht_status check_url(const char *url, struct ht_error *err)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    bool sound = options && is_clear(url);
    PQconninfoFree(options);
    if (sound) return HT_OK;
    return ht_fail_field(
        err, HT_INVALID, "to",
        "not a postgresql:// URL that libpq can read (in a password, @ is %%40, / is %%2F, : is %%3A, %% is %%25)");
}

/* What the URL or libpq's environment says comes before what is said here. */
static PGconn *connect_to(const char *url)
{
    const char *const names[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                 "client_encoding",  "dbname",           NULL};
    const char *const values[] = {
        getenv("PGCONNECT_TIMEOUT") ? NULL : "10", "30", "10", "3", "60000", "hooktrail", "UTF8", url, NULL};
    return PQconnectdbParams(names, values, 1);
}

static bool is_plain_name(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    size_t size = strlen(name);
    return size > 0 && size < POSTGRES_SCHEMA_SIZE && strchr(first, name[0]) && strspn(name, rest) == size;
}

/* Whether the connection was told where to look for tables, by the URL or PGOPTIONS. */
static bool has_search_path(PGconn *connection)
{
    bool found = false;
    PQconninfoOption *options = PQconninfo(connection);
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        if (strcmp(option->keyword, "options") == 0 && option->val) found = strstr(option->val, "search_path") != NULL;
    PQconninfoFree(options);
    return found;
}

static enum ht_status choose_schema(struct postgres *postgres, struct ht_error *err)
{
    snprintf(postgres->schema, sizeof postgres->schema, "%s", EXPORT_DDL_SCHEMA);
    if (!has_search_path(postgres->connection)) return HT_OK;
    PGresult *result;
    enum ht_status status =
        postgres_ask(postgres, "cannot ask for the search_path", "SHOW search_path", 0, NULL, &result, err);
    if (status != HT_OK) return status;
    const char *path = PQgetvalue(result, 0, 0);
    if (is_plain_name(path))
        snprintf(postgres->schema, sizeof postgres->schema, "%s", path);
    else
        status = ht_fail_field(err, HT_INVALID, "to",
                               "the search_path names one schema, of a to z, 0 to 9 and _, where the tables are to be");
    PQclear(result);
    return status;
}

static enum ht_status check_server(struct postgres *postgres, struct ht_error *err)
{
    const char *encoding = PQparameterStatus(postgres->connection, "server_encoding");
    if (encoding && strcmp(encoding, "UTF8") == 0) return HT_OK;
    return ht_fail(err, HT_INVALID, "the database is encoded as %s: it must be UTF8",
                   encoding ? encoding : "nobody knows what");
}

enum ht_status postgres_connect(struct postgres *postgres, const char *url, struct ht_error *err)
{
    enum ht_status status = check_url(url, err);
    if (status != HT_OK) return status;
    postgres->connection = connect_to(url);
    if (!postgres->connection) return ht_fail(err, HT_NO_MEMORY, "out of memory for a connection to the database");
    if (PQstatus(postgres->connection) != CONNECTION_OK)
        return postgres_fail(postgres, NULL, "cannot connect to the database", err);
    PQsetNoticeProcessor(postgres->connection, ignore_notice, NULL);
    status = check_server(postgres, err);
    return status == HT_OK ? choose_schema(postgres, err) : status;
}
