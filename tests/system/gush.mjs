// gush.mjs URL ENDPOINT TOKEN MIB: clients that send MIB without end where nothing should come: a head, a chunk's size, its
// extension, chunks of one byte, trailers, behind a request that waits, and during a stream. Prints for each how much was
// taken before the daemon closed the connection or took no more for a second: "NAME KIB".
import net from 'node:net';

const [url, endpoint, token, mib] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const total = Number(mib) << 20;
const chunked = `POST ${endpoint} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n`;
const get = (path) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
const gushes = [
    ['a head', 'GET / HTTP/1.1\r\nX: ', 'x'],
    ["a chunk's size", chunked, '0'],
    ["a chunk's extension", `${chunked}1;`, 'x'],
    ['chunks', chunked, '1\r\nx\r\n'],
    ['trailers', `${chunked}0\r\n`, 'X: y\r\n'],
    ['requests', '', get('/healthz')],
    ['data during a stream', get('/v1/stream'), 'x'],
    ['data behind an unknown secret', 'POST /hooks/nobody HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}', 'x'],
];

// What the kernel holds of it is not told apart from what the daemon has: some MiB of either.
function gush([name, begin, part]) {
    const block = Buffer.from(part.repeat(Math.ceil(65536 / part.length)));
    return new Promise((resolve) => {
        let taken = 0, timer;
        const socket = net.connect(Number(port), hostname, () => { socket.write(begin); pour(); });
        const end = () => { clearTimeout(timer); socket.destroy(); resolve(`${name}: ${taken >> 10}`); };
        const pour = () => {
            clearTimeout(timer);
            timer = setTimeout(end, 1000);
            if (taken >= total) end();
            else if (!socket.destroyed) socket.write(block, (error) => { if (!error) { taken += block.length; pour(); } });
        };
        socket.on('data', () => {});
        socket.on('error', end);
        socket.on('close', end);
    });
}

for (const line of await Promise.all(gushes.map(gush))) console.log(line);
process.exit(0);
