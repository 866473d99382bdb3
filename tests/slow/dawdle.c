/* dawdle PORT ENDPOINT TOKEN COUNT: COUNT clients of each of four kinds, that send or read a byte a second: heads,
   bodies, readers of long answers (/openapi.json, many times over) and of the live stream. Whom the daemon drops comes
   again. Ends with SIGTERM, and prints for each kind how many it dropped, and after how many seconds: "heads
   120 3.1 3.9". Of readers no drop is to be seen from here: what is on the way to them hides it. They come again by
   themselves. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TURN_MS 50
#define TURNS 20           /* to a byte */
#define READER_SECONDS 8   /* that a reader stays */
#define READER_BUFFER 2304 /* the least that the kernel gives */
#define ANSWERS 40         /* that a reader asks for at once: 4 MiB */
#define OPENED_A_TURN 20
#define MOST 4000 /* clients in all */

enum kind { HEADS, BODIES, ANSWER_READERS, STREAM_READERS, KINDS };

static const char *const names[KINDS] = {"heads", "bodies", "answers", "streams"};

struct words {
    in_port_t port;
    char openings[KINDS][8192]; /* what each kind says at once */
};

struct client {
    int fd; /* -1: is to come again */
    double since;
};

struct tally {
    unsigned dropped;
    double soonest, latest;
};

static volatile sig_atomic_t ended;

static void on_end(int signal)
{
    (void)signal;
    ended = 1;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void make_opening(enum kind kind, const char *endpoint, const char *token, char *text, size_t size)
{
    static const char ask[] = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    text[0] = '\0';
    if (kind == HEADS) snprintf(text, size, "POST %s HTTP/1.1\r\nHost: x\r\nX: ", endpoint);
    if (kind == BODIES) snprintf(text, size, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n{", endpoint);
    if (kind == STREAM_READERS)
        snprintf(text, size, "GET /v1/stream?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                 token);
    for (size_t n = 0; kind == ANSWER_READERS && n < ANSWERS; n++)
        snprintf(text + n * (sizeof ask - 1), size - n * (sizeof ask - 1), "%s", ask);
}

static void open_client(struct client *client, enum kind kind, in_port_t port, const char *opening)
{
    const struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int small = READER_BUFFER;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    if (kind >= ANSWER_READERS) (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connect(fd, (const struct sockaddr *)&server, sizeof server) != 0 ||
        send(fd, opening, strlen(opening), MSG_NOSIGNAL) != (ssize_t)strlen(opening)) {
        close(fd);
        return;
    }
    *client = (struct client){.fd = fd, .since = now()};
}

static void close_client(struct client *client, struct tally *tally)
{
    double age = now() - client->since;
    close(client->fd);
    client->fd = -1;
    if (tally == NULL) return;
    if (tally->dropped++ == 0 || age < tally->soonest) tally->soonest = age;
    if (age > tally->latest) tally->latest = age;
}

/* Whoever sends gets nothing back, but the end. */
static bool is_dropped(int fd)
{
    char answer[4096];
    ssize_t got = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

static void take_turn(struct client *client, enum kind kind, bool byte, struct tally *tally)
{
    char taken;
    if (kind < ANSWER_READERS) {
        if (is_dropped(client->fd))
            close_client(client, tally);
        else if (byte)
            (void)send(client->fd, "a", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        return;
    }
    if (byte) (void)recv(client->fd, &taken, 1, MSG_DONTWAIT);
    if (now() - client->since > READER_SECONDS) close_client(client, NULL);
}

/* All clients take a turn; the first few who are to come do. */
static void take_turns(struct client *clients, size_t count, unsigned turn, const struct words *words,
                       struct tally *tallies)
{
    unsigned opened = 0;
    for (size_t i = 0; i < count; i++) {
        enum kind kind = (enum kind)(i % KINDS);
        if (clients[i].fd >= 0)
            take_turn(&clients[i], kind, (turn + i) % TURNS == 0, &tallies[kind]);
        else if (opened++ < OPENED_A_TURN)
            open_client(&clients[i], kind, words->port, words->openings[kind]);
    }
}

int main(int count, char **given)
{
    static struct words words;
    static struct client clients[MOST];
    struct tally tallies[KINDS] = {0};
    if (count != 5 || signal(SIGTERM, on_end) == SIG_ERR) return 2;
    const size_t wanted = KINDS * strtoul(given[4], NULL, 10);
    if (wanted > MOST) return 2;
    words.port = (in_port_t)strtoul(given[1], NULL, 10);
    for (enum kind kind = 0; kind < KINDS; kind++)
        make_opening(kind, given[2], given[3], words.openings[kind], sizeof words.openings[kind]);
    for (size_t i = 0; i < MOST; i++)
        clients[i].fd = -1;
    for (unsigned turn = 0; !ended; turn++) {
        take_turns(clients, wanted, turn, &words, tallies);
        nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000L}, NULL);
    }
    for (enum kind kind = 0; kind < KINDS; kind++)
        printf("%s %u %.1f %.1f\n", names[kind], tallies[kind].dropped, tallies[kind].soonest, tallies[kind].latest);
    return 0;
}
