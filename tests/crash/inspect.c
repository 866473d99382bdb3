/* inspect DATA ACKS: whether the store holds what it must: each line "SEQ SHA256" of ACKS is an event, and check.h's
   rest. Ends with 1, and says why, if not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acks.h"
#include "check.h"

int main(int count, char **words)
{
    struct promises promises = {0};
    struct ht_error why = {0};
    if (count != 3 || !acks_read(words[2], &promises)) {
        fputs("usage: inspect DATA ACKS\n", stderr);
        return 2;
    }
    const struct expectation expectation = {.promises = &promises, .made = true};
    enum check_result result = check_store(words[1], &expectation, &why);
    if (result != CHECK_FINE) printf("%s: %s\n", result == CHECK_LOST ? "lost" : "broken", why.detail);
    promises_release(&promises);
    return result == CHECK_FINE ? 0 : 1;
}
