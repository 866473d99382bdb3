/* The sweep: four times a second, what is late is ended, and what was put off is done. On the loop's thread. */
#ifndef HT_SERVER_SWEEP_H
#define HT_SERVER_SWEEP_H

struct ht_loop;

/* Ends the connections that are past their deadline; when stopping, the idle too. */
void ht_sweep(struct ht_loop *loop);

#endif
