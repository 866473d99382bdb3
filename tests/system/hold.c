/* hold FOLDER: holds the write lock of the LMDB environment in it, says "held", lets go when standard input ends. */
#include <lmdb.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    MDB_env *env;
    MDB_txn *txn;
    char byte;
    if (argc != 2 || mdb_env_create(&env) != 0 || mdb_env_set_mapsize(env, (size_t)1 << 32) != 0) return 1;
    if (mdb_env_open(env, argv[1], MDB_NOTLS, 0600) != 0 || mdb_txn_begin(env, NULL, 0, &txn) != 0) return 1;
    puts("held");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    mdb_txn_abort(txn);
    mdb_env_close(env);
    return 0;
}
