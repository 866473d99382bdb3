// agree.mjs VERDICT [COUNT] [SEED]: the scanner's verdicts (the program VERDICT, of verdict.c) against those of
// judge.mjs, on the table of cases.h, on every text of one byte and of two, and on COUNT generated ones (20,000): taken
// or not, and the byte at fault. Prints what differs, and what the generated texts were; fails if anything differs, or if
// a kind of text is too rare to mean something.
import { spawnSync } from 'node:child_process';
import { generator } from './generate.mjs';
import { judge } from './judge.mjs';

const [program, count = '20000', seed = '1'] = process.argv.slice(2);
const BATCH = 20000;
const SHOWN = 10;
let differences = 0;
let total = 0;
const kinds = { valid: 0, syntax: 0, utf8: 0, surrogate: 0, duplicate: 0, depth: 0, nodes: 0 };

function run(args, input) {
    const { status, stdout, stderr } = spawnSync(program, args, { input, maxBuffer: 1 << 30 });
    if (status !== 0) throw new Error(`${program}: ${status} ${stderr}`);
    return stdout;
}

const verdictAt = (bytes, at) => ({ valid: bytes[at] === 1, offset: bytes.readUInt32LE(at + 1) });

function compare(text, theirs) {
    const ours = judge(text);
    kinds[ours.why]++;
    total++;
    if (ours.valid === theirs.valid && ours.offset === theirs.offset) return;
    differences++;
    if (differences <= SHOWN)
        console.log(`differs: ${JSON.stringify(text.toString('latin1'))}
  scanner ${JSON.stringify(theirs)}, here ${JSON.stringify(ours)}`);
}

function compareAll(texts) {
    const frames = texts.flatMap((text) => {
        const size = Buffer.alloc(4);
        size.writeUInt32LE(text.length);
        return [size, text];
    });
    const verdicts = run([], Buffer.concat(frames));
    texts.forEach((text, i) => compare(text, verdictAt(verdicts, 5 * i)));
}

function compareTable() {
    const table = run(['--cases']);
    for (let at = 0; at < table.length; ) {
        const size = table.readUInt32LE(at);
        compare(table.subarray(at + 4, at + 4 + size), verdictAt(table, at + 4 + size));
        at += 4 + size + 5;
    }
}

compareTable();
const cases = total;
compareAll(Array.from({ length: 256 }, (_, byte) => Buffer.of(byte)));
compareAll(Array.from({ length: 65536 }, (_, pair) => Buffer.of(pair >> 8, pair & 255)));
const nodes = (n) => Buffer.from(`[${'0,'.repeat(n - 2)}0]`);
compareAll([nodes(131072), nodes(131073), nodes(131080)]);

for (const kind of Object.keys(kinds)) kinds[kind] = 0;
const make = generator(Number(seed));
for (let left = Number(count); left > 0; left -= BATCH) compareAll(Array.from({ length: Math.min(left, BATCH) }, make));

const told = Object.entries(kinds).map(([kind, n]) => `${kind} ${n}`).join(', ');
console.log(`${cases} cases, ${count} generated texts (seed ${seed}): ${told}; ${differences} differences`);
const rare = Object.entries(kinds).filter(([kind, n]) => kind !== 'nodes' && n < Number(count) / 500);
if (rare.length > 0) console.log(`too rare: ${rare.map(([kind]) => kind).join(', ')}`);
process.exit(differences > 0 || rare.length > 0 ? 1 : 0);
