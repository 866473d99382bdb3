/* Reads what an object store answers: XML (1.0, W3C), by expat, without document types and the entities of theirs. */
#ifndef EXPORT_PLACE_S3_XML_H
#define EXPORT_PLACE_S3_XML_H

#include "hooktrail/buffer.h"

#define EXPORT_S3_XML_PATH 128            /* bytes of a path, with its NUL */
#define EXPORT_S3_XML_TEXT ((size_t)4096) /* of a text: a key has at most 1,024, escaped three times that */

/* Called at the end of each element with its path ("ListBucketResult/Contents/Key") and the text in it, behind its last
   child; borrowed. Anything but HT_OK ends the walk with it. */
typedef enum ht_status export_s3_xml_visit(void *context, const char *path, struct ht_slice text, struct ht_error *err);

/* HT_INVALID if it is no XML, or beyond these bounds; HT_NO_MEMORY; what `visit` returned. Elements before the fault
   have been visited. */
HT_MUST_CHECK enum ht_status export_s3_xml_walk(struct ht_slice xml, export_s3_xml_visit *visit, void *context,
                                                struct ht_error *err);

/* Adds text, escaped, to XML (as the text of an element). */
void export_s3_xml_add(struct ht_buffer *out, const char *text);

#endif
