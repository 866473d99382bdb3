// modules.mjs FOLDER: the parts of the page that need no browser, in FOLDER, where the page's sources and what npm installs for
// them are; prints PASS or FAIL and a name for each test.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { is, ok } from './tap.mjs';

const load = (name) => import(pathToFileURL(path.join(process.argv[2], 'src', name)));

const { get } = await load('api.js');
const { EventParser } = await load('sse.js');
const { Pages } = await load('pages.js');
const { parseJson, prettyJson, readJson } = await load('json.js');
const { formatAge, formatBytes, revealedText, typeWords } = await load('format.js');
const { arrange, reconcile, roleOf, CHUNK } = await load('timeline.js');

// ---- Server-Sent Events ----

function parse(pieces) {
    const events = [];
    const parser = new EventParser((event) => events.push(event));
    for (const piece of pieces) parser.push(piece);
    return events;
}
const stream = 'retry: 2000\n\nid: 7\nevent: new-contact\ndata: {"seq":7}\n\n: silence\n\nid: 8\nevent: x\ndata: {"seq":8}\n\n';
const both = [{ id: '7', event: 'new-contact', data: '{"seq":7}' }, { id: '8', event: 'x', data: '{"seq":8}' }];
is(parse([stream]), both, 'a stream is taken apart');
is(parse([...stream]), both, 'also when it comes byte by byte');
is(parse([stream.replaceAll('\n', '\r\n')]), both, 'and with the other ends of lines');
is(parse(['id: 9\ndata: {"seq"']), [], 'an event that broke off is none');

// ---- pages without end ----

const TOTAL = 400000;
const SIZE = 100;
let asked = 0;
const fetchPage = async ({ cursor, page }) => {
    asked++;
    const from = page?.top ? page.top.n : cursor?.from ? cursor.from.n : cursor ?? 0;
    const rows = Array.from({ length: Math.min(SIZE, TOTAL - from) }, (_, at) => ({ n: from + at }));
    const next = from + rows.length;
    return { rows, next: next < TOTAL ? next : null };
};
const settled = () => new Promise((done) => { setImmediate(done); });

const pages = new Pages(fetchPage);
while (pages.dropped === 0) {
    pages.want(pages.count - 20, pages.count + 60);
    await settled();
}
const resident = () => pages.pages.filter(({ rows }) => rows).length;
ok(resident() <= 25, `few pages stay in memory: ${resident()}`);
ok(pages.count <= 150000, `the list stays within what a browser can draw: ${pages.count} rows`);
is(pages.shift, pages.dropped, 'who scrolls is told by how many rows everything moved');
is(pages.row(pages.count - 1).n, pages.dropped + pages.count - 1, 'the rows are the right ones after that');
is(pages.row(10), undefined, 'what is far away was let go');
pages.want(0, 30);
await settled();
is(pages.row(10).n, pages.dropped + 10, 'and comes again when it is wanted');

const live = new Pages(fetchPage);
live.want(0, 50);
await settled();
for (let n = 1; n <= 1000; n++) live.prepend([{ n: -n }], SIZE);
is([live.row(0).n, live.row(999).n, live.row(1000).n], [-1000, -1, 0], 'new rows stand above, in order');
ok(live.pages.length <= 12, 'many single ones share pages');
for (let n = 1001; n <= 160000; n += 80) live.prepend(Array.from({ length: 80 }, (_, at) => ({ n: -n - 79 + at })), SIZE);
ok(live.count <= 150000 && live.next.from !== undefined, 'what comes for ever pushes out what is at the end');

const failing = new Pages(async () => { throw new Error('no answer'); });
failing.want(0, 10);
await settled();
ok(failing.error && failing.count === 0, 'an error is kept to be shown');
asked = 0;
failing.want(0, 10);
await settled();
is(asked, 0, 'and not asked past, before somebody says so');

