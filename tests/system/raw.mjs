// raw.mjs URL [IDLE_MS|leave]: sends standard input to the server as it is and prints what comes back, until the server
// closes the connection or has been silent for IDLE_MS (1000). With "leave" it breaks the connection off once all is sent.
import net from 'node:net';
import { readFileSync } from 'node:fs';

const target = new URL(process.argv[2]);
const leaves = process.argv[3] === 'leave';
const idle = leaves ? 0 : Number(process.argv[3] ?? 1000);
const bytes = readFileSync(0);
const socket = net.connect(Number(target.port), target.hostname, () => {
    socket.write(bytes, () => { if (leaves) socket.resetAndDestroy(); });
});
socket.setTimeout(idle, () => socket.destroy());
socket.on('data', (part) => process.stdout.write(part));
socket.on('error', () => socket.destroy());
