// Three steps for who is here for the first time, one after the other beside what they are about: an example, a
// toggle, the pin. Each is over when its control is used, or with its button; the cross ends them for good.
// The texts are in window.whySteps, in the reader's language.
if (!window.whyFirstSteps) {
    window.whyFirstSteps = true;
    const KEPT = "why_this_word_steps";
    const controls = [
        '[class*="_examples"] button',
        '.st-key-page [data-testid="stButtonGroup"]:not([data-testid="stForm"] *)',
        '[class*="_pin"] button',
    ];
    let step = 0;
    try {
        step = Number(localStorage.getItem(KEPT) ?? 0);
    } catch {
        step = controls.length; // this browser keeps nothing: it would show them for ever
    }
    const box = document.createElement("div");
    const said = document.createElement("span"), next = document.createElement("button");
    const close = document.createElement("button");
    box.className = "why-step";
    box.setAttribute("role", "status");
    box.hidden = true;
    close.textContent = "×";
    for (const button of [next, close]) button.type = "button";
    box.append(said, next, close);
    document.body.append(box);

    const goTo = number => {
        step = number;
        localStorage.setItem(KEPT, String(step));
        place();
    };
    next.onclick = () => goTo(step + 1);
    close.onclick = () => goTo(controls.length);
    document.addEventListener("click", event => {
        if (step < controls.length && event.isTrusted && event.target.closest?.(controls[step])) goTo(step + 1);
    }, true);

    function place() {
        const app = document.querySelector('[data-testid="stApp"]'), texts = window.whySteps;
        const control = step < controls.length && texts
            && [...document.querySelectorAll(controls[step])].find(each => each.offsetParent !== null);
        box.hidden = !control || app?.dataset.testScriptState !== "notRunning";
        if (box.hidden) return;
        const text = `${step + 1}/${controls.length} ${texts.steps[step]}`;
        if (said.textContent !== text) said.textContent = text;
        next.textContent = step + 1 < controls.length ? texts.next : texts.done;
        close.setAttribute("aria-label", texts.close);
        close.title = texts.close;
        const at = control.getBoundingClientRect();
        box.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - box.offsetWidth - 8))}px`;
        const below = at.bottom + 8 + box.offsetHeight <= window.innerHeight || at.top < box.offsetHeight + 8;
        box.style.top = `${below ? at.bottom + 8 : at.top - box.offsetHeight - 8}px`;
        box.style.visibility = at.bottom < 56 || at.top > window.innerHeight ? "hidden" : "visible";
    }
    let waiting = 0;
    const soon = () => {
        if (step >= controls.length) return;
        cancelAnimationFrame(waiting);
        waiting = requestAnimationFrame(place);
    };
    document.addEventListener("scroll", soon, true);
    window.addEventListener("resize", soon);
    new MutationObserver(soon).observe(document.getElementById("root"), {childList: true, subtree: true,
        attributes: true, attributeFilter: ["data-test-script-state"]});
    window.whyPlaceSteps = place;
}
window.whyPlaceSteps();