let answers = true;
let view = [];
const broken = new Pages(async (what) => {
    await settled();
    if (answers) return fetchPage(what);
    asked++;
    throw new Error('no answer');
}, () => broken.want(...view)); // as a list does that is drawn again
const reach = async (...range) => {
    view = range;
    broken.want(...view);
    for (let i = 0; i < 10; i++) await settled();
};
while (broken.count < 3000) await reach(broken.count - 20, broken.count + 60);
answers = false;
asked = 0;
await reach(0, 80);
is([asked, broken.row(10), Boolean(broken.error)], [1, undefined, true], 'rows that were let go, and do not come again: one error, not asked past');
answers = true;
broken.retry();
await reach(0, 80);
is([broken.row(10)?.n, broken.error], [10, null], 'and who tries again has them');

// ---- JSON as received ----

const exact = '{"a":12345678901234567890,"b":1.0e+2,"a":"\\u0041\\/","__proto__":[],"c":[true,null,{}]}';
const flat = (text) => prettyJson(parseJson(text)).replaceAll(/\n */g, '').replaceAll('": ', '":');
is(flat(exact), exact, 'digits, escapes, order and double names stay as they came');
for (const text of ['', '{', '[1,]', '{"a"}', '"\n', '01x', '[1] 2', 'nul']) {
    let refused = false;
    try {
        parseJson(text);
    } catch {
        refused = true;
    }
    ok(refused, `no JSON: ${JSON.stringify(text)}`);
}
ok(parseJson('['.repeat(64) + ']'.repeat(64)), 'as deep as the daemon takes it');

const plain = '{"a":[1,-2.50,1e3,0.1,1234567.89012345],"b":"at 10:1234567890123456","c":null}';
is(readJson(plain), JSON.parse(plain), 'what JavaScript has as it is, is read as ever');

// ---- the API ----

const busy = new Response('{}', { status: 503, headers: { 'Retry-After': '0' } });
globalThis.fetch = async () => Response.json({ label: 'reader' });
is(await get('/v1/session', { early: busy }), { label: 'reader' }, 'after an early answer that says "busy" the daemon is asked again');

// ---- words ----

is(revealedText('a\u202Eb\u200Bc\u00A0d e'), 'a<U+202E>b<U+200B>c<U+00A0>d e', 'what cannot be seen is named');
is(typeWords('buyer-intent-detected'), 'Buyer intent detected', 'a type as words');
is([0, 1023, 1024, 1536 * 1024].map(formatBytes), ['0 B', '1023 B', '1.0 KiB', '1.5 MiB'], 'sizes');
is([1, 61, 7200, 86400 * 3].map((age) => formatAge(new Date(1e12 - age * 1000).toISOString(), 1e12)), ['1 s', '1 min', '2 h', '3 d'], 'ages');

// ---- timelines ----

is([roleOf('USER').side, roleOf('assistant').side, roleOf('constructor').name, roleOf(null).name], ['visitor', 'assistant', 'constructor', 'Unknown'],
    'roles, those that nobody knows too');
const at = (minutes) => new Date(Date.UTC(2026, 10, 29, 23, 50) + minutes * 60000).toISOString();
const items = Array.from({ length: 100 }, (_, n) => ({ kind: 'message', role: n % 4 < 2 ? 'user' : 'assistant', content: `${n}`, at: at(n), seq: 1 }));
const chunks = arrange(items);
is(chunks.map(({ rows }) => rows.length), [CHUNK, CHUNK, 100 - 2 * CHUNK], 'in chunks');
is(chunks.flatMap(({ rows }) => rows).map(({ day }, n) => day && n).filter((n) => n !== false), [0, 10], 'a new day is told once');
is(chunks[0].rows.slice(0, 4).map(({ goesOn }) => goesOn), [false, true, false, true], 'who goes on speaking is not named again');
const more = reconcile(items, [...JSON.parse(JSON.stringify(items)), { kind: 'event', type: 'new-question', at: at(100), seq: 2 }]);
ok(more[5] === items[5], 'what stayed the same is the same');
const again = arrange(more, chunks);
is([again[0] === chunks[0], again[1] === chunks[1], again[2] === chunks[2]], [true, true, false], 'and is not drawn again');

process.exit(0); // any other status: not tested to the end
