// flaky.mjs STATUS…: a receiver that answers each request in turn with the next STATUS; prints its URL first.
import http from 'node:http';

const statuses = process.argv.slice(2).map(Number);
const server = http.createServer((request, reply) => {
    request.resume();
    request.on('end', () => {
        reply.writeHead(statuses.shift() ?? 500, { 'content-type': 'application/json' });
        reply.end('{"seq":1,"type":"new-contact","sha256":"","duplicate":false,"warnings":[]}');
    });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/hooks/x`));
