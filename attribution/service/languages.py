"""The language codes of multilingual translators, and the tokens that begin their decoder."""

from __future__ import annotations

import re

from attribution.language import N_
from attribution.models.architectures import ARCHITECTURES
from attribution.models.loading import LoadedModel
from attribution.types import ModelUnavailableError, TextError

_CODE = re.compile(r"([a-z]{3}_[A-Z][a-z]{3})|([a-z]{2}_[A-Z]{2})|__([a-z]{2,3})__")
"""As in eng_Latn (NLLB), en_XX (mBART), __en__ (M2M100)."""
_CHOOSE = {
    "source": N_("{name} knows {count} languages: choose a source language, e.g. {some}."),
    "target": N_("{name} knows {count} languages: choose a target language, e.g. {some}."),
}
_UNKNOWN = {
    "source": N_("{name} does not know the source language “{code}”; try {some}."),
    "target": N_("{name} does not know the target language “{code}”; try {some}."),
}
_NO_START = N_(
    "The settings of {name} do not say with which token its translations begin; choose another model."
)


def language_codes(loaded: LoadedModel) -> tuple[str, ...]:
    """The languages a multilingual translator can be asked for, sorted; empty for one-pair models and T5."""
    return tuple(sorted(_code_ids(loaded)))


def set_languages(loaded: LoadedModel, source: str, target: str) -> int | None:
    """Makes the tokenizer write source and target with these codes; needed before each use of it.

    Returns:
        The id of the target language's token, None where the model has no languages to choose from.

    Raises:
        TextError: a code is missing or unknown; the message names some valid ones.
    """
    codes = _code_ids(loaded)
    if not codes:
        return None
    some = ", ".join([c for c in _FAMILIAR if c in codes][:6] or sorted(codes)[:6])
    for code, role in ((source, "source"), (target, "target")):
        if not code:
            raise TextError(_CHOOSE[role], name=loaded.info.name, count=len(codes), some=some)
        if code not in codes:
            raise TextError(_UNKNOWN[role], name=loaded.info.name, code=code, some=some)
    loaded.tokenizer.src_lang = source
    loaded.tokenizer.tgt_lang = target
    return codes[target]


def decoder_start(loaded: LoadedModel, language: int | None) -> tuple[int, ...]:
    """The decoder inputs before the first word: start token, then the forced first token where there is one.

    Multilingual models get the target language's token: NLLB, M2M100 and mBART-50 as the forced first token,
    the first mBART instead of the start token.
    """
    config, generation = loaded.model.config, loaded.model.generation_config
    start = generation.decoder_start_token_id
    for other in (config.decoder_start_token_id, generation.bos_token_id, config.pad_token_id):
        start = other if start is None else start
    size = int(loaded.model.get_output_embeddings().weight.shape[0])
    forced = generation.forced_bos_token_id if language is None else language
    for token in (start, forced):
        if token is not None and (type(token) is not int or not 0 <= token < size):
            raise ModelUnavailableError(_NO_START, name=loaded.info.name)
    if start is None:
        raise ModelUnavailableError(_NO_START, name=loaded.info.name)
    if language is not None:
        if type(loaded.tokenizer).__name__.startswith("MBartTokenizer"):
            return (language,)
        return (int(start), language)
    return (int(start),) if forced is None else (int(start), int(forced))


def _code_ids(loaded: LoadedModel) -> dict[str, int]:
    row, tokenizer = ARCHITECTURES.get(loaded.model.config.model_type), loaded.tokenizer
    if not hasattr(tokenizer, "src_lang") or (row is not None and not row.multilingual):
        return {}
    tokens = {**tokenizer.get_added_vocab(), **getattr(tokenizer, "lang_token_to_id", {})}
    found = {}
    for token, i in tokens.items():
        match = _CODE.fullmatch(token)
        if match:
            found[match[3] or token] = int(i)
    return found


_FAMILIAR = (
    *("eng_Latn", "nld_Latn", "spa_Latn", "ita_Latn", "deu_Latn", "fra_Latn"),
    *("en_XX", "nl_XX", "es_XX", "it_IT", "de_DE", "fr_XX"),
    *("en", "nl", "es", "it", "de", "fr"),
)
