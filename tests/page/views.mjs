// Every view, in both themes and on a narrow screen: drawn, accessible by axe-core's rules, within the screen; and its picture.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { go, open, settled, visit } from './browser.mjs';
import { layoutFaults } from './layout.mjs';
import { is, ok } from './tap.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
const LOOKS = [['light', WIDE], ['dark', WIDE], ['light', NARROW], ...process.env.HOSTILE === 'all' ? [['dark', NARROW]] : []];

// [name, address, what its title begins with, what must be seen in it]
export const viewsOf = ({ focus, lead, contact }) => [
    ['overview', '/', 'Overview', ['Events per day', 'Last event of each type', 'Newest escalations', 'Exports', 'all signed']],
    ['trail', '/trail', 'Trail', ['Shop assistant', 'Session escalated']],
    ['event', `/events/${contact}`, `Event ${contact}`, ['SHA-256', 'Deliveries', 'Payload', 'Proof']],
    ['conversations', '/conversations', 'Conversations', [focus, 'Service desk']],
    ['conversation', `/conversations/${focus}`, 'Conversation', ['The Fernhill Haul carries 200 kg', 'asks for an engineer', 'maria.keller@example.com', 'Is the Haul certified']],
    ['leads', '/leads', 'Leads', ['Maria Keller', 'Alpenquell']],
    ['lead', `/leads/${lead}`, 'Lead', ['maria.keller@example.com', 'Senior Head of Operations', 'Quote for six Hauls']],
    ['rejected', '/rejected', 'Rejected', ['expected the closing quote', '400', '422']],
    ['rejection', '/rejected/1', 'Rejected 1', ['Byte at fault', 'Does the rack fit']],
    ['settings', '/settings', 'Settings', ['Endpoints', 'Tokens', 'Who did what']],
];

export async function violations(page) {
    if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(AXE);
    return page.evaluate(async () => {
        const found = await window.axe.run(document, { resultTypes: ['violations'] });
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 140)} ${any[0]?.message ?? ''}`).join(' | ')}`);
    });
}

export const accessible = async (page, name) => is(await violations(page), [], `${name}: axe finds nothing`);

async function picture(page, name) {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.evaluate(() => document.querySelector('.happened.tells')?.scrollIntoView({ block: 'center' })); // of a conversation, where something happens
    await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
}

// A view in each of its looks. Nothing is loaded anew between them.
export async function looks(page, name) {
    for (const [scheme, size] of LOOKS) {
        const narrow = size === NARROW;
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize(size);
        await settled(page);
        const look = `${name}, ${scheme}${narrow ? ', 360 px' : ''}`;
        await accessible(page, look);
        is(await page.evaluate(layoutFaults), [], `${look}: all is within the screen`);
        if (scheme === 'light' || !narrow) await picture(page, `${name}-${narrow ? 'narrow' : scheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(WIDE);
}

// Runs in the page: columns of the list that are cut off at its edge, where nobody can scroll to them.
function cutColumns() {
    const list = document.querySelector('.list');
    const wide = list.clientWidth;
    const faults = list.scrollWidth > wide ? [`${list.scrollWidth} px in ${wide}`] : [];
    for (const cell of list.querySelectorAll('.list-head .row > span, .list-rows .row:first-child > span')) {
        if (cell.getBoundingClientRect().right > list.getBoundingClientRect().left + wide + 1) faults.push(cell.className);
    }
    return faults;
}

async function testColumns(page) {
    for (const view of ['/trail', '/conversations', '/leads', '/rejected']) {
        await go(page, view);
        for (const width of [360, 768, 820, 900, 1024, 1120, 1280]) {
            await page.setViewportSize({ width, height: 800 });
            await settled(page);
            is(await page.evaluate(cutColumns), [], `${view}, ${width} px: no column is cut off`);
            if (view !== '/trail' || width < 761) continue;
            const { left, right } = await page.locator('.list-rows .cell-seq').first().evaluate((cell) => cell.getBoundingClientRect());
            ok(left > 0 && right <= width, `${view}, ${width} px: an event’s number is within the screen`, [left, right]);
        }
    }
    await page.setViewportSize(WIDE);
    await go(page, '/trail?type=buyer-intent-detected');
    ok(await page.locator('.list-rows .cell-type').first().evaluate((cell) => cell.scrollWidth <= cell.clientWidth), 'a type’s name is whole');
}

// Each filter's panel lies within the screen; on a wide one nothing of it has to be scrolled to.
async function testPanels(page) {
    for (const size of [NARROW, WIDE]) {
        await page.setViewportSize(size);
        for (const view of ['/trail', '/conversations', '/leads']) {
            await go(page, view);
            for (const button of await page.locator('.menu > button').all()) {
                await button.click();
                await settled(page);
                const panel = page.locator('.panel');
                const { x, y, width, height } = await panel.boundingBox();
                const name = `${view}, ${size.width} px: the panel of ${await button.innerText()}`;
                ok(x >= 0 && x + width <= size.width && y + height <= size.height, `${name} is within the screen`, [x, y, width, height]);
                if (size === WIDE) ok(await panel.evaluate((element) => element.scrollHeight <= element.clientHeight), `${name} shows all that is in it`);
                await page.keyboard.press('Escape');
            }
        }
    }
}

export async function testViews({ browser, daemon, shop }) {
    const context = await open(browser, daemon);
    const page = await context.newPage();
    await visit(page, '/sign-in');
    ok(await page.getByLabel('API token').isVisible(), 'sign-in: asks for a token');
    await looks(page, 'sign-in');
    const { request } = context;
    await request.post('/v1/session', { data: { token: daemon.token } });
    await visit(page, '/');
    for (const [name, place, title, words] of viewsOf(shop)) {
        await go(page, place);
        const text = await page.locator('main').innerText();
        is(words.filter((word) => !text.includes(word)), [], `${name}: shows what there is`);
        ok((await page.title()).startsWith(title), `${name}: has its title`, await page.title());
        await looks(page, name);
    }
    await testColumns(page);
    await testPanels(page);
    ok(await page.locator('canvas').count() === 0, 'the chart is gone with its view');
    for (const [place, words] of [['/events/999999', 'no such event'], ['/conversations/none', 'no such conversation'], ['/leads/none', 'no such lead'], ['/rejected/999', 'no such rejected']]) {
        await go(page, place);
        ok((await page.locator('.empty-title').innerText()).includes(words), `${place}: says that it is not there`);
    }
    is(context.faults, [], 'views: nothing went wrong');
    await context.close();
}
