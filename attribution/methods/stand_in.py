"""An embedding that says nothing in the place of a word: what is left is what the place gets by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor

from attribution.methods.hooks import of_this_thread


@contextmanager
def standing_in(model: Any, positions: Sequence[int]) -> Iterator[None]:
    """While it lasts this thread's texts have the mean of the embedding matrix at these token positions.

    Position embeddings stay. Other threads see nothing of it, and no hook is left, after exceptions too. The
    caller holds the model's lock.
    """
    embeddings = model.get_input_embeddings()
    mean = embeddings.weight.detach().float().mean(0)

    def say_nothing(module: Any, inputs: Any, output: Tensor) -> Tensor:
        changed = output.clone()
        changed[..., list(positions), :] = mean.to(changed.dtype)
        return changed

    handle = embeddings.register_forward_hook(of_this_thread(say_nothing))
    try:
        yield
    finally:
        handle.remove()
