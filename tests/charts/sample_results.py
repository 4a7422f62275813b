"""Results made by hand (numpy only), complete and plausible, for the tests of charts and exports."""

from dataclasses import replace

import numpy as np

from attribution.types import (
    Candidate,
    ChosenWord,
    ComparisonRequest,
    ComparisonResult,
    Contributions,
    ExpectedResult,
    Explanation,
    FaithfulnessResult,
    LensResult,
    ManyMean,
    ManyMeasure,
    ManyModel,
    ManyResult,
    ModelInfo,
    NextWordRequest,
    NextWordResult,
    TokenizedText,
    TranslationRequest,
    TranslationResult,
    Word,
)

SUMMER = "This summer, unlike the previous winter, is being extremely"
SUMMER_TOKENS = "This ·summer , ·unlike ·the ·previous ·win ter , ·is ·being ·extremely"
PROSE = "the quick brown fox jumps over a lazy dog near internationalization of old river banks"
HOT_HEADED = "Don ' t ·get ·hot - headed ·mate , ·it ' s ·easy ·pe asy ! </s>"
HEETHOOFDIG = "Niet ·heet hoof dig ·worden ·man , ·het ·is ·een ·makkie ! </s>"
EVIL = "</script><img src=x onerror=alert(1)> *b* $x$ :red[a] \"q' & 100%"


def text_of(tokens, special=(), joined=()):
    """Tokens whose leading middle dot starts a word; positions in `joined` belong to the word before."""
    words = []
    for p, token in enumerate(tokens):
        if words and p in joined:
            words[-1] = Word(words[-1].text + token, (*words[-1].tokens, p))
        else:
            words.append(Word(token.lstrip("·") or token, (p,), p in special))
    return TokenizedText(tuple(range(10, 10 + len(tokens))), tuple(tokens), tuple(tokens), tuple(words))


def info(name="English demo", parameters=7_123_456, kind="decoder", architecture="gpt2"):
    return ModelInfo(name.lower(), name, kind, architecture, parameters, revision="3f1c2d9e8a77")


def contributions(rng, layers, size, dtype=np.float32, scale=0.3, push=()):
    """Additive parts that sum to the explained logit exactly in float64."""
    logit = rng.normal(0, scale / layers, (layers, size)).astype(dtype)
    for position, amount in push:
        logit[:, position] += (amount * np.arange(1, layers + 1) / np.arange(1, layers + 1).sum()).astype(
            dtype
        )
    mixed = (logit * rng.uniform(0.6, 1.0, size)).astype(dtype)
    mixed += (logit.sum(1) - mixed.sum(1))[:, None] / size
    mlp = rng.normal(0, 0.25, layers).astype(dtype)
    bias = rng.normal(0, 0.03, layers).astype(dtype)
    total = float(logit.sum(dtype=np.float64) + mlp.sum(dtype=np.float64) + bias.sum(dtype=np.float64)) + 0.16
    return Contributions(logit, mixed, 0.12, bias, mlp, 0.03, 0.01, total)


def mixing(rng, layers, size, dtype=np.float32):
    """Lower-triangular matrices whose rows sum to 1, and their products."""
    raw = np.tril(rng.uniform(0, 1, (layers, size, size)) ** 4 + 3 * np.eye(size))
    alti = raw / raw.sum(-1, keepdims=True)
    rollout = [alti[0]]
    for matrix in alti[1:]:
        rollout.append(matrix @ rollout[-1])
    return alti.astype(dtype), np.array(rollout).astype(dtype)


