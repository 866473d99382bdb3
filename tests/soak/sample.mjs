// One look at the daemon and its files.
import { execFile } from 'node:child_process';
import { readFile, readdir, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const environment = async (pages, path) => {
    const { stdout } = await run(pages, [path]);
    const [size, free, readers, age, commits] = stdout.split(' ').map(Number);
    return { size, free, used: size - free, readers, age, commits };
};
const size = (path) => stat(path).then((found) => found.size, () => 0);

async function metrics(url, token) {
    const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } })).text();
    return (name) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)[1]);
}

async function memory(pid) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const of = (name) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)[1]);
    return { rss: of('VmRSS') * 1024, anonymous: of('RssAnon') * 1024, mapped: of('RssFile') * 1024, threads: of('Threads') };
}

// { pid, url, token, data, pages }
export async function sample({ pid, url, token, data, pages }) {
    const metric = await metrics(url, token);
    const descriptors = (await readdir(`/proc/${pid}/fd`)).length;
    return {
        ...(await memory(pid)),
        descriptors,
        connections: metric('hooktrail_connections'),
        events: metric('hooktrail_trail_events'),
        lag: metric('hooktrail_index_lag_events'),
        rejected: metric('hooktrail_rejected_kept'),
        trail: await environment(pages, `${data}/trail`),
        index: await environment(pages, `${data}/index`),
        keys: await size(`${data}/keys/data.keys`),
    };
}
