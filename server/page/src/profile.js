// What a lead's profile says of a person. Its fields are Aimdoc's, and any of them may be missing or of another kind.

const string = (value) => typeof value === 'string' && value.trim() !== '' ? value.trim() : null;

export function fullName(profile) {
    const parts = [string(profile?.first_name), string(profile?.last_name)].filter(Boolean);
    return parts.length ? parts.join(' ') : string(profile?.name) ?? string(profile?.display_name);
}

const OWN = new Set(['id', 'agent_id', 'agent_name', 'first_at', 'last_at', 'events', 'profile_cut']);
const FIRST = ['email', 'phone', 'company', 'job_title'];

export const isEmpty = (value) => value === null || value === undefined || value === ''
    || (typeof value === 'object' && Object.keys(value).length === 0);

// [[name, value], …] of a history's `lead`: what one looks for first stands first.
export function profileFields(lead) {
    const rest = Object.keys(lead).filter((name) => !OWN.has(name) && !FIRST.includes(name));
    return [...FIRST, ...rest].filter((name) => name in lead && !isEmpty(lead[name])).map((name) => [name, lead[name]]);
}

export const written = (value) => typeof value === 'string' ? value : JSON.stringify(value);

// A field's name as words: 'first_name' is 'First name'.
export function fieldWords(name) {
    const words = name.replaceAll('_', ' ');
    return words.charAt(0).toUpperCase() + words.slice(1);
}
