// What the page's tests have found: a line for each, PASS or FAIL and a name, as tests/system/lib.sh reads them (told).
export function ok(good, name, details) {
    const more = good || details === undefined ? '' : `: ${JSON.stringify({ details }).slice(0, 900)}`;
    console.log(`${good ? 'PASS' : 'FAIL'} ${name}${more}`);
    return Boolean(good);
}

export function is(got, wanted, name) {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
    return ok(a === b, name, { got, wanted });
}

export const diag = (text) => console.log(`-- ${text}`);

export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Whether it came to hold within the time; machines are shared.
export async function until(condition, ms = 40000) {
    for (const end = Date.now() + ms; ;) {
        if (await condition()) return true;
        if (Date.now() > end) return false;
        await pause(30);
    }
}
