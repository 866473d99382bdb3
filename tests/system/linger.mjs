// linger.mjs URL ENDPOINT TOKEN EACH: EACH clients of several kinds that stay as they are and read nothing: within a handshake, a
// head, a body, replies of event 1 that are more than the kernel holds, a stream. Prints "there" once all are, and stays until it
// is ended.
import net from 'node:net';
import tls from 'node:tls';

const [url, endpoint, token, each] = process.argv.slice(2);
const { hostname: host, port, protocol } = new URL(url);
const get = (path) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
const post = `POST ${endpoint} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n`;
const starts = ['GET /heal', `${post}{"agent_id":`, get('/v1/events/1/payload').repeat(100), get('/v1/stream?after=0')];

function open(text) {
    return new Promise((resolve) => {
        const begin = (socket) => { socket.pause(); socket.write(text); resolve(); };
        const socket = protocol === 'https:' ? tls.connect({ host, port: Number(port), rejectUnauthorized: false }, () => begin(socket))
            : net.connect(Number(port), host, () => begin(socket));
        socket.on('error', () => {});
    });
}

const half = () => new Promise((resolve) => {
    const socket = net.connect(Number(port), host, () => socket.write(Buffer.from('1603010200010001fc0303', 'hex'), resolve));
    socket.on('error', () => {});
});

for (let n = 0; n < Number(each); n++) await Promise.all([half(), ...starts.map(open)]);
setTimeout(() => console.log('there'), 500);
setInterval(() => {}, 1000);
