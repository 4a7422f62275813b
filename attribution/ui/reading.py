"""How to read the closer looks that several pages have."""

from __future__ import annotations

from attribution.language import N_

LOOKS = {
    "hold": N_("""
Words are taken away one after the other, the most important first (blue) and the least important first
(dashed). If the ranking holds, the first falls early and the second late; the **gap** is their mean
distance, and random orders show what chance does. **LDS** asks the same of whole sets: do the values of the
words kept, added up, rank what the model says of random choices of words? Rankings depend on how words are
taken away, so there are two ways: the text closes up, or the mean of all embeddings stands in the word's
place."""),
    "what if": N_("""
Nothing is estimated here: the model reads the changed text. What leaving out a word does can differ from
the word's value by the method above, because the other words then mean something else; *Does it hold?*
measures by how much."""),
}
