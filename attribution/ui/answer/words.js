// The prompt and the answer, word by word: hovering over a word of the answer shows what led to it, a click or
// an arrow key keeps it. Texts are only ever set as text.
const channels = colour => [1, 3, 5].map(k => parseInt(colour.slice(k, k + 2), 16));

function colourOf(data, value) {
    const { stops, colours } = data, last = stops.length - 1;
    const at = Math.min(Math.max(value, stops[0]), stops[last]);
    let k = 0;
    while (k < last - 1 && at > stops[k + 1]) k++;
    const share = (at - stops[k]) / (stops[k + 1] - stops[k]);
    const [low, high] = [channels(colours[k]), channels(colours[k + 1])];
    return low.map((from, c) => Math.round(from + share * (high[c] - from)));
}

function inkOn(rgb) {
    const [r, g, b] = rgb.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}

function written(data, value) {
    const size = Math.abs(value).toFixed(data.decimals);
    const sign = Number(size) === 0 ? "" : value < 0 ? "−" : data.signed ? "+" : "";
    return sign + size;
}

function element(kind, name, text) {
    const made = document.createElement(kind);
    made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
}

function box(word) {
    const made = element("span", "word");
    made.append(element("bdi", "", word.t), element("span", "below"));
    return made;
}

export default function ({ data, parentElement, setTriggerValue }) {
    let state = parentElement.why;
    if (!state || state.id !== data.id) {
        state = parentElement.why = build(data, parentElement, setTriggerValue);
        state.id = data.id;
    }
    state.send = setTriggerValue;
    state.links = data.links;
    state.choose(data.chosen, true);
}

function build(data, parent, send) {
    parent.querySelector(".whole")?.remove();
    const whole = element("div", "whole");
    whole.style.setProperty("--text", data.text);
    whole.style.setProperty("--grid", data.grid);
    whole.style.setProperty("--muted", data.muted);
    const columns = [], state = { send, chosen: -1, timer: 0 };

    const prompt = element("div", data.numbers ? "prompt" : "prompt dense");
    prompt.dir = data.direction;
    prompt.tabIndex = 0;
    prompt.setAttribute("role", "group");
    prompt.setAttribute("aria-label", data.names.prompt);
    for (const group of data.groups) {
        const place = element(group.folded ? "details" : "span", "group");
        if (group.folded) place.append(element("summary", "", group.name));
        for (const word of group.words) {
            const made = box(word);
            columns[word.c] = made;
            made.onmouseenter = () => light(state.links[word.c], data.text);
            made.onmouseleave = dark;
            place.append(made);
        }
        prompt.append(place);
        if (group.breaks) prompt.append(element("br", ""));
    }

    const answer = element("div", "answer");
    answer.dir = data.direction;
    answer.setAttribute("role", "radiogroup");
    answer.setAttribute("aria-label", data.names.answer);
    const tokens = [];
    for (const word of data.answer) {
        const whole = element("span", word.close ? "joint close" : "joint"), row = element("span", "row");
        for (const token of word.tokens) {
            const made = element("button", token.flag ? "token flag" : "token"), k = tokens.push(made) - 1;
            made.append(element("bdi", "", token.t));
            made.type = "button";
            made.setAttribute("role", "radio");
            made.setAttribute("aria-label", token.says);
            made.onclick = () => choose(k, 0);
            made.onmouseenter = () => { paint(k); light(state.links[token.c], data.text); };
            made.onmouseleave = () => { paint(state.chosen); dark(); };
            made.onfocus = () => light(state.links[token.c], data.text);
            made.onblur = dark;
            columns[token.c] = made;
            row.append(made);
        }
        const below = element("span", "below", word.p);
        below.setAttribute("aria-hidden", "true");
        whole.append(row, below);
        answer.append(whole);
    }
    answer.onkeydown = event => {
        const rtl = data.direction === "rtl";
        const moves = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, ArrowDown: 1, ArrowUp: -1 };
        let to = { Home: 0, End: tokens.length - 1 }[event.key];
        if (event.key in moves) to = Math.min(Math.max(state.chosen + moves[event.key], 0), tokens.length - 1);
        if (to === undefined) return;
        event.preventDefault();
        tokens[to].focus();
        choose(to, 300);
    };

    const box1 = element("div", "label", data.names.prompt), box2 = element("div", "label", data.names.answer);
    whole.append(box1, prompt, box2, answer);
    parent.append(whole);

    function paint(k) {
        const row = data.rows[k];
        if (!row && k !== state.chosen) return;
        columns.forEach((made, c) => {
            const value = row ? row[c] : null, known = value !== null && value !== undefined;
            const rgb = known ? colourOf(data, value) : null;
            made.style.background = known ? `rgb(${rgb})` : "";
            made.style.color = known ? inkOn(rgb) : "";
            const isAnswer = made.tagName === "BUTTON";
            const text = known ? written(data, value) : "";
            if (!isAnswer) made.lastChild.textContent = data.numbers ? text : "";
            const says = isAnswer ? made.getAttribute("aria-label") : made.firstChild.textContent;
            made.title = known ? `${says}${isAnswer ? "\n" : ": "}${text} ${data.unit}` : says;
        });
        tokens.forEach((made, i) => made.classList.toggle("shown", i === k));
    }

    function choose(k, wait) {
        if (k === state.chosen) return;
        state.choose(k, false);
        clearTimeout(state.timer);
        state.timer = setTimeout(() => { state.timer = 0; state.send("step", k); }, wait);
    }

    state.choose = (k, told) => {
        if (told && state.timer) return;
        const other = k !== state.chosen;
        state.chosen = k;
        tokens.forEach((made, i) => {
            made.setAttribute("aria-checked", String(i === k));
            made.tabIndex = i === k ? 0 : -1;
        });
        paint(k);
        const row = data.rows[k];
        if (!other || !row) return;
        const sizes = row.map((v, c) => v === null || !columns[c] || columns[c].tagName === "BUTTON" ? -1 : Math.abs(v));
        const most = columns[sizes.indexOf(Math.max(...sizes))];
        if (most && prompt.scrollHeight > prompt.clientHeight)
            prompt.scrollTop = most.offsetTop - prompt.offsetTop - prompt.clientHeight / 2;
    };
    return state;
}
