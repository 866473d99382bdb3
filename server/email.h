/* Leads by e-mail address. */
#ifndef HT_SERVER_EMAIL_H
#define HT_SERVER_EMAIL_H

#include "hooktrail/filter.h"
#include "request.h"

#define HT_EMAIL_LEADS 100 /* of one address, at most */

/* Answers {"leads":[…],"next":null} with the leads whose profile ever had this address, within the other filters. */
void ht_email_leads(struct ht_request *request, struct ht_slice email, const struct ht_filter *filter);

#endif
