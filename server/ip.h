/* IP addresses as 16 bytes: of IPv6, or of IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). Pure. */
#ifndef HT_SERVER_IP_H
#define HT_SERVER_IP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define HT_IP_SIZE 16
#define HT_IP_V4_BITS 96 /* before an IPv4 address */

/* From its usual notation; false if it is none. */
bool ht_ip_parse(const char *text, uint8_t ip[HT_IP_SIZE]);
/* From a socket's address; false if that is of another family. */
bool ht_ip_of_socket(const struct sockaddr_storage *socket, uint8_t ip[HT_IP_SIZE]);
bool ht_ip_is_v4(const uint8_t ip[HT_IP_SIZE]);

#endif