def next_word(tokens=None, layers=12, foil=True, target="hot", foil_word="cold", seed=0, prefix=None):
    rng = np.random.default_rng(seed)
    if tokens is None:
        tokens = [
            "This",
            "·summer",
            ",",
            "·unlike",
            "·the",
            "·previous",
            "·win",
            "ter",
            ",",
            "·is",
            "·being",
            "·extremely",
        ]
        text = text_of(tokens, joined=(7,))
    else:
        text = text_of(tokens)
    size = len(text)
    names = [target, foil_word, "dry", "warm", "harsh", "wet", "mild", "windy", "humid", "difficult"]
    logits = 14 - np.arange(10) * 0.31
    p = np.exp(logits - 15.4)
    candidates = tuple(
        Candidate(100 + k, "·" + n, " " + n, float(logits[k]), float(p[k]), k + 1)
        for k, n in enumerate(names)
    )
    push = ((min(1, size - 1), 1.3), (min(7, size - 1), -0.9))
    alti, rollout = mixing(rng, layers, size)
    return NextWordResult(
        model=info(),
        request=NextWordRequest("english-demo", prefix or SUMMER, target, foil_word if foil else ""),
        text=text,
        target=ChosenWord(target, (candidates[0].token,), candidates[0], -1.4),
        foil=ChosenWord(foil_word, (candidates[1].token,), candidates[1], -1.7) if foil else None,
        candidates=candidates,
        target_contributions=contributions(rng, layers, size, push=push),
        foil_contributions=contributions(rng, layers, size) if foil else None,
        alti=alti,
        rollout=rollout,
        entropy=3.21,
        notes=("“hot” is one token.",),
    )


def scored_next_word(method="erasure", parts=(), **options):
    """A result of another method than ALTI-Logit: no layers, no mixing."""
    base = next_word(**options)
    rng = np.random.default_rng(5)
    rows = ("contrast", "target", "foil") if base.foil else ("target",)
    values = rng.normal(0, 0.4, (len(rows), len(base.text)))
    remainder = {name: rng.normal(0, 0.2, len(rows)) for name in parts}
    for array in (values, *remainder.values()):
        array[0] = array[1] - array[2] if base.foil else array[0]
    explained = values.sum(1) + sum(remainder.values(), np.zeros(len(rows)))
    return replace(
        base,
        request=replace(base.request, method=method),
        target_contributions=None,
        foil_contributions=None,
        alti=None,
        rollout=None,
        scores=Explanation(method, rows, base.tokens, values, "logits", remainder, explained),
    )


def measured(method="frozen", gap=2.5, words=("This", "summer", "is", "being", "so", "very"), **changes):
    """How far a ranking holds, with numbers made up."""
    rng, n = np.random.default_rng(4), len(words)
    curves = {name: rng.normal(0, 2, n + 1) for name in ("most_first", "least_first", "random_mean")}
    base = next_word()
    result = FaithfulnessResult(
        model=base.model,
        request=replace(base.request, method=method),
        replace="leave out",
        orders=24,
        seed=0,
        explained="logit difference",
        words=tuple(words),
        values=rng.normal(0, 1, n),
        left_out=rng.normal(0, 1, n),
        erasure_most_first=curves["most_first"] - 1,
        erasure_least_first=curves["least_first"] + 1,
        random_low=curves["random_mean"] - 2,
        random_high=curves["random_mean"] + 2,
        gap=gap,
        erasure_gap=4.0,
        random_gap=(-2.0, 2.0),
        lds=0.5,
        random_lds=(0.1, -0.2, 0.4),
        verdict="well",
        seconds=0.1,
        carried=0.3,
        agreement=0.7,
        **curves,
    )
    return replace(result, **changes)


def measured_word(**changes):
    """The same of a word of a translation."""
    request = TranslationRequest("mt", SUMMER, "Este verano", "erasure", "log_probability")
    word = {"request": request, "explained": "log_probability", "steps": (2, 3), "target": "verano"}
    return measured("erasure", **(word | changes))


def measured_answers(**changes):
    """The same of three models' answers."""
    request = ComparisonRequest("ms", "Is it hot?", "no", "yes", "frozen")
    answers = {"explained": "contrast_logits_diff", "target": "no", "foil": "yes"} | changes
    return [
        measured(request=request, model=info(f"Model {k}", 10**k), gap=float(k), **answers) for k in (7, 5, 6)
    ]


