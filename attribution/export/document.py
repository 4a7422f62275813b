"""A report as files to hand in: one HTML page with everything inside, or Markdown with images and tables."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from html import escape

from attribution.charts.figure import Figure
from attribution.charts.wording import Finding, clean
from attribution.export.figure import to_png, to_svg
from attribution.export.report import Item, Report, drawing
from attribution.export.tables import to_csv
from attribution.language import N_, _, current, in_figures
from attribution.types import AttributionError

DEFAULT_TITLE = N_("Why this word?")
STYLE = """
@page { size: A4; margin: 18mm 16mm }
body { font: 11pt/1.5 "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1f2430;
  background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem; margin: 0 0 .2rem } h2 { font-size: 1.2rem; margin: 0 0 .4rem }
article { border-top: 1px solid #d9dce0; padding: 1.2rem 0 } article > * { max-width: 100% }
figure { margin: .5rem 0; break-inside: avoid } figcaption { color: #5b6270; font-size: .85rem }
figure svg { max-width: 100%; height: auto; display: block; margin-top: .6rem; overflow: visible }
.comment, .answer { white-space: pre-wrap; overflow-wrap: anywhere; margin: .6rem 0 }
.answer { border-left: 3px solid #1f66b8; padding-left: .7rem } .about { color: #5b6270; font-size: .85rem }
details { font-size: .85rem; margin: .5rem 0 } table { border-collapse: collapse; margin-top: .4rem }
th, td { border: 1px solid #d9dce0; padding: .1rem .45rem; text-align: right; white-space: pre }
th:first-child, td:first-child { text-align: left } .scroll { overflow-x: auto }
@media print { body { margin: 0; max-width: none; padding: 0 } details:not([open]) { display: none } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def to_html(report: Report) -> str:
    """One HTML page that needs no network: figures as SVG, their numbers as tables, print style for A4.

    A content policy in the page forbids scripts and anything from elsewhere.
    """
    title = escape(report.title.strip() or _(DEFAULT_TITLE))
    made = escape(_("Made with Why This Word, {date}", date=date.today().isoformat()))
    empty = _("This report is empty.")
    body = "\n".join(_article(number, item) for number, item in enumerate(report.items, 1))
    return f"""<!doctype html>
<html lang="{current()}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title><style>{STYLE}</style></head>
<body><h1><bdi>{title}</bdi></h1><p class="about">{made}</p>
{body or f"<p>{escape(empty)}</p>"}
</body></html>
"""


def to_markdown_zip(report: Report, dpi: float = 300) -> bytes:
    """A zip file: report.md, figures/*.png at `dpi` dots per inch, and data/*.csv."""
    lines = [f"# {_inline(report.title.strip() or _(DEFAULT_TITLE))}", ""]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, item in enumerate(report.items, 1):
            lines += [f"## {number}. {_inline(item.name)}", ""]
            figure, finding, problem = _drawn(item)
            if problem:
                lines += [f"**{_inline(problem)}**", ""]
            if figure:
                name = f"{number:02d}-{_slug(item.title) or figure.name}"
                archive.writestr(f"figures/{name}.png", to_png(figure, dpi))
                archive.writestr(f"data/{name}.csv", to_csv(figure))
                if finding and finding.pieces:
                    lines += [_inline(finding.plain), ""]
                lines += [f"![{_inline(figure.alt)}](figures/{name}.png)", ""]
                link = f"[data/{name}.csv](data/{name}.csv)"
                numbers = _("Numbers: {link}", link=link)
                lines += [f"{_inline(figure.caption)} {numbers}", ""]
            for answer in item.answers:
                given = _block(answer.answer) or _("(no answer)")
                lines += [f"**{_inline(answer.question)}**", "", given, ""]
            if item.comment.strip():
                lines += [_block(item.comment), ""]
            lines += [f"*{_inline(item.created)}*", ""]
        archive.writestr("report.md", "\n".join(lines))
    return buffer.getvalue()


def _drawn(item: Item) -> tuple[Figure | None, Finding | None, str]:
    """The figure of an item and its finding, if it has them; else why it has none, if it should."""
    if item.unread:
        return None, None, _("This item cannot be read. {reason}", reason=item.unread.sentence)
    if item.recipe is None:
        return None, None, ""
    try:
        with drawing():
            return item.recipe.figure("light"), item.recipe.finding(), ""
    except AttributionError as error:
        return None, None, str(error)


def _article(number: int, item: Item) -> str:
    parts = [f"<h2>{number}. <bdi>{escape(item.name)}</bdi></h2>"]
    figure, finding, problem = _drawn(item)
    if problem:
        parts.append(f"<p><b>{escape(problem)}</b></p>")
    if finding and finding.pieces:
        parts.append(f"<p>{finding.coloured('light')}</p>")
    if figure:
        parts.append(_figure(figure, titled=figure.title == item.title))
    for answer in item.answers:
        nothing = _("(no answer)")
        text = escape(answer.answer.strip()) or f"<em>{escape(nothing)}</em>"
        parts.append(
            f'<p><b><bdi>{escape(answer.question)}</bdi></b></p><div class="answer" dir="auto">{text}</div>'
        )
    if item.comment.strip():
        parts.append(f'<div class="comment" dir="auto">{escape(item.comment.strip())}</div>')
    parts.append(f'<p class="about">{escape(item.created)}</p>')
    return "<article>" + "\n".join(parts) + "</article>"


def _figure(figure: Figure, *, titled: bool) -> str:
    """The drawing, with its caption as text that flows, and its numbers; `titled`: the title stands above.

    Words that are part of a drawing are laid out for its font; beside it they are never cut off.
    """
    title = "" if titled else f"<b>{escape(figure.title)}.</b> "
    bare = replace(figure, spec={key: part for key, part in figure.spec.items() if key != "title"})
    table = figure.table.map(lambda v: clean(v) if isinstance(v, str) else v)
    summary = _("Numbers")
    numbers = table.to_html(
        index=False, border=0, escape=True, na_rep="", float_format=lambda v: in_figures(f"{v:.6g}")
    )
    return (
        f"<figure><figcaption>{title}{escape(figure.caption)}</figcaption>"
        f'<div role="img" aria-label="{escape(figure.alt)}">{_unique_ids(to_svg(bare))}</div></figure>'
        f'<details><summary>{escape(summary)}</summary><div class="scroll">{numbers}</div></details>'
    )


_REFERENCE = re.compile(r'(\bid="|url\(#|href="#)([\w-]+)')


def _unique_ids(svg: str) -> str:
    """The SVG with ids of its own, so that clip paths and gradients of several figures do not mix."""
    prefix = f"f{hashlib.sha256(svg.encode()).hexdigest()[:12]}-"
    return _REFERENCE.sub(lambda m: f"{m.group(1)}{prefix}{m.group(2)}", svg)


def _inline(text: str) -> str:
    """Text as one line of Markdown that means nothing but itself."""
    return re.sub(
        r"([\\`*_{}\[\]()#+!|<>~$&])", r"\\\1", clean(" ".join(text.split())) if text.strip() else ""
    )


def _block(text: str) -> str:
    """Several lines of text as Markdown paragraphs, line by line."""
    return "\n\n".join(_inline(line) for line in text.strip().splitlines() if line.strip())


def _slug(title: str) -> str:
    """A title as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]
