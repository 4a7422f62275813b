"""Real English-Spanish pairs: the help of LibreOffice (MPL-2.0) and two Bibles (public domain), from Debian
packages.

Usage: python training/english_spanish/real_text.py (writes data/libreoffice.json and data/bible.json)
"""

import html
import json
import re
import subprocess
import zlib
from pathlib import Path

DATA = Path(__file__).parent / "data"
HELP = Path("/usr/share/libreoffice/help")  # libreoffice-help-en-us, libreoffice-help-es
BIBLES = ("engWEB2015eb", "spaRV1909eb")  # sword-text-web, sword-text-sparv; read with diatheke
LONGEST = 25  # words in a sentence, in either language
HELD_OUT_PAGES = 12  # one page of the help in so many is kept for the test


def sentences(text):
    """Returns the sentences of a paragraph, cut after a full stop before a capital letter."""
    return re.split(r"(?<=[.!?:]) (?=[A-ZÁÉÍÓÚÑ¿¡])", text)


def well_matched(english, spanish):
    """Whether two sentences are short, not the same, and of similar length."""
    ratio = len(spanish) / max(1, len(english))
    counts = len(english.split()), len(spanish.split())
    plain = not re.search(r"[{}<>=_\\|]|https?:", english + spanish)
    return min(counts) >= 2 and max(counts) <= LONGEST and 0.6 < ratio < 1.9 and english != spanish and plain


def elements(page):
    """Returns {element id: text} of a help page."""
    body = page.read_text(encoding="utf-8")
    found = re.findall(r'<(p|h[1-6])[^>]* id="((?:par|hd|tit)[^"]*)"[^>]*>(.*?)</\1>', body, re.DOTALL)
    return {name: " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split()) for _, name, text in found}


def libreoffice_pairs():
    """Returns (training pairs, held-out pairs), matched by page and element; no sentence is in both."""
    train, held_out = {}, {}
    for page in sorted((HELP / "en-US" / "text").rglob("*.html")):
        relative = page.relative_to(HELP / "en-US")
        translated = HELP / "es" / relative
        if not translated.exists():
            continue
        english, spanish = elements(page), elements(translated)
        kept = zlib.crc32(str(relative).encode()) % HELD_OUT_PAGES == 0
        for name in english.keys() & spanish.keys():
            one, other = sentences(english[name]), sentences(spanish[name])
            if len(one) == len(other):
                for pair in zip(one, other, strict=True):
                    if well_matched(*pair):
                        (held_out if kept else train).setdefault(*pair)
    return sorted(train.items()), sorted(pair for pair in held_out.items() if pair[0] not in train)


def verses(bible):
    """Returns {"Genesis 1:1": text}."""
    command = ["diatheke", "-b", bible, "-f", "plain", "-k", "Genesis 1:1-Revelation of John 22:21"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^([\w ]+ \d+:\d+): +(.+)$", output, re.MULTILINE)
    return {reference: " ".join(text.split()) for reference, text in found}


def bible_pairs():
    """Returns short verse pairs, with the accents of 1909 ("á", "é", "ó" alone) modernized."""
    english, spanish = map(verses, BIBLES)
    pairs = []
    for reference in english.keys() & spanish.keys():
        modern = re.sub(
            r"\b([áéóÁÉÓ])\b",
            lambda match: match[1].translate(str.maketrans("áéóÁÉÓ", "aeoAEO")),
            spanish[reference],
        )
        if well_matched(english[reference], modern):
            pairs.append((english[reference], modern))
    return sorted(pairs)


def main():
    DATA.mkdir(exist_ok=True)
    train, held_out = libreoffice_pairs()
    (DATA / "libreoffice.json").write_text(
        json.dumps({"train": train, "held_out": held_out}, ensure_ascii=False)
    )
    bible = bible_pairs()
    (DATA / "bible.json").write_text(json.dumps(bible, ensure_ascii=False))
    print(f"LibreOffice help: {len(train)} pairs, {len(held_out)} held out; Bible: {len(bible)} pairs")


if __name__ == "__main__":
    main()