def expected(foil=False):
    """What a translator expects at a step."""
    base = next_word()
    request = TranslationRequest("mt", SUMMER, "Este verano", contrast="Este invierno" if foil else "")
    target, other, *_ = base.candidates
    before = text_of(["·Este", "·cálido"])
    return ExpectedResult(base.model, request, before, target, other if foil else None, base.candidates, 1.5)


def lens(layers=3, foil=True):
    """A logit lens with numbers made up."""
    rng, base = np.random.default_rng(6), next_word(foil=foil)
    reading = rng.normal(0, 2, (2, layers + 1))
    chances = rng.uniform(0, 1, (3, layers + 1))
    nothing = np.full(layers + 1, np.nan)
    return LensResult(
        model=base.model,
        request=base.request,
        words=("hot", "cold") if foil else ("hot",),
        target=reading[0],
        foil=reading[1] if foil else nothing,
        target_probability=chances[0],
        foil_probability=chances[1] if foil else nothing.copy(),
        top=tuple(f"·{w}" for w in ("so", "late", "hot", "hot")[: layers + 1]),
        top_probability=chances[2],
        attention=np.linspace(-0.5, 0.5, layers),
        mlp=np.array([0.1, 2.0, -1.0][:layers]),
        heads=rng.normal(0, 0.2, (layers, 4)),
    )


def long_next_word(size=60, layers=24):
    words = PROSE.split()
    tokens = ["·" + words[k % len(words)] for k in range(size)]
    return next_word(tokens, layers=layers, seed=3, prefix=PROSE)


def evil_next_word():
    tokens = ["·" + EVIL, "·=cmd|'/c calc'!A0", "·مرحبا", "·日本語", "·😀", "·\x00\u202e", "·the", "·the"]
    return next_word(tokens, layers=3, target="<b>hot</b>", foil_word="_co*ld*_", prefix=EVIL)


