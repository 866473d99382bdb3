// Before anything is drawn: the theme that was chosen, so that it doesn't change under one's eyes. See switches.js.
let theme = null;
try {
    theme = localStorage.getItem('hooktrail-theme');
} catch {
    // storage is turned off: what the system prefers
}
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
