// crowd.mjs URL COUNT: opens COUNT connections, by TLS to an https: one, says "open" when each has been made, or after two
// seconds, and holds them until it is ended.
import net from 'node:net';
import tls from 'node:tls';

const target = new URL(process.argv[2]);
const count = Number(process.argv[3]);
const to = { host: target.hostname, port: Number(target.port), rejectUnauthorized: false };
let made = 0;
const one = () => { if (++made === count) tell(); };
const tell = () => { console.log('open'); clearTimeout(patience); };
const patience = setTimeout(tell, 2000);
for (let n = 0; n < count; n++) {
    const socket = target.protocol === 'https:' ? tls.connect(to, one) : net.connect(to, one);
    socket.on('error', () => {});
}
setInterval(() => {}, 1000);
