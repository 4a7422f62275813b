"""How everything is said: numbers, names and lists for people, and sentences with words of the texts in them.

Sentences are written whole, with named places for what goes into them. Words of the texts are never mixed
into markup unescaped: a sentence is a row of pieces, shown as plain text or as HTML.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from attribution.charts import phrases
from attribution.charts.palette import Theme, palette
from attribution.language import ENGLISH, Pair, current, in_figures, numbered, pgettext
from attribution.types import ModelInfo, TokenizedText, Word

# ------------------------------------------------------------------------------------------------ numbers


def number(value: float, decimals: int = 2, *, sign: bool = False) -> str:
    """A number for people, with a true minus; never "-0.00"."""
    if not math.isfinite(value):
        return "–"
    if abs(value) < 0.5 * 10**-decimals:
        return in_figures(f"{0:.{decimals}f}")
    shown = f"{value:+.{decimals}f}" if sign else f"{value:.{decimals}f}"
    return in_figures(shown.replace("-", "−"))


def decimals_for(limit: float) -> int:
    """So many decimals that the largest of several numbers shows two or three digits."""
    if limit >= 100:
        return 0
    if limit >= 10:
        return 1
    return min(max(1 - math.floor(math.log10(limit)), 2), 5) if limit > 0 else 2


def percent(probability: float) -> str:
    """A probability as people read it: 21.1 %, 0.03 %, < 0.01 %."""
    if 0 < probability < 0.0001:
        return text(phrases.BELOW_PERCENT, number=in_figures("0.01"))
    return text(phrases.PERCENT, number=number(probability * 100, 2 if probability < 0.01 else 1))


def percent0(share: float) -> str:
    """A share in whole percent; "below 1 %" rather than "0 %", "above 99 %" where it is not all."""
    if 0 < share < 0.005:
        return str(phrases.BELOW_ONE_PERCENT)
    return (
        phrases.ABOVE_99_PERCENT
        if 0.995 <= share < 1 - 1e-9
        else text(phrases.PERCENT, number=number(share * 100, 0))
    )


def ordinal(rank: int) -> str:
    """1st, 2nd, 3rd, 4th, ..."""
    if current() != ENGLISH:
        return text(phrases.ORDINAL, number=str(rank))
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def every(count: int) -> str:
    """Both, All three, All four, All 7."""
    return phrases.EVERY.get(count) or text(phrases.EVERY_COUNT, count=str(count))


def of_all(count: int) -> str:
    """Both models, all three models, all 7 models."""
    return phrases.THE_MODELS.get(count) or text(phrases.THE_MODELS_COUNT, count=str(count))


def size_words(parameters: int) -> str:
    """A parameter count as people say it: 7.1M, 124M, 1.5B."""
    for unit, size in (("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if parameters >= size:
            return in_figures(f"{parameters / size:{'.3g' if parameters < 1000 * size else '.0f'}}") + unit
    return str(parameters)


# -------------------------------------------------------------------------------------- names and tokens


def clean(token: str) -> str:
    """The token without characters that break a line, a file or the reading direction of what follows."""
    out = "".join("\N{REPLACEMENT CHARACTER}" if _forbidden(c) else c for c in token)
    return out if out else "∅"


def word_name(word: Word) -> str:
    """The word as people read it: a token that is no word, such as </s>, by what it means."""
    return phrases.SPECIALS.get(word.text, clean(word.text)) if word.special else clean(word.text)


def written(text: TokenizedText) -> str:
    """The text of its words with the blanks that stood between them; special tokens left out."""
    out = ""
    for word in text.words:
        if not word.special:
            out = out.ljust(word.start if word.start >= 0 else len(out) + bool(out)) + word.text
    return out


def _forbidden(character: str) -> bool:
    """Control characters, surrogates, non-characters, and what turns the direction of the text after it."""
    code = ord(character)
    turns = code in (0x200E, 0x200F) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return turns or code & 0xFFFE == 0xFFFE or unicodedata.category(character) in ("Cc", "Cs")


def shortened(token: str, limit: int = 40) -> str:
    """The token for an axis: cleaned, and cut only where it is absurdly long (the table has it whole)."""
    token = clean(token)
    return token if len(token) <= limit else token[: limit - 1] + "…"


def quoted(words: str, limit: int = 220) -> str:
    """The text in quotes, shortened in the middle where it is very long, so that both ends stay."""
    words = clean(" ".join(words.split()))
    if len(words) > limit:
        words = words[: limit * 2 // 3].rstrip() + " … " + words[-limit // 3 :].lstrip()
    return f"“{words}”"


def told_apart(labels: Sequence[str]) -> list[str]:
    """Labels that occur several times get their position: "the (no. 5)"."""
    return [
        text(phrases.TOLD_APART, word=t, position=str(p + 1)) if labels.count(t) > 1 else t
        for p, t in enumerate(labels)
    ]


def column_names(labels: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """The same for the head of a table that has columns `taken` as well: "the (5)"."""
    return [f"{t} ({p + 1})" if labels.count(t) > 1 or t in taken else t for p, t in enumerate(labels)]


def logit_name(target: str, foil: str = "", *, article: bool = False) -> str:
    """What is explained: "logit difference hot − cold", "logit of hot"; with its article in a sentence."""
    if foil:
        difference = phrases.THE_LOGIT_DIFFERENCE if article else phrases.LOGIT_DIFFERENCE
        return text(difference, target=target, foil=foil)
    return text(phrases.THE_LOGIT_OF if article else phrases.LOGIT_OF, word=target)


def model_phrase(info: ModelInfo) -> str:
    """The model as a caption names it: name, architecture, size, revision, precision."""
    return text(
        phrases.MODEL_REVISION if info.revision else phrases.MODEL,
        name=clean(info.name),
        architecture=info.architecture,
        size=size_words(info.parameters),
        revision=info.revision[:12],
        dtype=info.dtype,
    )


def model_and_size(info: ModelInfo, limit: int = 1000) -> str:
    """The model with its size, for a row or a sentence; the name cut where it is longer than `limit`."""
    return f"{shortened(info.name, limit)} ({size_words(info.parameters)})"


# ---------------------------------------------------------------------------------------------- sentences


@dataclass(frozen=True)
class Piece:
    """A piece of a sentence: running text, a word of the input, the target or the foil."""

    text: str
    kind: Literal["", "word", "target", "foil"] = ""


Part = str | Piece | Sequence[str | Piece]


@dataclass(frozen=True)
class Finding:
    """One or more sentences, as plain text and as HTML with every word escaped."""

    pieces: tuple[Piece, ...]

    @property
    def plain(self) -> str:
        """Without markup; words of the input in quotes."""
        return "".join(f"“{p.text}”" if p.kind == "word" else p.text for p in self.pieces)

    @property
    def html(self) -> str:
        """Words in italics, target and foil in bold; safe for `st.html`."""
        return "".join(_marked_up(p) for p in self.pieces)

    def coloured(self, theme: Theme) -> str:
        """The same with the target in blue and the foil in orange."""
        return "".join(_marked_up(p, theme) for p in self.pieces)


def text(sentence: str, **words: str) -> str:
    """The sentence, of `phrases`, with texts in its named places."""
    return sentence.format(**words)


def counted(sentence: Pair, count: int, **words: Part) -> list[Piece]:
    """The same of a sentence that differs by a number, which has the place {count}."""
    return filled(numbered(sentence, count), **{"count": str(count)} | words)


def said(*sentences: Part) -> Finding:
    """A finding of sentences, one after the other."""
    return Finding(tuple(piece for sentence in sentences for piece in _pieces(sentence)))


def filled(sentence: str, **words: Part) -> list[Piece]:
    """The sentence with words and pieces in its named places, e.g. "{word} pushes toward {target}"."""
    out: list[Piece] = []
    for plain, name, _, _ in Formatter().parse(sentence):
        out += [Piece(plain)] if plain else []
        out += _pieces(words[name]) if name else []
    return out


def listed(items: Sequence[Part], last: str = "") -> list[Piece]:
    """a, b and c; each a text, a piece or several pieces."""
    out: list[Piece] = []
    for k, item in enumerate(items):
        pieces = _pieces(item)
        between = ", " if k < len(items) - 1 else last or _and(pieces)
        out += [Piece(between), *pieces] if k else pieces
    return out


def _and(following: Sequence[Piece]) -> str:
    """The word between the last two, which is another one in Spanish before the sound of i."""
    begins = "".join(piece.text for piece in following).lstrip("“·.(").lower()
    if begins.startswith(("i", "hi")) and not begins.startswith("hie"):
        return pgettext("before a word that begins with i or hi", " and ")
    return phrases.AND


def capitalised(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with a capital at the beginning, unless they begin with a word of the texts."""
    first, *rest = pieces
    return [first if first.kind else Piece(first.text[:1].upper() + first.text[1:]), *rest]


def _pieces(part: Part) -> list[Piece]:
    parts = [part] if isinstance(part, str | Piece) else part
    return [Piece(p) if isinstance(p, str) else p for p in parts]


def _marked_up(piece: Piece, theme: Theme | None = None) -> str:
    """One piece as HTML."""
    shown = html.escape(piece.text, quote=True)
    if piece.kind == "word":
        return f"<em><bdi>{shown}</bdi></em>"
    if piece.kind in ("target", "foil"):
        colour = palette(theme).ink[piece.kind] if theme else ""
        style = f' style="color:{colour}"' if colour else ""
        return f"<strong{style}><bdi>{shown}</bdi></strong>"
    return shown
