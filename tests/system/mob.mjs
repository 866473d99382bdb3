// mob.mjs URL ADDRESS COUNT: from ADDRESS, a loopback one, holds as many of COUNT connections open as it gets, and tries for the
// others again and again, until it is ended.
import net from 'node:net';

const [url, localAddress, count] = process.argv.slice(2);
const { hostname: host, port } = new URL(url);

function connect() {
    const socket = net.connect({ host, port: Number(port), localAddress });
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => setImmediate(connect));
}

for (let n = 0; n < Number(count); n++) connect();