def translation(source=None, target=None, seed=0, signed=True, free=False):
    rng = np.random.default_rng(seed)
    source = source or HOT_HEADED.split()
    target = target or HEETHOOFDIG.split()
    joined = tuple(k for k, t in enumerate(source) if not t.startswith("·") and k and k < len(source) - 1)
    s = text_of(source, special=(len(source) - 1,), joined=joined)
    t_joined = tuple(k for k, w in enumerate(target) if not w.startswith("·") and k and k < len(target) - 1)
    t = text_of(target, special=(len(target) - 1,), joined=t_joined)
    p = text_of(["<pad>", *target[:-1]], special=(0,), joined=tuple(k + 1 for k in t_joined))
    rows, columns = len(t), len(s)
    magnitude = rng.gamma(0.6, 0.2, (rows, columns))
    for k in range(rows):
        magnitude[k, min(round(k * columns / rows), columns - 1)] += 0.7
    prefix = rng.gamma(0.5, 0.15, (rows, rows))
    prefix[np.triu_indices(rows, 1)] = np.nan
    probability = np.clip(rng.beta(3, 1.2, rows), 1e-6, 1)
    probability[rows // 3] = 0.004
    signs = rng.choice([-1, 1], (rows, columns), p=(0.3, 0.7))
    return TranslationResult(
        model=info("opus-mt-en-nl", 78_000_000, "encoder-decoder", "marian"),
        request=TranslationRequest(
            "opus-mt-en-nl",
            "Don't get hot-headed mate, it's easy peasy!",
            method="input_x_gradient" if signed else "saliency",
        ),
        source=s,
        target=t,
        prefix=p,
        source_magnitude=magnitude.astype(np.float32),
        source_signed=(magnitude * signs * 0.8 if signed else np.full_like(magnitude, np.nan)).astype(
            np.float32
        ),
        prefix_magnitude=prefix.astype(np.float32),
        prefix_signed=(prefix * 0.5 if signed else np.full_like(prefix, np.nan)).astype(np.float32),
        step_scores={"probability": probability, "entropy": rng.uniform(0, 4, rows)},
        attributed_values=probability,
        generated=free,
        generation="beam search, 6 beams, at most 512 tokens" if free else "",
    )


def comparison(
    name="flan-t5-small", parameters=77_000_000, p=0.61, q=0.37, seed=0, signed=True, special=True
):
    rng = np.random.default_rng(seed)
    tokens = ["Is", "·London", "·the", "·cap", "ital", "·of", "·France", "?"] + (["</s>"] if special else [])
    text = text_of(tokens, special=(8,) if special else (), joined=(4,))
    magnitude = np.array([0.1, 1.2, 0.1, 0.5, 0.3, 0.1, 0.8, 0.2, 0.3][: len(tokens)])
    magnitude = (magnitude * rng.uniform(0.6, 1.4, len(tokens))).astype(np.float32)
    sign = np.where(np.arange(len(tokens)) % 4 == 2, -1, 1)
    values = (magnitude * sign if signed else magnitude * np.nan).astype(np.float32)
    return ComparisonResult(
        model=info(name, parameters, "encoder-decoder", "t5"),
        request=ComparisonRequest(
            name,
            "Is London the capital of France?",
            "no",
            "yes",
            "input_x_gradient" if signed else "saliency",
        ),
        text=text,
        magnitude=magnitude,
        signed=values,
        target_tokens=("·no",),
        foil_tokens=("·yes",),
        token_magnitude=magnitude[None].copy(),
        token_signed=values[None].copy(),
        target_log_probability=float(np.log(p)),
        foil_log_probability=float(np.log(q)) if q else float("nan"),
        score=p - (q or 0),
        attributed=p - (q or 0),
        target_rank=1 if p >= (q or 0) else 2,
        answer="·no" if p >= (q or 0) else "·yes",
        seconds=1.2,
        memory_bytes=310_000_000,
    )


def family():
    return [
        comparison("flan-t5-small", 77_000_000, 0.61, 0.37, 1),
        comparison("flan-t5-base", 248_000_000, 0.78, 0.2, 2),
        comparison("flan-t5-large", 783_000_000, 0.91, 0.06, 3),
    ]


def many(done=60, models=2, groups=("a", "b")):
    """Sixty sentences put to two models by two methods, the second of which is no better than chance."""
    sizes = [ManyModel(f"m{k}", f"model {k} <b>", 10 ** (6 + k), "abc") for k in range(models)]
    measures = (
        ManyMeasure("right", "accuracy", "how often", of_model=True),
        ManyMeasure("found", "found", "how well"),
        ManyMeasure("carried", "carried", "how much", median=True),
        ManyMeasure("aer", "alignment error", "how badly", less_is_better=True),
    )
    means = tuple(
        ManyMean(
            model=model.id,
            method=method,
            group=group,
            measure=measure.id,
            value=(value := (0.8 if method == "frozen" else 0.5) - 0.1 * (group == "b")),
            low=value - 0.05,
            high=value + 0.05,
            random=float("nan") if measure.id in ("right", "carried") else 0.5,
            sentences=60 if group == "all" else 30,
            quantiles=(0.1, 0.2, 0.5, 0.8, 1.0) if measure.id != "right" else (),
        )
        for model in sizes
        for method in ("frozen", "gim")
        for group in ("all", *groups)
        for measure in measures
    )
    return ManyResult(
        name="made",
        kind="next word",
        digest="0" * 64,
        sentences=60,
        models=tuple(sizes),
        methods=("frozen", "gim"),
        measures=measures,
        groups=("all", *groups),
        means=means,
        done=done,
        expected=240,
        caption="Set made, 60 sentences (SHA-256 000000000000). Models: m0; m1.",
    )
