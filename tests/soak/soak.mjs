// soak.mjs CONFIG: delivers at a steady rate while readers come, go and are killed, looks at the daemon every few seconds, and holds
// what it saw to the model (model.mjs). Then the control: a snapshot is held on to, and the model must notice. In the end every
// acknowledged event is there. CONFIG is JSON: { pid, url, hook, token, data, scratch, hooktrail, pages, headers, seconds, control, rate,
// every, wave, pause, samples, limits }. Prints "PASS name", "FAIL name: what", and figures.
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Sender } from './sender.mjs';
import { Readers } from './readers.mjs';
import { sample } from './sample.mjs';
import { anchor, measure } from './model.mjs';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { seconds, control, rate, every } = config;
const pause = (s) => new Promise((resolve) => setTimeout(resolve, s * 1000));
const check = (name, passed, what) => console.log(passed ? `PASS ${name}` : `FAIL ${name}: ${JSON.stringify(what)}`);
const record = createWriteStream(config.samples, { mode: 0o600 });
const sender = new Sender(config.hook, rate, Math.ceil(rate * (seconds + control + 5)));
const readers = new Readers({ ...config, sender });
const begin = performance.now();
const seen = [];

// How old the oldest snapshot is that is in use, in seconds: LMDB counts in commits. At most one sample too old.
function age(name, now) {
    const { commits, age: behind } = now[name];
    const before = seen.findLast((one) => one[name].commits <= commits - behind);
    return behind === 0 ? 0 : (now.at - (before?.at ?? begin)) / 1000;
}

// Samples until `length` seconds have gone, with what the counters say of the time since the one before.
async function watch(length, phase) {
    const samples = [], since = performance.now();
    for (let n = 1; n * every <= length; n++) {
        await pause(Math.max(0, n * every - (performance.now() - since) / 1000));
        const now = { phase, t: (performance.now() - since) / 1000, at: performance.now(), sent: sender.sent, due: sender.due, alive: readers.alive.size, ...(await sample(config)) };
        for (const name of ['trail', 'index']) now[name].ageSeconds = age(name, now);
        now.lagSeconds = now.lag / rate;
        samples.push(now);
        seen.push(now);
        record.write(`${JSON.stringify(now)}\n`);
    }
    return samples;
}

const shown = ({ value, unit }) => (unit === 'bytes' && Math.abs(value) > 1e5 ? `${(value / 1048576).toFixed(1)} MiB` : `${value.toFixed(1)} ${unit}`);
const told = (row) => `${shown(row)}, at most ${shown({ ...row, value: row.bound })}`;

// The control: somebody holds a snapshot of trail and index, and never lets go.
async function pinned() {
    const pins = ['trail', 'index'].map((name) => spawn(config.pages, [`${config.data}/${name}`, 'pin'], { stdio: 'ignore' }));
    const samples = await watch(control, 'control');
    for (const pin of pins) pin.kill('SIGKILL');
    return samples;
}

// What a killed reader held is let go of by the daemon, without another reader's help.
async function released() {
    const since = performance.now();
    let last = { trail: { age: Infinity }, index: { age: Infinity } };
    while (Math.max(last.trail.age / config.rate, last.index.age / 20) > 1 && performance.now() - since < 30000) {
        await pause(0.5);
        last = await sample(config);
    }
    const took = (performance.now() - since) / 1000;
    check(`what a killed reader held is let go of (after ${took.toFixed(1)} s)`, took < 10, last);
}

// Every event that was acknowledged, by its seq and digest, and no other.
async function compare() {
    const list = spawn(config.hooktrail, ['events', '--order', 'asc', '--data', config.data], { stdio: ['ignore', 'pipe', 'inherit'] });
    let events = 0, wrong = 0;
    for await (const line of createInterface({ input: list.stdout })) {
        const seq = Number(/"seq":(\d+)/.exec(line)[1]), digest = /"sha256":"([0-9a-f]{16})/.exec(line)[1];
        events++;
        if (seq !== events || sender.digests[seq] !== BigInt(`0x${digest}`)) wrong++;
    }
    const acknowledged = sender.digests.reduce((sum, digest) => sum + (digest ? 1 : 0), 0);
    check(`every acknowledged event is there, and no other (${acknowledged})`, wrong === 0 && events === acknowledged, { events, acknowledged, wrong });
}

sender.start();
readers.start();
const samples = await watch(seconds, 'soak');
await readers.stop();
const reached = sender.sent / seconds;
const from = anchor(samples);
const half = samples.filter((s) => s.t >= seconds / 2);
for (const row of measure(half, from, config.limits)) check(`${row.name} (${told(row)})`, row.fine, row);
check(`the rate is kept up (${reached.toFixed(0)} of ${rate} a second)`, reached >= 0.98 * rate, { sent: sender.sent, seconds });
check(`readers are killed (${readers.killed} of ${readers.started})`, readers.killed >= seconds / 10, readers.started);
check('those that are not end well', readers.failures.length === 0, readers.failures.slice(0, 5));

const held = measure(await pinned(), from, config.limits).filter((row) => !row.fine);
for (const name of ['trail', 'index']) {
    const found = held.filter((row) => row.name.startsWith(name)).map((row) => `${row.name} ${told(row)}`);
    check(`control: a snapshot of ${name} that is held on to is noticed (${found.join('; ')})`, found.length >= 1, found);
}
await released();
await sender.stop();
check('each delivery is answered as it must be', sender.faults.length === 0, sender.faults);
console.log(`${sender.answered} answered in ${((performance.now() - begin) / 1000).toFixed(0)} s, ${(sender.bytes / sender.sent).toFixed(0)} bytes each; ` +
    `${sender.repeats} repeated, ${sender.broken} rejected, ${sender.refused} refused, ${sender.reconnections} connections closed`);
sender.end();
await compare();
record.end();
