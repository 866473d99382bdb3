#include "proof.h"

#include "hooktrail/encode.h"
#include "hooktrail/proof.h"
#include "reply.h"

/* Nothing is signed for it: the writer does so within a second or two, and a read is no reason to. */
static enum ht_status read_proof(struct ht_request *request, struct ht_buffer *out, struct ht_error *err)
{
    uint64_t seq, covered;
    struct ht_reader *reader = request->loop->reader;
    if (request->match.query.size > 0) return ht_fail(err, HT_INVALID, "there are no parameters here");
    if (ht_parse_u64(request->match.captures[0], &seq) != HT_OK)
        return ht_fail_field(err, HT_INVALID, "seq", "this is no decimal number");
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = ht_proof_add(reader, HT_LOG_EVENTS, seq, out, &covered, err);
    ht_reader_end(reader);
    return status;
}

void ht_proof_serve(struct ht_request *request)
{
    struct ht_error err;
    struct ht_buffer out = {0};
    if (read_proof(request, &out, &err) == HT_OK)
        ht_reply_document(request, "text/plain; charset=utf-8", ht_buffer_slice(&out));
    else
        ht_reply_problem(request, &err);
    ht_buffer_release(&out);
}
