// Keeps in this browser what is typed into answers and comments, so that a reload or a lost connection loses
// nothing. Answers live in the visitor's session, which a reload ends: their text stays until it is deleted.
// Comments are saved on the server when their field is left: their text stays until then.
if (!window.whyDrafts) {
    window.whyDrafts = true;
    const owner = () => (document.cookie.match(/why_this_word_report=([\w-]{8})/) || ["", ""])[1];
    const nameOf = box => {
        const kind = /^st-key-(ex_|rp_comment_)/;
        const holder = box.closest('[class*="st-key-ex_"], [class*="st-key-rp_comment_"]');
        const key = holder && [...holder.classList].find(part => kind.test(part));
        return key && owner() ? `why_draft ${owner()} ${key.slice(7)}` : "";
    };
    const isComment = name => name.includes(" rp_comment_");
    const read = name => JSON.parse(localStorage.getItem(name) || "null");
    const before = new WeakMap();  // what stood in a field when typing began
    let restoring = false;

    document.addEventListener("focusin", event => {
        if (event.target.matches("textarea")) before.set(event.target, event.target.value);
    }, true);
    document.addEventListener("input", event => {
        const box = event.target, name = !restoring && box.matches("textarea") && nameOf(box);
        if (!name) return;
        try {
            if (box.value || isComment(name))
                localStorage.setItem(name, JSON.stringify({text: box.value, base: before.get(box) ?? ""}));
            else localStorage.removeItem(name);
        } catch { /* the browser keeps nothing, or has no room */ }
    }, true);
    document.addEventListener("focusout", event => {
        const box = event.target, name = box.matches("textarea") && nameOf(box);
        if (!name || !isComment(name)) return;
        const text = box.value;
        const saved = tries => {  // the server has it when a run has ended with the connection still there
            const app = document.querySelector('[data-testid="stApp"]');
            const idle = app?.dataset.testScriptState === "notRunning";
            if (idle && app.dataset.testConnectionState === "CONNECTED") {
                if (read(name)?.text === text) localStorage.removeItem(name);
            } else if (tries) setTimeout(saved, 1000, tries - 1);
        };
        setTimeout(saved, 1000, 60);
    }, true);

    const restored = box => {
        const name = nameOf(box), draft = name && read(name);
        if (!draft || box === document.activeElement) return;
        let text = draft.text;
        if (isComment(name)) {
            if (box.value === text) return localStorage.removeItem(name);
            if (box.value !== draft.base) text = [text, box.value].filter(Boolean).join("\n\n");
        } else if (box.value) return;
        restoring = true;
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
        box.dispatchEvent(new Event("input", {bubbles: true}));
        restoring = false;
        setTimeout(() => box.dispatchEvent(new FocusEvent("focusout", {bubbles: true})), 50);
    };
    const known = new WeakSet();
    const look = () => document.querySelectorAll("textarea").forEach(box => {
        if (!known.has(box) && nameOf(box)) {
            known.add(box);
            setTimeout(restored, 50, box);
        }
    });
    new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
    look();
}
