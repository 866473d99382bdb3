// A store of EVENTS events (20,000; a million in the long form): how long the first view takes, how smoothly the trail scrolls,
// what it holds on to, how long a conversation of 5,000 messages takes to open. Times are printed always, and judged only in
// the long form: tests share their machine. FILLED names a folder with such a store, for when it exists already.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { go, open, settled } from './browser.mjs';
import { Daemon } from './daemon.mjs';
import { diag, is, ok, pause, until } from './tap.mjs';
import { accessible } from './views.mjs';

const EVENTS = Number(process.env.EVENTS ?? 20000);
const LONG = EVENTS >= 1000000;
const TURNS = LONG ? 7 : 2;
const SCROLLED = LONG ? 10000 : 2000; // rows
const MESSAGES = 5000;
const SCROLLS = LONG ? 3 : 1;
const ROW_PX = 40;
const MAX_HEAP_MB = 30; // more than before, after scrolling
const MAX_NODES = 4000;

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const spread = (list) => `median ${Math.round(median(list))} ms, least ${Math.round(Math.min(...list))}, of ${list.length}`;
const within = (list, ms, name) => {
    diag(`${name}: ${spread(list)}; load ${loadavg()[0].toFixed(1)}`);
    if (LONG) ok(median(list) < ms, `${name}: the median is below ${ms} ms`, list);
};

// ---- the store ----

async function openStore(folder) {
    const daemon = new Daemon(process.env.FILLED ?? path.join(folder, 'scale'));
    if (!existsSync(daemon.data)) {
        daemon.init();
        execFileSync(path.join(daemon.out, 'benchmarks/fill'), ['--data', daemon.data, '--count', String(EVENTS), '--size', '2048'], { stdio: 'ignore' });
    }
    daemon.token = daemon.addToken(`scale-${process.pid}`, 'read');
    daemon.endpoint = JSON.parse(daemon.cli('endpoint', 'add', '--name', `scale-${process.pid}`, '--json')).endpoint;
    await daemon.start({ max_body: '4MiB' });
    return daemon;
}

const sayings = ['Is it in stock?', 'Yes, in moss and in graphite; a ride takes half an hour.', 'Good.', 'The battery lasts 70 km with a full load, and charges in three hours at any socket.'];

function longTalk(count) {
    return { event: 'session-active', agent_id: 'scale', agent_name: 'Scale', conversation: { id: 'long-talk', messages: Array.from({ length: count }, (_, at) => ({
        id: String(at), role: at % 2 ? 'assistant' : 'user', content: `${at} ${sayings[at % 4]}`, created_at: new Date(1.78e12 + at * 60000).toISOString() })) } };
}

// ---- times ----

// From the click, or the loading of the document, until what one asked for is on the screen: a frame after it is drawn.
async function timed(page, place, selector) {
    await page.goto(place, { waitUntil: 'commit' });
    await page.waitForFunction((wanted) => document.querySelector(wanted), selector, { polling: 'raf' });
    return page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))); }));
}

async function times(context, place, selector) {
    const all = [];
    for (let i = 0; i < TURNS; i++) {
        const page = await context.newPage();
        all.push(await timed(page, place, selector));
        await page.close();
    }
    return all;
}

async function withinPage(page, place, selector) {
    await go(page, '/rejected');
    return page.evaluate(async ([href, wanted]) => {
        const begin = performance.now();
        const link = Object.assign(document.createElement('a'), { href });
        document.body.append(link);
        link.click();
        link.remove();
        while (!document.querySelector(wanted)) await new Promise((done) => { setTimeout(done); });
        await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
        return performance.now() - begin;
    }, [place, selector]);
}

// ---- scrolling ----

async function usage(context, page) {
    const session = await context.newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    await session.detach();
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    return { heap: of('JSHeapUsedSize') / 2 ** 20, nodes: await page.evaluate(() => document.querySelectorAll('*').length) };
}

