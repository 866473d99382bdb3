// witness.mjs COMMAND …: a witness by c2sp.org/tlog-witness, written from the specifications alone.
//   make NAME FILE                a new key: the secret goes to FILE, its verifier key is printed
//   serve FILE STATE LOGS MODE    serves on a free port, which is printed. LOGS has the verifier keys of logs, a line each.
//                                 STATE keeps what was cosigned. MODE may hold a word: how to misbehave.
//   verify NOTE KEY…              the note is signed by every one of these keys; prints origin, size and root
// Each request is told in a line on standard output: origin, old size, size, status.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import http from 'node:http';

const ED25519 = 1;
const COSIGNATURE = 4;
const DASH = '\u2014 ';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

// ---- keys (signed-note) ----

const privateKey = (seed) => createPrivateKey({ format: 'der', type: 'pkcs8',
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]) });
const publicKey = (bytes) => createPublicKey({ format: 'der', type: 'spki',
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]) });
const publicBytes = (seed) => createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(-32);
const keyId = (name, type, bytes) => sha256(Buffer.from(`${name}\n`), Buffer.from([type]), bytes).subarray(0, 4);

function parseKey(text) {
    const [, name, id, encoded] = text.trim().match(/^([^+\s]+)\+([0-9a-f]{8})\+(.*)$/);
    const bytes = Buffer.from(encoded, 'base64');
    const key = { name, id, type: bytes[0], bytes: bytes.subarray(1) };
    if (key.bytes.length !== 32 || keyId(name, key.type, key.bytes).toString('hex') !== id) throw new Error(`bad key ${text}`);
    return key;
}

const formatKey = (name, type, bytes) =>
    `${name}+${keyId(name, type, bytes).toString('hex')}+${Buffer.concat([Buffer.from([type]), bytes]).toString('base64')}`;

// ---- notes and checkpoints ----

function parseNote(note) {
    const border = note.lastIndexOf('\n\n');
    if (border < 0 || !note.endsWith('\n')) throw new Error('no note');
    const signatures = note.slice(border + 2, -1).split('\n').map((line) => {
        const [, name, encoded] = line.match(/^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/);
        const bytes = Buffer.from(encoded, 'base64');
        return { name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) };
    });
    return { text: note.slice(0, border + 1), signatures };
}

function parseCheckpoint(text) {
    const [origin, size, root, ...extensions] = text.split('\n');
    if (!/^(0|[1-9]\d*)$/.test(size) || Buffer.from(root, 'base64').length !== 32 || extensions.at(-1) !== '')
        throw new Error('no checkpoint');
    return { origin, size: BigInt(size), root };
}

const cosigned = (time, text) => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);

function isSignedBy(note, key) {
    return note.signatures.some(({ name, id, bytes }) => {
        if (name !== key.name || id !== key.id) return false;
        if (key.type === ED25519) return verify(null, Buffer.from(note.text), publicKey(key.bytes), bytes);
        return verify(null, cosigned(bytes.readBigUInt64BE(), note.text), publicKey(key.bytes), bytes.subarray(8));
    });
}

function cosign(text, name, seed, time) {
    const head = Buffer.alloc(8);
    head.writeBigUInt64BE(BigInt(time));
    const signature = sign(null, cosigned(time, text), privateKey(seed));
    const id = keyId(name, COSIGNATURE, publicBytes(seed));
    return `${DASH}${name} ${Buffer.concat([id, head, signature]).toString('base64')}\n`;
}

// ---- consistency (RFC 9162, section 2.1.4.2) ----

const node = (left, right) => sha256(Buffer.from([1]), left, right);

function isConsistent(oldSize, oldRoot, size, root, proof) {
    if (oldSize === 0n) return proof.length === 0;
    if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
    let [fn, sn] = [oldSize - 1n, size - 1n];
    for (; fn & 1n; fn >>= 1n) sn >>= 1n;
    const hashes = fn === 0n ? [oldRoot, ...proof] : [...proof];
    if (hashes.length === 0) return false;
    let [fr, sr] = [hashes[0], hashes[0]];
    for (const hash of hashes.slice(1)) {
        if (sn === 0n) return false;
        if (fn & 1n || fn === sn) {
            [fr, sr] = [node(hash, fr), node(hash, sr)];
            for (; !(fn & 1n) && fn !== 0n; fn >>= 1n) sn >>= 1n;
        } else {
            sr = node(sr, hash);
        }
        [fn, sn] = [fn >> 1n, sn >> 1n];
    }
    return fr.equals(oldRoot) && sr.equals(root) && sn === 0n;
}

// ---- the witness ----

function persist(file, state) {
    const fd = openSync(`${file}.new`, 'w');
    writeSync(fd, JSON.stringify(state));
    fsyncSync(fd);
    closeSync(fd);
    renameSync(`${file}.new`, file);
}

class Witness {
    constructor(keyFile, stateFile, logsFile) {
        const { name, seed } = JSON.parse(readFileSync(keyFile, 'utf8'));
        Object.assign(this, { name, seed: Buffer.from(seed, 'hex'), stateFile });
        this.logs = readFileSync(logsFile, 'utf8').split('\n').filter(Boolean).map(parseKey);
        this.state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : {};
    }

