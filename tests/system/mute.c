/* mute PORT: sends standard input to 127.0.0.1:PORT and reads nothing of what comes: the kernel holds as little of it
   as can be. Ends with the connection, or with its input. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LEAST 2304 /* of a receive buffer, to the kernel */

static int connect_to(in_port_t port)
{
    const struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int least = LEAST;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least) != 0) return -1;
    return connect(fd, (const struct sockaddr *)&server, sizeof server) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
    static char bytes[65536];
    int fd = argc == 2 ? connect_to((in_port_t)strtoul(argv[1], NULL, 10)) : -1;
    if (fd < 0) return 1;
    for (;;) {
        ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
        if (size <= 0) return 0;
        for (ssize_t at = 0, sent; at < size; at += sent) {
            sent = send(fd, bytes + at, (size_t)(size - at), MSG_NOSIGNAL);
            if (sent < 0) return 0;
        }
    }
}
