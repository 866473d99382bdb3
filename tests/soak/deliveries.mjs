// What a soak delivers. Delivery `number` hangs on its number alone: one in a hundred is no JSON, one in twenty repeats an earlier
// one. Some 2,000 conversations are open at a time, each of six events, of 20 agents; a third of them have a lead.
const OPEN = 2000, EVENTS = 6, POOL = 1 << 17, REPEATED_WITHIN = 5000;

const mix = (n, salt) => {
    let t = Math.imul((n ^ (n / 4294967296)) + 0x9e3779b9 * salt, 0x85ebca6b);
    t = Math.imul(t ^ (t >>> 13), 0xc2b2ae35);
    return (t ^ (t >>> 16)) >>> 0;
};
const words = `delivery price invoice machine Norway question when could you please send the drawing of model number tolerance certificate
    warranty spare part heat pump pressure valve customs order again thank wait person sales manager quote week`.split(/\s+/);
const pool = Array.from({ length: POOL / 6 }, (_, n) => (mix(n, 9) % 5 ? words[mix(n, 1) % words.length] : mix(n, 2).toString(36))).join(' ');

const uuid = (n, salt) => {
    const hex = [1, 2, 3, 4].map((part) => mix(n, salt * 4 + part).toString(16).padStart(8, '0')).join('');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5').slice(0, 36);
};
// Each of the open ones has its place, and begins and ends at a time of its own.
const turn = (number) => Math.floor(number / OPEN) + (number % OPEN);
export const conversationOf = (number) => Math.floor(turn(number) / EVENTS) * OPEN + (number % OPEN);
export const conversationId = (conversation) => uuid(conversation, 1);
export const leadId = (conversation) => uuid(conversation, 2);
export const hasLead = (conversation) => conversation % 3 === 0;

// 0.2 to 1 KB mostly, then up to 3 and 10, one in a hundred up to 60: 1.9 KB on the average.
function sizeOf(number) {
    const kind = mix(number, 3) % 100, within = mix(number, 4) % 1000 / 1000;
    if (kind < 60) return 100 + within * 800;
    if (kind < 90) return 1000 + within * 2000;
    return kind < 99 ? 3000 + within * 7000 : 20000 + within * 40000;
}

const types = ['new-session', 'session-active', 'new-question', 'new-contact', 'session-escalated', 'session-active'];

function payload(number) {
    const conversation = conversationOf(number), step = turn(number) % EVENTS;
    const at = new Date(1750000000000 + number * 10).toISOString();
    const from = mix(number, 5) % (pool.length - 60000);
    return JSON.stringify({
        event: types[step],
        agent_id: `agent-${conversation % 20}`,
        agent_name: `Agent ${conversation % 20}`,
        conversation: { id: conversationId(conversation), created_at: at },
        visitor: { visitor_id: uuid(conversation, 3) },
        ...(hasLead(conversation) && step >= 3 ? { lead: { id: leadId(conversation), email: `person-${conversation}@example.com`, company: words[conversation % words.length] } } : {}),
        messages: [{ role: 'user', content: `${number} ${pool.slice(from, from + sizeOf(number))}`, created_at: at }],
    });
}

const isBroken = (number) => number % 100 === 99;

// Which number's payload `number` delivers, and whether it is cut off.
export function delivery(number) {
    let of = number;
    if (number % 20 === 7 && number > REPEATED_WITHIN) of = number - 1 - (mix(number, 6) % REPEATED_WITHIN);
    const broken = isBroken(of);
    const text = payload(of);
    return { of, broken, body: Buffer.from(broken ? text.slice(0, -1) : text) };
}
