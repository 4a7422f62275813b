// Reads what was found to who cannot see it, each time the page has come to say something else.
if (!window.whyAnnounces) {
    window.whyAnnounces = true;
    const region = document.createElement("div");
    region.id = "why-announcement";
    region.setAttribute("role", "status");
    region.setAttribute("aria-atomic", "false"); // of several findings, the one that has changed is read
    region.style.cssText = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
    document.body.append(region);
    let waiting = 0;
    const tell = () => {
        const app = document.querySelector('[data-testid="stApp"]');
        const found = [...document.querySelectorAll(".why-finding")].map(part => part.innerText.trim());
        if (app?.dataset.testScriptState !== "notRunning" || !found.length) return;
        while (region.children.length > found.length) region.lastChild.remove();
        while (region.children.length < found.length) region.append(document.createElement("div"));
        found.forEach((text, k) => {
            if (region.children[k].textContent !== text) region.children[k].textContent = text;
        });
    };
    new MutationObserver(() => {
        clearTimeout(waiting);
        waiting = setTimeout(tell, 400);
    }).observe(document.getElementById("root"), {childList: true, subtree: true, characterData: true,
        attributes: true, attributeFilter: ["data-test-script-state"]});
}
