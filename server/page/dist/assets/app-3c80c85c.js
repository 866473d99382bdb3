// Signs in by an API token, shows whose it is, and signs out.
const form = document.querySelector('form');
const note = document.querySelector('output');
const out = document.querySelector('#out');
let csrf = '';

async function ask(method, body) {
    const headers = { ...(body && { 'Content-Type': 'application/json' }), ...(csrf && { 'X-CSRF-Token': csrf }) };
    const answer = await fetch('/v1/session', { method, headers, body: body && JSON.stringify(body) });
    return { isRight: answer.ok, document: answer.status === 204 ? {} : await answer.json() };
}

function show({ isRight, document: session }, fault) {
    csrf = isRight ? session.csrf ?? '' : '';
    form.hidden = Boolean(csrf);
    out.hidden = !csrf;
    note.textContent = csrf ? `${session.name} (${session.scope})` : fault;
}

form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await ask('POST', { token: form.token.value });
    form.reset();
    show(answer, answer.document.detail);
});
out.addEventListener('click', async () => show(await ask('DELETE'), 'Signed out.'));
show(await ask('GET'), '');
