// Runs in the page: what is wider than the screen, or lies outside of it where nobody can reach it.
export function layoutFaults() {
    const faults = [];
    const wide = document.documentElement.clientWidth;
    const name = (element) => `${element.tagName.toLowerCase()}.${element.className} "${element.textContent.slice(0, 40)}"`;
    for (const element of [document.documentElement, document.body, ...document.querySelectorAll('.app, main, .view, .bar, .side, dialog, .dialog-body')]) {
        if (element.scrollWidth > element.clientWidth + 1) faults.push(`${name(element)} is ${element.scrollWidth} px wide in ${element.clientWidth}`);
    }
    // Cells of a list cut what is in them, and tables and JSON scroll within a frame of their own: that is meant.
    const framed = '.scroll-x, .raw, .list-rows, .list-head, .offscreen, .skip, .chip-text';
    for (const element of document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"], h1, h2')) {
        const box = element.getBoundingClientRect();
        if (box.width === 0 || box.height === 0 || element.closest(framed)?.matches('.offscreen, .skip') || element.parentElement.closest(framed)) continue;
        if (box.left < -1 || box.right > wide + 1) faults.push(`${name(element)} lies from ${Math.round(box.left)} to ${Math.round(box.right)} of ${wide}`);
    }
    return faults.slice(0, 5);
}
