// Plants a person: plant.mjs DIR TOKEN writes DIR/NN.json, one for each documented event, in which every string that is
// not of hooktrail's own vocabulary is a needle with TOKEN in it, and DIR/needles, one a line. Ids stand in all of them.
// Needles have characters that JSON, shells and terminals care about.
import fs from 'node:fs';
import path from 'node:path';

const [dir, token] = process.argv.slice(2);
const fixtures = 'tests/fixtures';
const names = fs.readdirSync(fixtures)
    .filter((name) => /^(type-|documented-|contact\.json|series-growing|messages-with-ids|unicode-plain)/.test(name))
    .sort();
const needles = new Set();

const needle = (text) => {
    needles.add(text);
    return text;
};
const lead = needle(`lead-${token}`);
const visitor = needle(`visitor-${token}`);
const conversation = needle(`conversation-${token}`);
const email = needle(`mail.${token}@example.com`);

// Of the agent, of the protocol, or a time: not of a person.
const kept = /^(event|event_type|agent_id|agent_name|created_at|timestamp|role|type|updated_at|status)$/;

// By where it stands, so that the same messages are the same in all of them: by these a conversation is known again.
const fresh = (where) => needle(`N-${token} "${where}" é\\ü <${where.length}>\tz`);

const idFor = (key, where) => {
    if (/lead_id$/.test(key) || /(^|\.)(lead|contact)\.id$/.test(where)) return lead;
    if (/visitor_id$/.test(key)) return visitor;
    if (/conversation_id$/.test(key) || /(^|\.)(conversation|session)\.id$/.test(where)) return conversation;
    if (/email$/.test(key)) return email;
    return null;
};

const plant = (value, key, where) => {
    if (Array.isArray(value)) return value.map((one, i) => plant(one, key, `${where}.${i}`));
    if (value !== null && typeof value === 'object') {
        if (/(^|\.)agent$/.test(where)) return value;
        return Object.fromEntries(Object.entries(value).map(([name, one]) =>
            [name, plant(one, name, where === '' ? name : `${where}.${name}`)]));
    }
    const id = value === null ? null : idFor(key, where);
    if (id !== null) return id;
    return typeof value !== 'string' || kept.test(key) ? value : fresh(where);
};

names.forEach((name, i) => {
    const value = plant(JSON.parse(fs.readFileSync(path.join(fixtures, name), 'utf8')), '', '');
    value.planted = fresh(`planted.${name}`);
    const indent = i % 2 === 0 ? 0 : 2;
    fs.writeFileSync(path.join(dir, `${String(i).padStart(2, '0')}.json`), JSON.stringify(value, null, indent));
});
fs.writeFileSync(path.join(dir, 'needles'), [...needles].map((text) => JSON.stringify(text)).join('\n') + '\n');