// Turns the wheel for so many rows, as steadily as one does who looks for something; gives the time of each frame.
async function wheel(page, rows) {
    await page.mouse.move(700, 500);
    await page.evaluate(() => {
        window.frames_ = [];
        let last = 0;
        const frame = (now) => {
            if (last) window.frames_.push(now - last);
            last = now;
            window.going = requestAnimationFrame(frame);
        };
        window.going = requestAnimationFrame(frame);
    });
    const top = () => page.locator('.list').evaluate((list) => list.scrollTop);
    const end = await top() + rows * ROW_PX;
    for (const late = Date.now() + 120000; await top() < end && Date.now() < late;) for (let i = 0; i < 10; i++) await page.mouse.wheel(0, 600);
    const frames = await page.evaluate(() => { cancelAnimationFrame(window.going); return window.frames_; });
    return { frames, rows: Math.round(await top() / ROW_PX) };
}

// Rows that were let go, and are refused when they are wanted again: asked for once, and one sees why they don't come.
async function testRefused(page) {
    let asked = 0;
    await page.route(/\/v1\/events\?/, (route) => {
        asked++;
        return route.fulfill({ status: 400, json: { title: 'Refused', detail: 'for a test' } });
    });
    await page.evaluate(() => { document.querySelector('.list').scrollTop = 0; });
    const fault = page.locator('.list').getByRole('alert');
    await fault.waitFor();
    await pause(500);
    ok(asked > 0 && asked <= 2, `rows that are refused are not asked for again and again: ${asked} times`);
    const { y, height } = await fault.boundingBox();
    ok(y >= 0 && y + height <= page.viewportSize().height, 'and the reason is in sight', [y, height]);
    await accessible(page, 'rows that are refused');
    await page.unroute(/\/v1\/events\?/);
    await fault.getByRole('button', { name: 'Try again' }).click();
}

async function testScroll(context, page) {
    await page.goto('/trail');
    await settled(page);
    const before = await usage(context, page);
    const rates = [];
    for (let i = 0; i < SCROLLS; i++) {
        const { frames, rows } = await wheel(page, SCROLLED);
        ok(rows >= (i + 1) * SCROLLED, `scrolled through ${rows} rows`);
        const quick = frames.filter((ms) => ms < 20).length / frames.length;
        rates.push(1000 * frames.length / frames.reduce((sum, ms) => sum + ms, 0));
        diag(`scrolling: ${frames.length} frames, ${rates.at(-1).toFixed(1)} a second, median ${median(frames).toFixed(1)} ms, ${(100 * quick).toFixed(1)} % under 20 ms, longest ${Math.max(...frames).toFixed(0)} ms; load ${loadavg()[0].toFixed(1)}`);
    }
    // What other programs take of the processors is missing from each: the best one is nearest to what the page itself needs.
    if (LONG) ok(Math.max(...rates) >= 50, `scrolling: at best ${Math.max(...rates).toFixed(1)} frames a second, at least 50`, rates);
    await settled(page);
    const after = await usage(context, page);
    diag(`JavaScript's heap: ${before.heap.toFixed(1)} MB before, ${after.heap.toFixed(1)} after; elements: ${before.nodes}, ${after.nodes}`);
    ok(after.heap - before.heap < MAX_HEAP_MB, 'memory is bounded', { before, after });
    ok(after.nodes < MAX_NODES, 'and so is the document', after);
    await testRefused(page);
    ok(await until(async () => { await settled(page); return await page.evaluate(() => Boolean(document.querySelector('[data-index="0"] .cell-seq'))); }), 'the first rows come again');
}

// ---- a lead of more events than a page of the API holds ----

const LEAD_EVENTS = 1100;
const lines = (page) => page.locator('.line .entry');

