// crowd.mjs URL COUNT: opens COUNT connections, says "open", and holds them until it is ended.
import net from 'node:net';

const target = new URL(process.argv[2]);
for (let n = 0; n < Number(process.argv[3]); n++) net.connect(Number(target.port), target.hostname).on('error', () => {});
setTimeout(() => console.log('open'), 300);
setInterval(() => {}, 1000);
