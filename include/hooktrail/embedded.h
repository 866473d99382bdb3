/* Files that the programs carry within; scripts/embed.sh writes the arrays at build time. Not part of the library's
   public interface (not installed). */
#ifndef HOOKTRAIL_EMBEDDED_H
#define HOOKTRAIL_EMBEDDED_H

#include <stddef.h>

struct ht_embedded {
    const char *name; /* the file's, without its folder; NULL ends the array */
    const unsigned char *data;
    size_t size;
};

extern const struct ht_embedded ht_embedded_dictionary[]; /* store: zstd dictionaries, "1.zdict" … */
extern const struct ht_embedded ht_embedded_bundle[];     /* query/bundle: the README of each kind of bundle */
extern const struct ht_embedded ht_embedded_samples[];    /* hooktrail: the payloads of `send --samples`, in order */
extern const struct ht_embedded ht_embedded_openapi[];    /* hooktraild: "openapi.json" */
extern const struct ht_embedded ht_embedded_page[];       /* hooktraild: the page, "index.html" and what it loads */

#endif