async function testLead(page, daemon) {
    const tell = (n, event = 'session-active') => daemon.post({ event, agent_id: 'scale', conversation: { id: 'busy' }, n,
        lead: { id: 'busy', first_name: 'Ida', visits: n < LEAD_EVENTS ? 1 : 2 } });
    for (let n = 1; n < LEAD_EVENTS; n += 50) await Promise.all(Array.from({ length: Math.min(50, LEAD_EVENTS - n) }, (_, at) => tell(n + at)));
    const { seq } = await tell(LEAD_EVENTS, 'buyer-intent-detected');
    await go(page, '/leads/busy');
    const newest = await lines(page).first().innerText();
    is([`#${seq}`, 'Buyer intent detected', 'Visits'].filter((words) => !newest.includes(words)), [], `a lead of ${LEAD_EVENTS} events: the newest is on top, with what it changed`);
    const more = page.getByRole('button', { name: `Show more of ${LEAD_EVENTS.toLocaleString('en')} events` });
    while (await more.isVisible()) await more.click();
    is(await lines(page).count(), LEAD_EVENTS, 'and all of them are there');
    is(await page.locator('.line .type-new-contact').count(), 0, 'none under another name');
    await testPart(page);
}

// More than is loaded unasked: the page says which part it is. Pages of one event each, twelve of them.
async function testPart(page) {
    const at = (seq) => new Date(1.79e12 + seq * 1000).toISOString();
    const change = { seq: 12, at: at(12), field: 'plan', from: null, to: 'large' };
    const lead = { id: 'part', agent_id: null, agent_name: null, first_at: at(1), last_at: at(12), events: 12 };
    await page.route(/\/v1\/leads\/part/, (route) => {
        const seq = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 1);
        const event = { seq, type: 'session-active', conversation_id: null, occurred_at: at(seq), received_at: at(seq) };
        return route.fulfill({ json: { lead, changes: seq === 1 ? [change] : [], conversations: [], events: [event], escalations: [], intents: [], next: seq < 12 ? String(seq + 1) : null } });
    });
    await go(page, '/leads/part');
    const words = await page.locator('.column-main').innerText();
    is([words.includes('These are the first 10 events'), words.includes('large'), await lines(page).count()], [true, false, 10], 'more events than are loaded unasked: it says which they are');
    await accessible(page, 'a part of a history');
    await page.getByRole('button', { name: 'Load newer events' }).click();
    ok(await until(async () => await lines(page).count() === 12), 'the newer ones come when one asks for them');
    const newest = await lines(page).first().innerText();
    ok(newest.includes('#12') && newest.includes('large') && !await page.getByText('These are the first').count(), 'on top, with what they changed', newest);
    await page.unroute(/\/v1\/leads\/part/);
}

export async function testScale({ browser, folder }) {
    const begin = performance.now();
    const daemon = await openStore(folder);
    diag(`a store of ${EVENTS} events: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    const answer = await daemon.post(longTalk(MESSAGES));
    is(answer.code, 200, `a conversation of ${MESSAGES} messages is taken`);
    const context = await open(browser, daemon, { token: daemon.token });
    within(await times(context, '/', '.tile-value'), 1000, 'the overview, loaded anew');
    within(await times(context, '/trail', '.list-rows .row .cell-seq'), 1000, 'the trail, loaded anew');
    within(await times(context, '/conversations/long-talk', '.message'), 1000, 'the conversation, loaded anew');
    const page = await context.newPage();
    await testScroll(context, page);
    const opened = [];
    for (let i = 0; i < TURNS; i++) opened.push(await withinPage(page, '/conversations/long-talk', '.message'));
    within(opened, 1000, 'the conversation, from within the page');
    ok(await until(async () => (await page.locator('.about').innerText()).includes('5,000 messages') && await page.locator('.more').count() === 0), 'and all of it is there');
    const end = await page.evaluate(() => { const view = document.querySelector('.view'); view.scrollTop = view.scrollHeight; return new Promise((done) => { setTimeout(() => done(document.querySelector('.timeline').innerText.includes('4999 ')), 500); }); });
    ok(end, 'down to its last message');
    diag(`the conversation: ${(await usage(context, page)).nodes} elements, ${(await usage(context, page)).heap.toFixed(1)} MB`);
    await testLead(page, daemon);
    is(context.faults, [], 'scale: nothing went wrong');
    await context.close();
    await daemon.stop();
}
