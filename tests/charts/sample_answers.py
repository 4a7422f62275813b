"""Answers made by hand (numpy only), for the tests of charts and exports."""

import numpy as np

from attribution.types import (
    AnswerRequest,
    AnswerResult,
    Candidate,
    Segment,
    SegmentCheckRequest,
    SegmentCheckResult,
)
from tests.charts.sample_results import EVIL, PROSE, info, text_of

UNITS = {"logit": "logits", "log_probability": "nats", "probability": "probability"}
PROMPT = "<|im_start|> You ·help . <|im_end|> The ·mus eum ·is ·shut ·on ·Monday . ·When ? <|im_end|>"
ANSWER = "On ·Mon day . <|im_end|>"


def candidates(tokens, rng, chances):
    """At each step the token of the answer and four others."""
    found = []
    for k, (token, chance) in enumerate(zip(tokens, chances, strict=True)):
        rank = 1 if chance >= 0.25 else 5
        others = [Candidate(500 + i, f"·other{i}", f" other{i}", 3.0 - i, 0.2, 0) for i in range(4)]
        own = Candidate(10 + k, token, token.replace("·", " "), 4.0, chance, rank)
        ordered = [own, *others] if rank == 1 else [*others, own]
        found.append(
            tuple(
                Candidate(c.id, c.token, c.text, c.logit, c.probability, place)
                for place, c in enumerate(ordered, 1)
            )
        )
    return tuple(found)


def answered(
    prompt=PROMPT,
    answer=ANSWER,
    *,
    segments=None,
    values=None,
    parts=("mlp",),
    method="frozen",
    attributed="logit",
    foils=(),
    steps=None,
    ending="end",
    seed=0,
    joined=(),
    chances=None,
):
    """A result whose values and parts sum to what is explained; later tokens are not visible."""
    rng = np.random.default_rng(seed)
    prompt, answer = (t.split() if isinstance(t, str) else list(t) for t in (prompt, answer))
    special = [k for k, t in enumerate(prompt) if t.startswith("<|")]
    s, t = text_of(prompt, special=special, joined=joined), text_of(answer, special=(len(answer) - 1,))
    if answer == ANSWER.split():
        t = text_of(answer, special=(4,), joined=(2,))
    steps = tuple(range(len(t))) if steps is None else tuple(steps)
    size = len(s)
    if segments is None:
        typed = tuple(k for k in range(size) if k not in special)
        chat = prompt == PROMPT.split()
        cuts = [typed[:3], typed[3:11], typed[11:]] if chat else [typed]
        kinds = (
            (("system", "System"), ("document", "Document"), ("user", "User"))
            if chat
            else (("user", "User"),)
        )
        segments = [
            Segment(kind, name, " ".join(prompt[k] for k in own), own)
            for (kind, name), own in zip(kinds, cuts, strict=True)
        ]
        if special:
            segments.append(Segment("template", "Template", "<|im_start|>", tuple(special)))
    segments = (*segments, Segment("answer", "Answer so far", "", tuple(range(size, size + len(t)))))
    if values is None:
        values = rng.normal(0, 0.6, (len(steps), size + len(t)))
    values = np.array(values, dtype=np.float64)
    for row, step in zip(values, steps, strict=True):
        row[size + step :] = np.nan
        if method == "erasure":
            row[size:] = np.nan
            row[special] = np.nan
    named = {name: rng.normal(0, 0.4, len(steps)) for name in parts}
    explained = np.nansum(values, 1) + sum(named.values(), np.zeros(len(steps)))
    chances = np.clip(rng.beta(3, 1, len(t)), 1e-6, 1) if chances is None else np.array(chances)
    found = candidates(answer, rng, chances)
    ranks = [next(c.rank for c in row if c.id == 10 + k) for k, row in enumerate(found)]
    scores = {"probability": chances, "rank": np.array(ranks, dtype=np.float64), "entropy": -np.log(chances)}
    request = AnswerRequest(
        "demo",
        "When?",
        system="You help.",
        document="The museum is shut on Monday.",
        method=method,
        attributed=attributed,
        contrast="On Tuesday." if foils else "",
    )
    return AnswerResult(
        model=info(),
        request=request,
        prompt=s,
        answer=t,
        segments=segments,
        steps=steps,
        values=values,
        magnitudes=np.abs(values),
        explained=explained,
        unit="logits" if foils else UNITS[attributed],
        step_scores=scores,
        candidates=found,
        prompt_text="".join(prompt).replace("·", " "),
        answer_text="".join(answer).replace("·", " "),
        starts=tuple(len("".join(answer[:k])) for k in range(len(answer))),
        parts=named,
        foils=tuple(foils),
        ending=ending,
        settings="sampling, temperature 0.7, seed 3, at most 40 tokens" if ending == "end" else "",
    )


def long_answer():
    """128 tokens over 500 of the prompt, in ten segments."""
    words = PROSE.split()
    prompt = ["·" + words[k % len(words)] for k in range(500)]
    segments = [
        Segment("document", f"Document, sentence {k + 1}", PROSE, tuple(range(50 * k, 50 * k + 50)))
        for k in range(10)
    ]
    answer = ["·" + words[(3 * k) % len(words)] for k in range(128)]
    return answered(prompt, answer, segments=segments, ending="length")


def evil_answer():
    prompt = ["·" + EVIL, "·=cmd|'/c calc'!A0", "·مرحبا", "·\x00\u202e", "·the", "·the"]
    return answered(prompt, ["·" + EVIL, "·@SUM(1)", "·\u202ethe"], ending="given")


def checked(result=None, lost=None, credited=None, **changes):
    """What leaving out each of a prompt's segments does."""
    result = result or answered()
    segments = tuple(s for s in result.segments if s.kind not in ("template", "answer"))
    n = len(segments)
    lost = np.linspace(3.0, -1.0, n) if lost is None else np.array(lost, dtype=np.float64)
    credited = lost * 0.5 if credited is None else np.array(credited, dtype=np.float64)
    numbers = {
        "lds": 0.7,
        "random_lds": (0.1, -0.3, 0.5),
        "agreement": 0.9,
        "log_probability": -4.0,
    } | changes
    return SegmentCheckResult(
        model=result.model,
        request=SegmentCheckRequest(result.request),
        segments=segments,
        credited=credited,
        left_out=lost,
        steps=np.zeros((n, len(result.answer))),
        **numbers,
    )
