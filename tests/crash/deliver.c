/* deliver URL COUNT ACKS [FIRST]: delivers COUNT payloads, from number FIRST (0) on, over 16 connections, a round of 16
   at a time, as a sender does that keeps what is acknowledged: a line "SEQ SHA256" of ACKS for each. A payload hangs on
   its number alone. What ACKS has already is known to be stored: delivered again it must come back as the same event.
   One in ten is an earlier one, one in 25 no JSON. Prints how many were acknowledged and refused (503). Ends with 3 if
   the daemon went away, 1 if it gave a wrong answer or none. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "acks.h"

#define CONNECTIONS 16
#define PATIENCE 20 /* seconds to wait for an answer */
#define ANSWER_SIZE 65536
#define GONE 3

struct request {
    uint64_t number;
    bool broken;
    uint8_t sha256[HT_SHA256_SIZE];
    struct ht_buffer text;
};

struct sender {
    struct sockaddr_in server;
    const char *path;
    int acks;
    struct promises known;
    int sockets[CONNECTIONS];
    struct request requests[CONNECTIONS];
    bool gone;
    uint64_t acknowledged;
    uint64_t refused;
};

static _Noreturn void fail(const char *what)
{
    printf("deliver: %s\n", what);
    exit(1);
}

/* ---- payloads ---- */

/* Text that doesn't get smaller by compression; xorshift64*. */
static void add_noise(struct ht_buffer *out, uint64_t number, size_t size)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t state = number * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (size_t i = 0; i < size; i++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        ht_buffer_add_byte(out, letters[state * UINT64_C(0x2545f4914f6cdd1d) >> 58]);
    }
}

static void make_payload(uint64_t number, struct ht_buffer *out)
{
    char text[256];
    const unsigned long long conversation = number % 3 == 0 ? 1000 + number : number % 50, now = number;
    int size = snprintf(text, sizeof text,
                        "{\"event\":\"%s\",\"agent_id\":\"agent-%llu\",\"conversation\":{\"id\":\"c-%llu\"},"
                        "\"messages\":[{\"role\":\"user\",\"content\":\"number %llu ",
                        number % 5 == 0 ? "session-active" : "new-session", now % 7, conversation, now);
    ht_buffer_add(out, ht_slice_of(text, (size_t)size));
    add_noise(out, number, number % 8 == 0 ? 2000 + number * 37 % 6000 : number * 13 % 700);
    ht_buffer_add(out, HT_SLICE("\"}]}"));
}

static void make_request(const struct sender *sender, uint64_t number, struct request *request)
{
    char head[512];
    struct ht_buffer payload = {0};
    request->broken = number % 25 == 24;
    request->number = number % 10 == 7 ? number - 5 : number;
    make_payload(request->number, &payload);
    if (request->broken) payload.size--;
    ht_sha256(ht_buffer_slice(&payload), request->sha256);
    int size =
        snprintf(head, sizeof head,
                 "POST %s HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                 sender->path, payload.size);
    ht_buffer_clear(&request->text);
    ht_buffer_add(&request->text, ht_slice_of(head, (size_t)size));
    ht_buffer_add(&request->text, ht_buffer_slice(&payload));
    ht_buffer_release(&payload);
}

/* ---- the wire ---- */

static int connect_to(const struct sockaddr_in *server)
{
    const struct timeval patience = {.tv_sec = PATIENCE};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        fail("no socket");
    if (connect(fd, (const struct sockaddr *)server, sizeof *server) == 0) return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, struct ht_slice bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.data += sent;
        bytes.size -= (size_t)sent;
    }
    return true;
}

