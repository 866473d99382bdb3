// Sign-in by an API token. The address stays: after it one is where one was.
import { html, useEffect, useRef, useState } from '../dom.js';
import { setTitle } from '../format.js';
import { session, signIn } from '../session.js';
import { Switches } from '../switches.js';

const WHY = {
    expired: 'Your session has ended. Sign in again to go on where you were.',
    idle: 'You were signed out because nothing was done for a while.',
};

const words = (error) => error.status === 401 ? 'No token is like that, or it was revoked.' : error.detail || error.message;

export function SignIn({ why }) {
    const input = useRef();
    const [state, setState] = useState({});
    useEffect(() => {
        setTitle('Sign in');
        input.current.focus();
    }, []);
    const submit = async (event) => {
        event.preventDefault();
        const token = input.current.value.trim();
        if (!token) return input.current.focus();
        setState({ busy: true });
        try {
            await signIn(token);
        } catch (error) {
            setState({ error: words(error) });
            input.current?.select();
        }
        return undefined;
    };
    return html`<main class="alone sign-in" data-state=${session.get().state}>
        <div class="card">
            <p class="brand"><span class="brand-mark" aria-hidden="true"></span>hooktrail</p>
            <h1>Sign in</h1>
            ${WHY[why] && html`<p class="notice" role="status">${WHY[why]}</p>`}
            <form onSubmit=${submit}>
                <label for="token">API token</label>
                <input id="token" name="token" type="password" ref=${input} autocomplete="current-password" spellcheck=${false}
                    placeholder="ht_…" required aria-describedby="token-help" aria-invalid=${Boolean(state.error)} />
                <p id="token-help" class=${state.error ? 'bad-text' : 'faint'} role=${state.error ? 'alert' : undefined}>
                    ${state.error ?? html`Printed once by ${''}<code>hooktrail init</code> or <code>hooktrail token add</code>.`}</p>
                <button type="submit" class="primary" disabled=${state.busy} aria-busy=${Boolean(state.busy)}>Sign in</button>
            </form>
        </div>
        <${Switches} />
    </main>`;
}
