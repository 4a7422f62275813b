// Rows of words on their colours: hovering over a word, or reaching it with an arrow key, lights its bar, row
// or column in the figures; a click keeps it lit. Texts are only ever set as text.
function element(kind, name, text) {
    const made = document.createElement(kind);
    made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
}

export default function ({ data, parentElement }) {
    const before = parentElement.why;
    if (before?.id === data.id) return;
    before?.end();
    const whole = element("div", "rows"), state = { id: data.id, kept: null };
    for (const [name, colour] of Object.entries({ text: data.text, muted: data.muted }))
        whole.style.setProperty(`--${name}`, colour);
    const show = links => light(links ?? state.kept ?? [], data.text);

    for (const row of data.rows) {
        if (row.label) whole.append(element("div", "label", row.label));
        const line = element("div", "row"), words = [];
        line.dir = row.direction;
        line.setAttribute("role", "toolbar");
        line.setAttribute("aria-label", row.label || data.name);
        for (const word of row.words) {
            const made = element("button", "word"), k = words.push(made) - 1;
            made.type = "button";
            made.tabIndex = k ? -1 : 0;
            made.append(element("bdi", "", word.text));
            if (word.number) made.append(element("span", "below", word.number));
            made.title = word.says;
            made.setAttribute("aria-label", word.says);
            made.setAttribute("aria-pressed", "false");
            made.style.background = word.colour;
            made.style.color = word.ink;
            made.onmouseenter = made.onfocus = () => show(word.links);
            made.onmouseleave = made.onblur = () => show();
            made.onclick = () => {
                const keep = made.getAttribute("aria-pressed") === "false";
                for (const other of whole.querySelectorAll(".word")) other.setAttribute("aria-pressed", "false");
                made.setAttribute("aria-pressed", String(keep));
                state.kept = keep ? word.links : null;
                show(keep ? word.links : []);
            };
            line.append(made);
        }
        line.onkeydown = event => {
            const back = row.direction === "rtl", at = words.indexOf(event.target);
            const moves = { ArrowRight: back ? -1 : 1, ArrowLeft: back ? 1 : -1 };
            const to = { Home: 0, End: words.length - 1 }[event.key] ?? at + (moves[event.key] ?? 0);
            if (to === at || !words[to]) return;
            event.preventDefault();
            words[at].tabIndex = -1;
            words[to].tabIndex = 0;
            words[to].focus();
        };
        whole.append(line);
    }

    // Words that are chosen elsewhere on the page, by buttons of its own.
    const elsewhere = event => {
        const group = data.choices && event.target.closest?.(`.st-key-${CSS.escape(data.choices.key)}`);
        const button = group && event.target.closest("button");
        if (!button) return;
        const at = [...group.querySelectorAll("button")].filter(b => b.role === "radio" || b.ariaChecked).indexOf(button);
        if (at >= 0) show(data.choices.links[at]);
    };
    const leave = event => {
        if (data.choices && event.target.closest?.(`.st-key-${CSS.escape(data.choices.key)}`)) show();
    };
    const listens = { mouseover: elsewhere, focusin: elsewhere, mouseout: leave, focusout: leave };
    for (const [name, act] of Object.entries(listens)) document.addEventListener(name, act);
    state.end = () => {
        for (const [name, act] of Object.entries(listens)) document.removeEventListener(name, act);
        whole.remove();
        dark();
    };
    parentElement.why = state;
    parentElement.append(whole);
    return () => state.end();
}
