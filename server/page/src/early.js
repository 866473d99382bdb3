// Before anything is drawn: the theme that was chosen, so that it doesn't change under one's eyes (switches.js); and the
// question who is signed in, so that its answer is there as soon as the page's code is (session.js).
let theme = null;
try {
    theme = localStorage.getItem('hooktrail-theme');
} catch {
    // storage is turned off: what the system prefers
}
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

globalThis.hooktrailSession = fetch('/v1/session', { headers: { Accept: 'application/json' }, cache: 'no-store', redirect: 'error' });
globalThis.hooktrailSession.catch(() => {}); // whoever waits for it hears of it
