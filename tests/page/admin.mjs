// What an administrator does: endpoints, tokens, rejected deliveries. A secret is shown once, and works.
import { go, open, settled, visit } from './browser.mjs';
import { is, ok, until } from './tap.mjs';
import { accessible, looks } from './views.mjs';

const NAME = 'shop-lindau';
const dialog = (page) => page.locator('dialog[open]');
const deliveryOf = (path) => ({ suffix: '', hook: path });

async function secretIn(page) {
    await page.getByTestId('secret').waitFor();
    return page.getByTestId('secret').innerText();
}

// Nothing that one does by the way takes it from the screen.
async function staysThere({ page, name }) {
    is(await focused(page), 'Copy', `${name}: the button that copies has the focus`);
    for (const key of ['Enter', 'Escape', 'Escape', 'Escape']) await page.keyboard.press(key);
    await page.mouse.click(5, 400);
    await page.mouse.click(5, 400);
    await page.keyboard.press('Escape');
    ok(await page.getByTestId('secret').isVisible(), `${name}: neither Enter nor Esc nor a press beside it closes the dialog`);
    is(await dialog(page).getByRole('button', { name: 'Close' }).count(), 0, `${name}: only Done does`);
}

async function shownOnce({ page, secret, name }) {
    await staysThere({ page, name });
    await dialog(page).getByRole('button', { name: 'Done' }).click();
    await settled(page);
    is(await page.evaluate((text) => document.documentElement.outerHTML.includes(text), secret), false, `${name}: it is not in the page any more`);
    await page.reload();
    await settled(page);
    is(await page.evaluate((text) => document.documentElement.outerHTML.includes(text), secret), false, `${name}: nor after the page is loaded again`);
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());

