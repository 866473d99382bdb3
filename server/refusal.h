/* What a client is told whose request evhttp must not see: malformed, or with a head or body beyond the limits. */
#ifndef HT_SERVER_REFUSAL_H
#define HT_SERVER_REFUSAL_H

struct ht_conn;

/* The connection has just been taken away from evhttp. Answers it now or, where the head of an over-long delivery is
   kept, after that is durable. */
void ht_refusal_begin(struct ht_conn *conn);
/* The answer that ht_refusal_begin has kept back: there is nothing here. */
void ht_refusal_end(struct ht_conn *conn);

/* Says, as far as the socket takes it at once, that its address has too many connections. */
void ht_refusal_of_crowd(int fd);

#endif
