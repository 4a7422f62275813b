"""The logit lens: what a decoder would say after each of its layers, and what each layer adds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from attribution.methods.lens import lens
from attribution.models import tokens
from attribution.models.anatomy import decoder_anatomy, refuse_encoder_decoder
from attribution.models.loading import LoadedModel
from attribution.service.next_word import question
from attribution.types import LensRequest, LensResult


@torch.inference_mode()
def run_lens(
    loaded: LoadedModel, request: LensRequest, progress: Callable[[float], None] | None = None
) -> LensResult:
    """What the model would say after each layer: target, foil and likeliest word.

    Raises:
        AttributionError: the text, or the model, is none that can be explained.
    """
    asked = request.explained
    refuse_encoder_decoder(loaded.info.kind, loaded.info.name)
    anatomy = decoder_anatomy(loaded.model)
    with loaded.lock:
        words = question(loaded, asked.prefix, asked.target, asked.foil)
        ids = torch.tensor(words.ids, device=loaded.model.device)
        found = lens(loaded.model, anatomy, ids, words.explained, progress or (lambda _: None))
        top = found.logits.argmax(1)
        readable = tuple(tokens.readable(loaded.tokenizer, int(token)) for token in top)
        typed = (asked.target, asked.foil)
        names = tuple(
            name.strip() or tokens.typed_form(loaded.tokenizer, word[0])
            for name, word in zip(typed, words.words, strict=False)
        )
    normal = np.logaddexp.reduce(found.logits, axis=1)
    target, *foils = (found.logits[:, token] for token in words.explained)
    foil = foils[0] if foils else np.full_like(target, np.nan)
    return LensResult(
        model=loaded.info,
        request=asked,
        words=names,
        target=target.copy(),
        foil=foil.copy(),
        target_probability=np.exp(target - normal),
        foil_probability=np.exp(foil - normal),
        top=readable,
        top_probability=np.exp(found.logits.max(1) - normal),
        attention=found.attention,
        mlp=found.mlp,
        heads=found.heads,
    )
