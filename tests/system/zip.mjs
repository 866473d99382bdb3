// zip.mjs OUT [[--claim BYTES] [--link] [--twice] NAME FILE]…: a zip of files, stored, also of kinds that no tool makes.
// --claim: its headers say that it has so many bytes; --link: FILE is where a symbolic link leads; --twice: listed twice.
import { readFileSync, writeFileSync } from 'node:fs';

const crc32 = bytes => {
    let crc = ~0;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
};

const [out, ...words] = process.argv.slice(2);
const pieces = [], directory = [];
let offset = 0;
const add = (name, bytes, claim, link, twice) => {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x5c21, 8); // 2026-01-01
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(claim ?? bytes.length, 14);
    common.writeUInt32LE(claim ?? bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), bytes]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((link ? 0o120777 : 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const listed = Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, tail, Buffer.from(name)]);
    directory.push(listed);
    if (twice) directory.push(listed);
    pieces.push(entry);
    offset += entry.length;
};
for (let at = 0; at < words.length;) {
    const options = {};
    for (; words[at].startsWith('--'); at++) options[words[at]] = words[at] === '--claim' ? +words[++at] : true;
    const [name, file] = [words[at++], words[at++]];
    add(name, options['--link'] ? Buffer.from(file) : readFileSync(file), options['--claim'], options['--link'],
        options['--twice']);
}
const list = Buffer.concat(directory), end = Buffer.alloc(22);
end.write('PK\x05\x06', 0, 'latin1');
end.writeUInt16LE(directory.length, 8);
end.writeUInt16LE(directory.length, 10);
end.writeUInt32LE(list.length, 12);
end.writeUInt32LE(offset, 16);
writeFileSync(out, Buffer.concat([...pieces, list, end]));
