// main.mjs FOLDER [PART…]: the page in a real browser, against the daemon; prints PASS or FAIL and a name for each test. One
// browser for all parts, each with a context of its own.
import path from 'node:path';
import { testAdmin } from './admin.mjs';
import { launch } from './browser.mjs';
import { Daemon } from './daemon.mjs';
import { testScale } from './scale.mjs';
import { testSession } from './session.mjs';
import { openShop } from './shop.mjs';
import { diag, is, ok } from './tap.mjs';
import { testLive } from './live.mjs';
import { testHostility } from './hostility.mjs';
import { testViews } from './views.mjs';
import { testWays } from './ways.mjs';

const PARTS = { views: testViews, ways: testWays, session: testSession, admin: testAdmin, live: testLive, hostile: testHostility, scale: testScale };

const OWN_STORE = new Set(['hostile', 'scale']);

const [folder, ...asked] = process.argv.slice(2);
const names = asked.length ? asked : Object.keys(PARTS);
const took = async (name, act) => {
    const begin = performance.now();
    const result = await act();
    diag(`${name}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return result;
};

const daemon = new Daemon(path.join(folder, 'shop'));
const shop = await took('the shop', () => openShop(daemon));
const { browser, caught } = await launch();
diag(`Chromium ${browser.version()}`);
const run = async (chain) => {
    for (const name of chain) {
        await took(name, () => PARTS[name]({ browser, daemon, shop, folder, caught })).catch((error) => ok(false, `${name}: ran to its end`, error.stack));
    }
};
// Those on stores of their own run beside the others.
await Promise.all([run(names.filter((name) => !OWN_STORE.has(name))), run(names.filter((name) => OWN_STORE.has(name)))]);
await browser.close();
is(caught, [], 'nothing was asked of another machine');
is(await daemon.stop(), 0, 'hooktraild ends with 0 on SIGTERM');
process.exit(0); // it ran to its end; what it found stands above
