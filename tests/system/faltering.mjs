// faltering.mjs refuses COUNT | stalls FROM UNTIL: answers 200; but 503 to the first requests, or, from FROM to UNTIL ms after the
// first one, nothing until UNTIL. Says on stderr where it listens.
import http from 'node:http';

const [way, ...numbers] = process.argv.slice(2);
const [from, until] = numbers.map(Number);
let count = 0, begin = 0;

const server = http.createServer((request, reply) => {
    begin ||= performance.now();
    count++;
    const status = way === 'refuses' && count <= from ? 503 : 200, since = performance.now() - begin;
    const answer = () => reply.writeHead(status, { 'content-length': 2 }).end('{}');
    request.resume();
    if (way === 'stalls' && since >= from && since < until) setTimeout(answer, until - since);
    else request.on('end', answer);
});
server.listen(0, '127.0.0.1', () => console.error(`listening on http://127.0.0.1:${server.address().port}`));
