"""The catalogues of the languages, for tests of what has to be in them."""

from functools import cache

from attribution.locale import __main__ as locale


@cache
def translations():
    """Language -> sentence -> its translation (of one thing, where there are several)."""
    return {path.parts[-3]: dict(_said(path)) for path in locale.files()}


def _said(path):
    for message in locale.read(path):
        if message.id and not message.fuzzy:
            one = isinstance(message.id, str)
            yield (message.id, message.string) if one else (message.id[0], message.string[0])


def lacking(sentences):
    """(language, sentence) of those that a catalogue does not have."""
    return [(code, s) for code, said in translations().items() for s in sentences if s and not said.get(s)]
