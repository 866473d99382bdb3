// A real browser, under watch: what it does that a page must never make it do is written down.
import http from 'node:http';
import net from 'node:net';
import { chromium } from 'playwright-core';
import { until } from './tap.mjs';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';

const ITS_MAKER = /^(http:\/\/)?[a-z.-]+\.(google|googleapis|gvt1)\.com[:/]/; // whom a Chromium tells of itself

// What is for anybody but this machine goes to a proxy that lets nothing through, and counts.
async function startTrap() {
    const caught = [];
    const note = (url) => { if (!ITS_MAKER.test(url)) caught.push(url); };
    const server = http.createServer((request, response) => {
        note(request.url);
        response.writeHead(403).end();
    });
    server.on('connect', (request, socket) => {
        note(request.url);
        socket.on('error', () => {});
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
    server.unref();
    return { caught, url: `http://127.0.0.1:${server.address().port}` };
}

export async function launch(executablePath, args = []) {
    const trap = await startTrap();
    const browser = await chromium.launch({ executablePath: executablePath ?? BROWSER,
        args: [`--proxy-server=${trap.url}`, '--font-render-hinting=none', '--force-color-profile=srgb', '--lang=en-GB', ...args] });
    return { browser, caught: trap.caught };
}

const EXPECTED = /^Failed to load resource: the server responded with a status of 4\d\d/; // asking for what is not there is no fault

// A context of its own (cookies, storage), signed in by a token if there is one. `faults` has what went wrong in it.
export async function open(browser, daemon, { token, origin = daemon.url, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Europe/Berlin',
        baseURL: origin, reducedMotion: 'reduce', ...options });
    const faults = [];
    const report = (kind, detail) => { if (!context.lenient?.test(`${kind} ${detail}`)) faults.push(`${kind}: ${String(detail).slice(0, 300)}`); };
    context.faults = faults;
    await context.exposeFunction('reportFault', report);
    await context.addInitScript(watchInside);
    context.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)) report('request', url);
    });
    context.on('page', (page) => {
        page.on('console', (message) => {
            if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text())) report('console', message.text());
        });
        page.on('pageerror', (error) => report('error', error.stack ?? error));
        page.on('dialog', (dialog) => { report('dialog', dialog.message()); dialog.dismiss().catch(() => {}); });
        page.on('popup', (popup) => report('popup', popup.url()));
        page.on('frameattached', (frame) => report('frame', frame.url()));
    });
    if (token) await signIn(context, token);
    context.setDefaultTimeout(60000); // machines are shared
    return context;
}

// Runs in the page before all else, out of reach of its policy, as an inspector would.
function watchInside() {
    addEventListener('securitypolicyviolation', (event) => window.reportFault('policy', `${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    window.ran = (what) => window.reportFault('ran', what);
    navigator.serviceWorker?.addEventListener('controllerchange', () => window.reportFault('worker', 'there is one'));
}

export async function signIn(context, token) {
    const answer = await context.request.post('/v1/session', { data: { token } });
    if (answer.status() !== 200) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
}

// The view is drawn, and waits for nothing.
export async function settled(page) {
    await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.loading, .bone, [aria-busy="true"]'));
}

export async function visit(page, place) {
    await page.goto(place);
    await settled(page);
}

// To another view as a link would: no document is loaded.
export async function go(page, place) {
    await page.evaluate((href) => {
        const link = Object.assign(document.createElement('a'), { href });
        document.body.append(link);
        link.click();
        link.remove();
        return new Promise((done) => { setTimeout(done); }); // it is drawn
    }, place);
    await settled(page);
}

export const rows = (page) => page.locator('.list-rows .row:not(.blank)');
export const seqs = (page) => page.locator('.list-rows .row .cell-seq').allTextContents().then((all) => all.map(Number));
export const isLive = (page) => until(() => page.locator('.live.is-live').count().then((found) => found > 0));

// The network between browser and daemon: a TCP proxy whose connections can all be cut (`cut`), that can be down (`isDown`), and
// that lets a connection carry no more than some bytes, by chance up to `most`.
export async function startWire(daemon) {
    const pairs = new Set();
    const wire = { cuts: 0, most: Infinity, isDown: false, cut: () => { for (const end of pairs) end(); } };
    const server = net.createServer((near) => {
        if (wire.isDown) return near.destroy();
        const far = net.connect(daemon.port, '127.0.0.1');
        const end = () => { near.destroy(); far.destroy(); pairs.delete(end); };
        let left = wire.most * (0.1 + 0.9 * Math.random());
        pairs.add(end);
        for (const socket of [near, far]) socket.on('error', end).on('close', end);
        near.pipe(far);
        far.on('data', (part) => {
            near.write(part.subarray(0, Math.max(0, left)));
            left = Math.min(left, wire.most) - part.length;
            if (left > 0 || near.destroyed) return;
            wire.cuts++;
            near.end();
            setTimeout(end, 20);
        });
        return undefined;
    });
    await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
    wire.url = `http://127.0.0.1:${server.address().port}`;
    wire.close = () => { wire.cut(); server.close(); };
    return wire;
}