    // The answer to add-checkpoint, and what it was about.
    addCheckpoint(body) {
        const [, old, lines, rest] = body.match(/^old (0|[1-9]\d*)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n([^]*)$/);
        const note = parseNote(rest);
        const { origin, size, root } = parseCheckpoint(note.text);
        const about = { origin, old: BigInt(old), size, text: note.text };
        const keys = this.logs.filter((key) => key.name === origin);
        if (keys.length === 0) return { ...about, code: 404 };
        if (!keys.some((key) => isSignedBy(note, key))) return { ...about, code: 403 };
        const last = this.state[origin] ?? { size: '0', root: '' };
        if (about.old > size) return { ...about, code: 400 };
        if (about.old !== BigInt(last.size))
            return { ...about, code: 409, type: 'text/x.tlog.size', body: `${last.size}\n` };
        if (about.old === size && size > 0n && last.root !== root) return { ...about, code: 409, body: '' };
        const proof = lines.split('\n').filter(Boolean).map((line) => Buffer.from(line, 'base64'));
        const [oldRoot, newRoot] = [last.root, root].map((text) => Buffer.from(text, 'base64'));
        if (proof.length > 63 || !isConsistent(about.old, oldRoot, size, newRoot, proof)) return { ...about, code: 422 };
        this.state[origin] = { size: String(size), root };
        persist(this.stateFile, this.state);
        return { ...about, code: 200, body: cosign(note.text, this.name, this.seed, Math.floor(Date.now() / 1000)) };
    }
}

// What a witness must not do, by the word in MODE: changes the answer, or gives none (null).
const now = () => Math.floor(Date.now() / 1000);
let count = 0;
const lies = {
    'wrong-key': ({ text }) => ({ code: 200, body: cosign(text, 'stranger.example', randomBytes(32), now()) }),
    'wrong-signature': (answer, { name, seed }) =>
        ({ code: 200, body: cosign(`${answer.text}x\n`, name, seed, now()) }),
    'other-checkpoint': ({ text }, { name, seed }) =>
        ({ code: 200, body: cosign(text.replace(/^\d+$/m, '1000000'), name, seed, now()) }),
    future: ({ text }, { name, seed }) => ({ code: 200, body: cosign(text, name, seed, now() + 86400) }),
    garbage: () => ({ code: 200, body: randomBytes(3000) }),
    empty: () => ({ code: 200, body: '' }),
    huge: ({ body }) => ({ code: 200, body: Buffer.alloc(64 << 20, body ?? 'x') }),
    hang: () => null,
    loop: () => ({ code: 409, type: 'text/x.tlog.size', body: `${count++ % 2}\n` }),
    contradict: ({ old }) => ({ code: 409, type: 'text/x.tlog.size', body: `${old}\n` }),
    larger: ({ size }) => ({ code: 409, type: 'text/x.tlog.size', body: `${size + 1n}\n` }),
    conflict: () => ({ code: 409, body: '' }),
    redirect: () => ({ code: 307, location: '/add-checkpoint' }),
    failing: () => ({ code: 500, body: 'no' }),
};

function serve(keyFile, stateFile, logsFile, modeFile) {
    const witness = new Witness(keyFile, stateFile, logsFile);
    const server = http.createServer(async (request, response) => {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        if (request.method !== 'POST' || request.url !== '/prefix/add-checkpoint') return response.writeHead(404).end();
        let answer = { code: 400 };
        const mode = existsSync(modeFile) ? readFileSync(modeFile, 'utf8').trim() : '';
        try {
            answer = witness.addCheckpoint(Buffer.concat(chunks).toString());
        } catch (error) {
            console.log(`malformed: ${error.message}`);
        }
        if (mode) answer = { ...answer, body: undefined, ...lies[mode](answer, witness) };
        console.log(`${answer.origin} ${answer.old} ${answer.size} ${mode || answer.code}`);
        if (mode === 'hang') return undefined;
        const headers = { 'Content-Type': answer.type ?? 'text/plain', ...(answer.location && { Location: answer.location }) };
        return response.writeHead(answer.code, headers).end(answer.body ?? '');
    });
    server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
}

const [command, ...rest] = process.argv.slice(2);
if (command === 'make') {
    const [name, file] = rest;
    const seed = randomBytes(32);
    writeFileSync(file, JSON.stringify({ name, seed: seed.toString('hex') }));
    console.log(formatKey(name, COSIGNATURE, publicBytes(seed)));
} else if (command === 'serve') {
    serve(...rest);
} else {
    const [file, ...keys] = rest;
    const note = parseNote(readFileSync(file, 'utf8'));
    const missing = keys.filter((key) => !isSignedBy(note, parseKey(key)));
    const { origin, size, root } = parseCheckpoint(note.text);
    console.log(`${origin} ${size} ${root}`);
    for (const key of missing) console.error(`not signed by ${key}`);
    process.exit(missing.length ? 1 : 0);
}
