// What the model must notice: of samples as they should be nothing, and whatever is done to them, that. Prints "PASS name" or
// "FAIL name: what".
import { anchor, limits, measure } from './model.mjs';

const MiB = 1 << 20, RATE = 2000, SECONDS = 3600;

function made(t) {
    const events = t * RATE, jitter = (Math.sin(t) + 1) / 2;
    const file = (bytes) => ({ used: bytes * events, size: bytes * events + 20 * MiB, free: 10 * MiB * (1 + jitter), readers: 8 + 4 * jitter, ageSeconds: 4 * jitter });
    return {
        t, events, trail: file(limits.bytes.trail), index: file(limits.bytes.index), keys: limits.bytes.keys * events,
        anonymous: (40 + 2 * jitter) * MiB, mapped: 500 * MiB, descriptors: 150 + Math.round(6 * jitter), connections: 130 + Math.round(6 * jitter),
        threads: 4, lagSeconds: jitter,
    };
}

// What is found of an hour that `change` has been at.
function found(change) {
    const samples = Array.from({ length: SECONDS / 5 }, (_, n) => made((n + 1) * 5));
    samples.forEach(change);
    const half = samples.filter((s) => s.t >= SECONDS / 2);
    return measure(half, anchor(samples)).filter((row) => !row.fine).map((row) => row.name);
}

const late = (s) => Math.max(0, s.t - SECONDS / 2); // seconds of the last half
const controls = {
    'nothing': [() => {}, []],
    'the trail grows by a fifth more': [(s) => { s.trail.used += 0.2 * limits.bytes.trail * RATE * late(s); }, ['trail: bytes in use an event', 'trail: bytes in use above the model']],
    'the index is twice as large from some time on': [(s) => { s.index.used *= late(s) ? 2 : 1; }, ['index: bytes in use an event', 'index: bytes in use above the model']],
    'the index is 200 MiB larger from some time on': [(s) => { s.index.used += late(s) > 1200 ? 200 * MiB : 0; }, ['index: bytes in use an event', 'index: bytes in use above the model']],
    'a data key for each event': [(s) => { s.keys *= 4.5; }, ['keys: bytes in use an event', 'keys: bytes in use above the model']],
    'free pages that nobody takes': [(s) => { s.trail.free += 0.05 * MiB * late(s); }, ['trail: free pages: rise over the last half']],
    '2 GiB of free pages': [(s) => { s.index.free += 2048 * MiB; }, ['index: free pages']],
    'slots of killed readers that stay': [(s) => { s.index.readers += s.t / 30; }, ['index: slots of the reader table']],
    'a snapshot that is held on to, once for 20 s': [(s) => { if (s.t === 3000) s.trail.ageSeconds = 20; }, ['trail: age of the oldest snapshot']],
    'a leak of 3 bytes a request': [(s) => { s.anonymous += 3 * s.events; }, ['memory of its own: rise over the last half']],
    'a large cache': [(s) => { s.anonymous += 300 * MiB; }, ['memory of its own']],
    'a file that stays mapped': [(s) => { s.mapped = s.trail.size + s.index.size + 64 * MiB; }, ['mapped pages beyond the files']],
    'a descriptor in ten minutes': [(s) => { s.descriptors += Math.floor(s.t / 600); }, ['descriptors of its own: rise over the last half']],
    'twenty descriptors at once': [(s) => { s.descriptors += s.t > 100 ? 20 : 0; }, ['descriptors of its own, more than in the beginning']],
    'a thread more': [(s) => { s.threads += s.t > 3000 ? 1 : 0; }, ['threads, more than in the beginning']],
    'an index that does not keep up': [(s) => { s.lagSeconds += s.t / 100; }, ['the index behind']],
};
for (const [name, [change, wanted]] of Object.entries(controls)) {
    const got = found(change);
    console.log(got.join() === wanted.join() ? `PASS the model: ${name}` : `FAIL the model: ${name}: ${JSON.stringify(got)}`);
}
