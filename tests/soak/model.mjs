// What a soak is held to. The daemon's memory, descriptors and threads are flat, its files grow with the events and with nothing
// else, and no reader that was killed holds on to anything.
//
//   trail, index, keys   bytes in use = those of the second quarter + `bytes` for each event since; 10 % more is too much
//   free pages           of trail and index: bounded, and flat over the last half; they grow while a snapshot is held on to
//   memory               what the process has of its own (RssAnon): bounded, and flat over the last half; besides it there are
//                        the mapped pages of the two files, never more than the files
//   descriptors          those of the daemon itself, without connections: as in the beginning; flat
//   threads              as in the beginning
//   readers              slots of the reader tables: bounded; the oldest snapshot is gone within seconds
//   index                behind by seconds, never more
//
// A value is flat if a straight line through its last half (least squares) rises by no more than `rise` from end to end.
const MiB = 1 << 20;

export const limits = {
    bytes: { trail: 1440, index: 435, keys: 16 }, // an event of deliveries.mjs
    growth: 1.1,
    slack: 16 * MiB, // of a file in use, above the model
    free: 1024 * MiB,
    freeRise: 64 * MiB,
    anonymous: 256 * MiB,
    anonymousRise: 8 * MiB,
    mapped: 32 * MiB, // the programs and libraries
    descriptors: 8,
    descriptorsRise: 2,
    readers: 64,
    ageSeconds: 15,
    lagSeconds: 10,
};

const mean = (list, of) => list.reduce((sum, one) => sum + of(one), 0) / list.length;

// How much y grows by x, by the straight line through the samples.
function slope(samples, x, y) {
    const middle = mean(samples, x), spread = mean(samples, (s) => (x(s) - middle) ** 2);
    return spread === 0 ? 0 : mean(samples, (s) => (x(s) - middle) * y(s)) / spread;
}

const files = { trail: (s) => s.trail.used, index: (s) => s.index.used, keys: (s) => s.keys };

// Where a run stands in its second quarter, and what the daemon has when it begins.
export function anchor(samples) {
    const end = samples.at(-1).t;
    const part = samples.filter((s) => s.t >= end / 4 && s.t < end / 2);
    const points = Object.entries(files).map(([name, bytes]) => [name, { events: mean(part, (s) => s.events), bytes: mean(part, bytes) }]);
    return { ...Object.fromEntries(points), descriptors: own(samples[0]), threads: samples[0].threads };
}

const own = (s) => s.descriptors - s.connections;
const rise = (samples, of) => slope(samples, (s) => s.t, of) * (samples.at(-1).t - samples[0].t);
const most = (samples, of) => Math.max(...samples.map(of));

// What there is to say of the samples of a last half, one row a bound: { name, value, bound, unit, fine }.
export function measure(samples, from, others) {
    const bounds = { ...limits, ...others };
    const rows = [];
    const row = (name, value, bound, unit) => rows.push({ name, value, bound, unit, fine: value <= bound });
    const flat = (name, of, bound, unit) => row(`${name}: rise over the last half`, rise(samples, of), bound, unit);
    for (const [name, bytes] of Object.entries(files)) {
        const each = bounds.bytes[name] * bounds.growth;
        row(`${name}: bytes in use an event`, slope(samples, (s) => s.events, bytes), each, 'bytes');
        const above = most(samples, (s) => bytes(s) - from[name].bytes - each * (s.events - from[name].events));
        row(`${name}: bytes in use above the model`, above, bounds.slack, 'bytes');
    }
    for (const name of ['trail', 'index']) {
        row(`${name}: free pages`, most(samples, (s) => s[name].free), bounds.free, 'bytes');
        flat(`${name}: free pages`, (s) => s[name].free, bounds.freeRise, 'bytes');
        row(`${name}: slots of the reader table`, most(samples, (s) => s[name].readers), bounds.readers, '');
        row(`${name}: age of the oldest snapshot`, most(samples, (s) => s[name].ageSeconds), bounds.ageSeconds, 's');
    }
    row('memory of its own', most(samples, (s) => s.anonymous), bounds.anonymous, 'bytes');
    flat('memory of its own', (s) => s.anonymous, bounds.anonymousRise, 'bytes');
    row('mapped pages beyond the files', most(samples, (s) => s.mapped - s.trail.size - s.index.size), bounds.mapped, 'bytes');
    row('descriptors of its own, more than in the beginning', most(samples, own) - from.descriptors, bounds.descriptors, '');
    flat('descriptors of its own', own, bounds.descriptorsRise, '');
    row('threads, more than in the beginning', most(samples, (s) => s.threads) - from.threads, 0, '');
    row('the index behind', most(samples, (s) => s.lagSeconds), bounds.lagSeconds, 's');
    return rows;
}
