// Lights what belongs to a word in the figures of the page: its bars, its row or its column.
// `links`: [{figure, panel, field, at}], the figure's key, which of its panels, and where in it.
const LIT = "why-lit";

const panelOf = mark => mark.closest('[class*="concat_"][class*="_group"]');

function marksOf({ figure, panel, field, at }) {
    const place = document.querySelector(`.st-key-${CSS.escape(figure)}_figure`);
    const marks = [...(place?.querySelectorAll(".mark-rect path") ?? [])]
        .filter(mark => mark.__data__?.datum?.[field] !== undefined);
    const panels = [...new Set(marks.map(mark => panelOf(mark)))];
    return marks.filter(mark => mark.__data__.datum[field] === at
        && (panel === undefined || panelOf(mark) === panels[panel]));
}

function dark() {
    for (const mark of document.querySelectorAll(`.${LIT}`)) {
        mark.classList.remove(LIT);
        mark.style.stroke = mark.style.strokeWidth = "";
    }
}

function light(links, colour) {
    dark();
    for (const mark of links.flatMap(marksOf)) {
        mark.classList.add(LIT);
        mark.style.stroke = colour;
        mark.style.strokeWidth = "2px";
    }
}
