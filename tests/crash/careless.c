/* Preloaded, for the control: opens every LMDB environment with the flags of $CRASH_FLAGS (NOSYNC or NOMETASYNC)
   besides its own. A test of power cuts that such a store passes would prove nothing. */
#include <dlfcn.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

int mdb_env_open(MDB_env *env, const char *path, unsigned int flags, mdb_mode_t mode)
{
    const char *wanted = getenv("CRASH_FLAGS");
    if (wanted == NULL) abort();
    unsigned more = strcmp(wanted, "NOSYNC") == 0 ? MDB_NOSYNC : strcmp(wanted, "NOMETASYNC") == 0 ? MDB_NOMETASYNC : 0;
    if (more == 0) abort();
    __typeof__(&mdb_env_open) real = (__typeof__(&mdb_env_open))dlsym(RTLD_NEXT, "mdb_env_open");
    return real == NULL ? MDB_INVALID : real(env, path, flags | more, mode);
}
