// Searches files for needles: hunt.mjs LIST PATH… looks through every file below the paths for each line of LIST: a JSON
// string, or "hex:…". Text is looked for as it is, as JSON escapes it, in lower case, in hex and in base64; bytes as they
// are, in hex and in base64. Prints what is found, at most 20 times, and ends with 1 if anything is.
import fs from 'node:fs';
import path from 'node:path';

const [list, ...paths] = process.argv.slice(2);

const base64 = (bytes) => [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const whole = text.slice(shift === 0 ? 0 : shift + 1, text.length - 4); // what doesn't hang on its neighbours
    return whole.length < 12 ? [] : [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
});

const forms = (line) => {
    if (line.startsWith('hex:')) {
        const bytes = Buffer.from(line.slice(4), 'hex');
        return [bytes, ...[bytes.toString('hex'), ...base64(bytes)].map((text) => Buffer.from(text))];
    }
    const text = JSON.parse(line), bytes = Buffer.from(text);
    const ascii = JSON.stringify(text).slice(1, -1)
        .replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return [bytes, ...[JSON.stringify(text).slice(1, -1), ascii, text.toLowerCase(), bytes.toString('hex'),
        ...base64(bytes)].map((one) => Buffer.from(one))];
};

const needles = fs.readFileSync(list, 'utf8').split('\n').filter((line) => line !== '')
    .flatMap((line) => [...new Map(forms(line).map((form) => [form.toString('latin1'), form])).values()]
        .map((form) => ({line, form})));

const files = (place) => {
    const stat = fs.lstatSync(place);
    if (stat.isDirectory()) return fs.readdirSync(place).flatMap((name) => files(path.join(place, name)));
    return stat.isFile() ? [place] : [];
};

let found = 0;
const searched = paths.flatMap(files);
for (const file of searched) {
    const bytes = fs.readFileSync(file);
    for (const {line, form} of needles) {
        const at = bytes.indexOf(form);
        if (at < 0) continue;
        if (++found <= 20) console.log(`${file} at ${at}: ${line}`);
    }
}
if (needles.length === 0 || searched.length === 0) throw new Error('nothing to search, or nothing to search for');
process.exit(found > 0 ? 1 : 0);