// Whatever closes a dialog, the focus is where it was before.
async function testFocus({ page }) {
    await visit(page, '/settings');
    const add = page.getByRole('button', { name: 'Add token' });
    for (const [name, close] of [['Cancel', () => dialog(page).getByRole('button', { name: 'Cancel' }).click()],
        ['×', () => dialog(page).getByRole('button', { name: 'Close' }).click()],
        ['Esc', () => page.keyboard.press('Escape')],
        ['a press beside it', () => page.mouse.click(5, 400)]]) {
        await add.click();
        await close();
        await dialog(page).waitFor({ state: 'detached' });
        is(await focused(page), 'Add token', `a dialog that is closed by ${name} gives the focus back`);
    }
    await add.click();
    await dialog(page).getByRole('textbox').fill('Focus');
    await page.keyboard.press('Enter');
    await secretIn(page);
    is(await focused(page), 'Copy', 'one that another takes the place of does not take it from that');
    await dialog(page).getByRole('button', { name: 'Done' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    is(await focused(page), 'Add token', 'which gives it back where it was before both');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('?');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    is(await page.evaluate(() => document.activeElement.tagName), 'BODY', 'and nowhere if nothing had it');
}

async function testEndpoints({ page, daemon }) {
    await visit(page, '/settings');
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await accessible(page, 'add an endpoint');
    is(await page.evaluate(() => document.activeElement.name), 'label', 'a dialog’s field has the focus');
    const field = dialog(page).getByRole('textbox');
    await page.keyboard.type('Shop in Lindau');
    await page.keyboard.press('Enter');
    ok(await field.evaluate((input) => !input.validity.valid), 'a name that cannot be is not sent');
    await field.fill('default');
    await page.keyboard.press('Enter');
    ok(await until(async () => (await dialog(page).innerText()).includes('already')), 'what the daemon refuses, the dialog says', await dialog(page).innerText());
    await accessible(page, 'a name that is taken');
    await field.fill(NAME);
    await page.keyboard.press('Enter');
    const secret = await secretIn(page);
    await accessible(page, 'an endpoint’s secret');
    ok(secret.startsWith(`${daemon.url}/hooks/`), 'a new endpoint: its address is shown', secret);
    await shownOnce({ page, secret, name: 'an endpoint’s address' });
    const event = { event: 'new-session', agent_id: 'a', conversation: { id: 'lindau' } };
    is((await daemon.post(event, deliveryOf(secret))).code, 200, 'a delivery to it is taken');
    const row = page.getByTestId('endpoint').filter({ hasText: NAME });
    ok((await row.innerText()).includes('active'), 'it is listed as active');

    await row.getByRole('button', { name: 'Rotate' }).click();
    await dialog(page).getByRole('button', { name: 'Rotate' }).click();
    const rotated = await secretIn(page);
    ok(rotated !== secret, 'rotated: it has another address');
    await dialog(page).getByRole('button', { name: 'Done' }).click();
    is([(await daemon.post({ ...event, n: 1 }, deliveryOf(secret))).code, (await daemon.post({ ...event, n: 2 }, deliveryOf(rotated))).code], [200, 200], 'both take deliveries');

    await settled(page);
    const old = row.filter({ hasText: 'older' });
    is(await old.count(), 1, 'the older of both is marked');
    const id = await old.locator('td .faint').first().innerText();
    await old.getByRole('button', { name: 'Retire' }).click();
    const confirm = dialog(page).getByRole('button', { name: 'Retire it for good' });
    ok((await dialog(page).innerText()).includes('410'), 'retiring says what 410 does');
    await accessible(page, 'retire an endpoint');
    ok(await confirm.isDisabled(), 'and wants a word first');
    const typed = dialog(page).getByRole('textbox');
    await typed.fill(NAME);
    ok(await confirm.isDisabled(), 'the name is not enough where two have it');
    await typed.fill(id);
    await confirm.click();
    await dialog(page).waitFor({ state: 'detached' });
    const codes = [(await daemon.post({ ...event, n: 3 }, deliveryOf(secret))).code, (await daemon.post({ ...event, n: 4 }, deliveryOf(rotated))).code].sort();
    is(codes, [200, 410], 'retired: its address answers 410, the other one still 200');
    is((await daemon.post({ ...event, n: 6 }, deliveryOf(secret))).code, 410, 'it is the older one');
    ok(await until(async () => (await page.getByTestId('endpoint').allInnerTexts()).some((text) => text.includes('retired'))), 'it is listed as retired');
    is((await daemon.post({ ...event, n: 5 })).code, 200, 'other endpoints go on');
    await row.filter({ hasText: 'active' }).getByRole('button', { name: 'Retire' }).click();
    await typed.fill(NAME.slice(0, -1));
    ok(await confirm.isDisabled(), 'where one has the name, the whole name is wanted');
    await typed.fill(NAME);
    ok(await confirm.isEnabled(), 'and is enough');
    await page.keyboard.press('Escape');
}

async function testTokens({ context, page, daemon, browser }) {
    await page.getByRole('button', { name: 'Add token' }).click();
    await accessible(page, 'add a token');
    await dialog(page).getByRole('textbox').fill('Front-desk');
    await page.keyboard.press('Enter');
    const secret = await secretIn(page);
    ok(/^ht_[\w-]{43}$/.test(secret), 'a new token is shown');
    await shownOnce({ page, secret, name: 'a token' });
    const other = await open(browser, daemon, { token: secret });
    const reader = await other.newPage();
    await visit(reader, '/leads');
    ok(await reader.getByText('Front-desk').isVisible(), 'it signs in, and is called by its name');
    const row = page.getByTestId('token').filter({ hasText: 'Front-desk' });
    ok((await row.innerText()).includes('read') && !(await row.innerText()).includes('admin'), 'it only reads unless one says otherwise');
    await row.getByRole('button', { name: 'Revoke' }).click();
    await accessible(page, 'revoke a token');
    await dialog(page).getByRole('button', { name: 'Revoke' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    ok(await until(async () => (await row.innerText()).includes('revoked')), 'it is listed as revoked');
    ok(await page.evaluate(() => document.activeElement.matches('.scroll-x[aria-labelledby="tokens"]')), 'the list of tokens has the focus');
    await reader.getByRole('link', { name: 'Trail', exact: true }).click();
    ok(await until(() => reader.getByLabel('API token').isVisible()), 'whoever signed in by it is out');
    await other.close();
    is((await context.request.post('/v1/session', { data: { token: secret } })).status(), 401, 'it signs in no more');
}

async function testOwnToken({ page, daemon, browser }) {
    await page.getByRole('button', { name: 'Add token' }).click();
    await dialog(page).getByRole('textbox').fill('Own');
    await dialog(page).getByLabel('read and admin').check();
    await page.keyboard.press('Enter');
    const secret = await secretIn(page);
    await dialog(page).getByRole('button', { name: 'Done' }).click();
    const other = await open(browser, daemon, { token: secret });
    const mine = await other.newPage();
    await visit(mine, '/settings');
    const tokens = mine.getByTestId('token');
    await tokens.filter({ hasText: 'default' }).getByRole('button', { name: 'Revoke' }).click();
    ok(!(await dialog(mine).innerText()).includes('You signed in by this one'), 'to revoke another’s token is no way out');
    await mine.keyboard.press('Escape');
    await tokens.filter({ hasText: 'Own' }).getByRole('button', { name: 'Revoke' }).click();
    ok((await dialog(mine).innerText()).includes('You signed in by this one'), 'to revoke one’s own is, and the page says so');
    await dialog(mine).getByRole('button', { name: 'Revoke' }).click();
    ok(await until(() => mine.getByLabel('API token').isVisible()), 'then one is signed out');
    await other.close();
}

async function testActs({ page }) {
    ok(await until(async () => (await page.locator('[aria-labelledby="acts"] table').innerText()).includes('token-revoke')), 'what was done is listed at once');
    await page.reload();
    await settled(page);
    const acts = await page.locator('[aria-labelledby="acts"] table').innerText();
    is(['endpoint-add', 'endpoint-rotate', 'endpoint-retire', 'token-add', 'token-revoke', 'token:default'].filter((word) => !acts.includes(word)), [], 'what was done, and by whom, is listed');
    await looks(page, 'settings with much in them');
}

// A delivery that was too large for the limit of its time; the limit was raised since.
async function testRejected({ page, daemon }) {
    const list = (await daemon.get('/v1/rejected?limit=100')).rejected;
    const large = list.find(({ status }) => status === 413);
    const broken = list.find(({ status }) => status === 400);
    await go(page, `/rejected/${broken.number}`);
    const fault = page.locator('.fault');
    ok(await fault.isVisible(), 'a rejected delivery: the byte at fault is marked');
    const before = await page.evaluate(() => document.querySelector('.fault').previousSibling.textContent.length);
    is(before, broken.offset, 'and it is that byte');
    await page.getByRole('button', { name: 'Retry' }).click();
    ok(await until(() => page.getByText('It stays here').isVisible()), 'what is still broken stays, with the reason');
    await accessible(page, 'a retry that failed');
    await go(page, `/rejected/${large.number}`);
    await page.getByRole('button', { name: 'Retry' }).click();
    ok(await until(() => page.url().includes('/events/')), 'what passes now is taken into the trail, and shown there');
    await settled(page);
    ok(await page.getByText('Taken into the trail').isVisible(), 'with a word');
    is((await daemon.get(`/v1/rejected/${large.number}`)).status, 404, 'and is rejected no more');
    await go(page, `/rejected/${broken.number}`);
    await page.getByRole('button', { name: 'Drop' }).click();
    await accessible(page, 'drop a rejected delivery');
    await page.keyboard.press('Escape');
    is(await dialog(page).count(), 0, 'Esc keeps it');
    await page.getByRole('button', { name: 'Drop' }).click();
    await dialog(page).getByRole('button', { name: 'Drop it' }).click();
    await page.waitForURL('**/rejected');
    await settled(page);
    is(await page.locator(`a[href="/rejected/${broken.number}"]`).count(), 0, 'dropped: it is gone from the list');
    await daemon.post('{"event": "new-session", ');
    const { number } = (await daemon.get('/v1/rejected?limit=1')).rejected[0];
    await page.getByRole('button', { name: 'Refresh' }).click();
    ok(await until(() => page.locator(`a[href="/rejected/${number}"]`).isVisible()), 'what is rejected meanwhile is there after Refresh');
    await go(page, '/rejected?since=2000-01-01&until=2000-01-02');
    ok(await page.getByText('Nothing is kept here').isVisible(), 'where none is, it says no more than that');
    is((await daemon.get(`/v1/rejected/${broken.number}`)).status, 404, 'and from the store');
}

// What was erased is no fault: it says so, and its proof goes on.
async function testErased({ page, daemon }) {
    const { seq } = await daemon.post({ event: 'new-session', agent_id: 'a', conversation: { id: 'to-be-forgotten' } });
    daemon.cli('erase', '--conversation', 'to-be-forgotten', '--reason', 'on request', '--confirm');
    await go(page, `/events/${seq}`);
    const text = await page.locator('main').innerText();
    is([`Event ${seq} was erased`, 'on request'].filter((words) => !text.includes(words)), [], 'an erased event: it says so, when and why');
    is(await page.locator('[role="alert"], .notice.bad').count() + await page.getByText('Try again').count(), 0, 'not as an error');
    await page.locator('section[aria-labelledby=proof]').getByRole('button', { name: 'Show' }).click();
    ok(await until(async () => {
        const again = page.getByRole('button', { name: 'Look again' });
        if (await again.isVisible()) await again.click();
        return page.locator('section[aria-labelledby=proof] pre').isVisible();
    }), 'and its proof is there');
    await accessible(page, 'an erased event');
}

export async function testAdmin({ browser, daemon }) {
    const context = await open(browser, daemon, { token: daemon.token });
    const page = await context.newPage();
    await testFocus({ page });
    await testEndpoints({ page, daemon });
    await testTokens({ context, page, daemon, browser });
    await testOwnToken({ page, daemon, browser });
    await testActs({ page });
    await testRejected({ page, daemon });
    await testErased({ page, daemon });
    is(context.faults, [], 'an administrator’s acts: nothing went wrong');
    await context.close();
}