/* How long the answer will be in all; 0 if its head is not whole yet. */
static size_t answer_length(const char *answer, size_t size)
{
    static const char length[] = "\r\nContent-Length: ";
    const char *end = memmem(answer, size, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    const char *at = memmem(answer, (size_t)(end - answer), length, sizeof length - 1);
    if (at == NULL) fail("an answer without length");
    return (size_t)(end + 4 - answer) + strtoull(at + sizeof length - 1, NULL, 10);
}

/* The size of the whole answer; 0 if the daemon closes before. */
static size_t receive(int fd, char *answer)
{
    size_t size = 0, length = 0;
    while (length == 0 || size < length) {
        ssize_t got = recv(fd, answer + size, ANSWER_SIZE - size, 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("no answer");
        if (got <= 0) return 0;
        size += (size_t)got;
        length = answer_length(answer, size);
        if (length > ANSWER_SIZE) fail("a long answer");
    }
    return size;
}

/* ---- answers ---- */

static const struct promise *find(const struct promises *known, const uint8_t sha256[HT_SHA256_SIZE])
{
    for (size_t i = 0; i < known->count; i++)
        if (memcmp(known->list[i].sha256, sha256, HT_SHA256_SIZE) == 0) return &known->list[i];
    return NULL;
}

static void acknowledge(struct sender *sender, const struct request *request, struct ht_slice answer)
{
    struct promises one = {0};
    if (!promises_add_answer(&one, answer)) fail("an acknowledgement without seq or digest");
    const struct promise told = *one.list, *before = find(&sender->known, told.sha256);
    promises_release(&one);
    if (memcmp(told.sha256, request->sha256, HT_SHA256_SIZE) != 0) fail("another payload is acknowledged");
    sender->acknowledged++;
    if (before != NULL && before->seq != told.seq) fail("an acknowledged event has another number now");
    if (before != NULL) return;
    promises_add(&sender->known, told.seq, told.sha256);
    dprintf(sender->acks, "%llu ", (unsigned long long)told.seq);
    for (size_t i = 0; i < HT_SHA256_SIZE; i++)
        dprintf(sender->acks, "%02x", told.sha256[i]);
    dprintf(sender->acks, "\n");
}

static void judge(struct sender *sender, const struct request *request, struct ht_slice answer)
{
    const int code = answer.size > 12 ? (int)strtol(answer.data + 9, NULL, 10) : 0;
    if (code == 200 && !request->broken) {
        acknowledge(sender, request, answer);
    } else if (code == 503) {
        sender->refused++;
    } else if (code != 400 || !request->broken) {
        printf("deliver: answer %d to payload %llu: %.*s\n", code, (unsigned long long)request->number,
               (int)answer.size, answer.data);
        exit(1);
    }
}

static void lose(struct sender *sender, int i)
{
    if (sender->sockets[i] >= 0) close(sender->sockets[i]);
    sender->sockets[i] = -1;
}

/* Sends all, then waits for all: what is sent together is mostly committed together. An answer may close its
   connection; the daemon is gone when it can't be reached again. */
static void deliver_round(struct sender *sender, uint64_t first, int count)
{
    static char answer[ANSWER_SIZE];
    for (int i = 0; i < count; i++) {
        make_request(sender, first + (uint64_t)i, &sender->requests[i]);
        if (sender->sockets[i] < 0) sender->sockets[i] = connect_to(&sender->server);
        if (sender->sockets[i] < 0) sender->gone = true;
        if (sender->sockets[i] >= 0 && !send_all(sender->sockets[i], ht_buffer_slice(&sender->requests[i].text)))
            lose(sender, i);
    }
    for (int i = 0; i < count; i++) {
        size_t size = sender->sockets[i] < 0 ? 0 : receive(sender->sockets[i], answer);
        if (size > 0) judge(sender, &sender->requests[i], ht_slice_of(answer, size));
        if (size == 0 || memmem(answer, size, "Connection: close", 17) != NULL) lose(sender, i);
    }
}

/* Of "http://ADDRESS:PORT/PATH". */
static void read_url(struct sender *sender, char *url)
{
    char *address = url + strlen("http://"), *port = strchr(address, ':');
    if (strncmp(url, "http://", 7) != 0 || port == NULL) fail("no URL with a port");
    char *path = strchr(port, '/');
    if (path == NULL) fail("no URL with a path");
    sender->path = path;
    *port = '\0';
    sender->server.sin_family = AF_INET;
    sender->server.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
    if (inet_pton(AF_INET, address, &sender->server.sin_addr) != 1) fail("no IPv4 address");
}

int main(int count, char **words)
{
    struct sender sender = {0};
    if (count != 4 && count != 5) fail("usage: deliver URL COUNT ACKS [FIRST]");
    read_url(&sender, words[1]);
    const uint64_t begin = count == 5 ? strtoull(words[4], NULL, 10) : 0;
    const uint64_t end = begin + strtoull(words[2], NULL, 10);
    if (!acks_read(words[3], &sender.known)) fail("the acknowledgements can't be read");
    sender.acks = open(words[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (sender.acks < 0) fail("the acknowledgements can't be written");
    for (int i = 0; i < CONNECTIONS; i++)
        sender.sockets[i] = -1;
    for (uint64_t first = begin; first < end && !sender.gone; first += CONNECTIONS) {
        uint64_t left = end - first;
        deliver_round(&sender, first, left < CONNECTIONS ? (int)left : CONNECTIONS);
    }
    printf("%llu acknowledged, %llu refused\n", (unsigned long long)sender.acknowledged,
           (unsigned long long)sender.refused);
    for (int i = 0; i < CONNECTIONS; i++) {
        lose(&sender, i);
        ht_buffer_release(&sender.requests[i].text);
    }
    promises_release(&sender.known);
    return sender.gone ? GONE : 0;
}
