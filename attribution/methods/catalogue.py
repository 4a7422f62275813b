"""The table of methods: what each one's numbers mean, where it can be used, and where its mathematics is.

No torch here: the function of a row is imported when it is used. A new method is one file with its function,
one row below, and its tests; every page, the report, the Python lines and About read the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attribution.language import N_, Said, _
from attribution.types import ModelKind, TextError

Use = Literal["next word", "translation", "comparison", "answer"]
"""Why a next word, why each word of a translation, why models of different sizes answer as they do, why each
word of an answer."""
EVERY_KIND: tuple[ModelKind, ...] = ("decoder", "encoder-decoder")
ONLY_FOR: dict[ModelKind, str] = {
    "decoder": N_("For decoders only."),
    "encoder-decoder": N_("For encoder-decoders only."),
}


@dataclass(frozen=True)
class Paper:
    """Where a method comes from; `arxiv` is the number there."""

    authors: str
    year: int
    title: str
    arxiv: str

    @property
    def short(self) -> str:
        """As a text cites it, e.g. "Ferrando et al. 2023"."""
        first, *others = self.authors.split(", ")
        if len(others) > 1:
            return _("{first} et al. {year}", first=first, year=str(self.year))
        if others:
            return _("{first} and {second} {year}", first=first, second=others[0], year=str(self.year))
        return f"{first} {self.year}"

    @property
    def link(self) -> str:
        """As Markdown, e.g. "[arXiv 2305.12535](https://arxiv.org/abs/2305.12535)"."""
        return f"[arXiv {self.arxiv}](https://arxiv.org/abs/{self.arxiv})"


@dataclass(frozen=True)
class Method:
    """One way to credit words for what a model does.

    `function` names what computes it. It takes a `problem.Problem`, fills its arrays (and, if the method is
    additive, `Problem.parts` with what no token is credited with), and returns the explained number and the
    logits of each step. The `layered` ones are instead computed by `alti_logit.alti_logit`.

    Its texts are in English, marked for the catalogues; the properties have them in the reader's language.
    """

    id: str
    """As in requests, addresses and saved files; never changed."""
    english: str
    """Its name as in running text."""
    meaning: str
    """What one value says: a sentence."""
    signed: bool
    """Whether values tell apart what speaks for and what against the word; else they are amounts."""
    additive: bool
    """Whether the values and a remainder sum to the number explained."""
    kinds: tuple[ModelKind, ...]
    uses: tuple[Use, ...]
    passes: str
    """What it costs, in passes through the model."""
    formula: str
    """Markdown, with f for the number explained and e for the embedding of a token."""
    papers: tuple[Paper, ...]
    function: str
    """Its dotted name."""
    unit: str = ""
    """Of a value; empty: the unit of the number explained."""
    layered: bool = False
    """Whether its result has the contributions of each layer and the mixing of the words (ALTI)."""
    gradients: bool = False
    """Whether it needs gradients, which quantized models do not give."""
    found_with: str = ""
    """The method whose result has this one's values too; empty: its own."""
    start: str = ""
    """Why pages start with it, by measured numbers (benchmarks/page_methods.py); empty where none does."""

    @property
    def name(self) -> str:
        """As in running text, in the reader's language."""
        return _(self.english)

    @property
    def title(self) -> str:
        """The name at the beginning of a sentence."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def reading(self) -> str:
        """How to read it, as Markdown: name, formula, papers."""
        papers = "; ".join(f"{p.short}, {p.link}" for p in self.papers)
        return _(
            "**{method}**: {formula} {papers}.", method=self.title, formula=_(self.formula), papers=papers
        )

    @property
    def about(self) -> str:
        """What it says, what it costs and where it comes from, as Markdown."""
        papers = "; ".join(f"{p.authors}, *{p.title}*, {p.year}, {p.link}" for p in self.papers)
        line = _(
            "**{method}**: {meaning} Cost: {passes}. {papers}.",
            method=self.title,
            meaning=_(self.meaning),
            passes=_(self.passes),
            papers=papers,
        )
        return f"{line} {_(self.start)}".rstrip()

    @property
    def says(self) -> str:
        """What it says, and for which models where it is not for all."""
        if self.kinds == EVERY_KIND:
            return _(self.meaning)
        return f"{_(self.meaning)} {_(ONLY_FOR[self.kinds[0]])}"


_FERRANDO = Paper(
    "Ferrando, Gállego, Tsiamas, Costa-jussà",
    2023,
    "Explaining How Transformers Use Context to Build Predictions",
    "2305.12535",
)
_ALI = Paper(
    "Ali, Schnake, Eberle, Montavon, Müller, Wolf",
    2022,
    "XAI for Transformers: Better Explanations through Conservative Propagation",
    "2202.07304",
)
_EDIN = Paper(
    "Edin, Csordás, Ruotsalo, Wu, Maistro, Huang, Maaløe",
    2025,
    "GIM: Improved Interpretability for Large Language Models",
    "2505.17630",
)

METHODS: dict[str, Method] = {
    row.id: row
    for row in (
        Method(
            id="input_x_gradient",
            english=N_("input × gradient"),
            meaning=N_("The change of the explained number with a token's embedding, times the embedding."),
            signed=True,
            additive=False,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison", "answer"),
            passes=N_("one forward and one backward a step, batched"),
            formula=N_(
                "for each token with embedding $e$ and the explained number $f$, the products "
                r"$e_d\,\partial f/\partial e_d$ over the embedding's dimensions $d$: magnitude is their L2 "
                "norm, signed is their sum."
            ),
            papers=(
                Paper(
                    "Shrikumar, Greenside, Shcherbina, Kundaje",
                    2016,
                    "Not Just a Black Box: Learning Important Features Through Propagating Activation "
                    "Differences",
                    "1605.01713",
                ),
                Paper(
                    "Denil, Demiraj, de Freitas",
                    2014,
                    "Extraction of Salient Sentences from Labelled Documents",
                    "1412.6815",
                ),
            ),
            function="attribution.methods.input_x_gradient.input_x_gradient",
            gradients=True,
        ),
        Method(
            id="alti_logit",
            english=N_("ALTI-Logit"),
            meaning=N_(
                "What the attention of all layers adds to the logit, traced back to the words it reads."
            ),
            signed=True,
            additive=True,
            kinds=("decoder",),
            uses=("next word", "comparison", "answer"),
            passes=N_("one forward"),
            formula=N_(
                r"$\sum_l\sum_j a^l_j\,M^{l-1}_{jk}$, what each layer $l$ adds to the *logit* when it reads "
                "from position $j$, credited to the words $k$ that the layers below have mixed there."
            ),
            papers=(_FERRANDO,),
            function="attribution.methods.alti_logit.alti_logit",
            unit="logits",
            layered=True,
        ),
        Method(
            id="logit",
            english=N_("Logit"),
            meaning=N_("What the attention of all layers adds to the logit, credited to where it reads."),
            signed=True,
            additive=True,
            kinds=("decoder",),
            uses=("next word",),
            passes=N_("one forward"),
            formula=N_(
                r"$\sum_l a^l_j$ leaves the mixing out and credits the position $j$ that a layer reads from."
            ),
            papers=(_FERRANDO,),
            function="attribution.methods.alti_logit.alti_logit",
            unit="logits",
            layered=True,
            found_with="alti_logit",
        ),
        Method(
            id="frozen",
            english=N_("held still"),
            meaning=N_(
                "A token's exact share of the logit while attention, norms and gates keep their values."
            ),
            signed=True,
            additive=True,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison", "answer"),
            passes=N_("one forward and one backward a step, batched"),
            formula=N_(
                r"$(e+p)\,\partial f/\partial e$ for each token's embedding $e$ and position $p$, with "
                "attention weights, norm scales and activation gates taken for constants: the network is "
                "then a plain sum, and words and biases add up to the logit."
            ),
            papers=(_ALI,),
            function="attribution.methods.frozen.frozen",
            unit="logits",
            gradients=True,
        ),
        Method(
            id="gim",
            english=N_("GIM"),
            meaning=N_(
                "Embedding times a gradient in which the factors of a product do not hide each other."
            ),
            signed=True,
            additive=False,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison", "answer"),
            passes=N_("one forward and one backward a step, batched"),
            formula=N_(
                r"$e\,\partial f/\partial e$, where the backward pass divides by constants in norms, uses "
                "the attention at temperature 2, and gives each factor of a product half of the gradient. "
                "The values order the words; they do not add up."
            ),
            papers=(_EDIN,),
            function="attribution.methods.gim.gim",
            gradients=True,
        ),
        Method(
            id="gim_held",
            english=N_("GIM, gates held still"),
            meaning=N_("As GIM, and an activation counts by what it lets through, not by its slope."),
            signed=True,
            additive=False,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison", "answer"),
            passes=N_("one forward and one backward a step, batched"),
            formula=N_(
                r"$e\,\partial f/\partial e$ as in GIM, with every activation $a(x)$ taken for $x$ times the "
                "constant $a(x)/x$. The values order the words; they do not add up. Our own combination of "
                "two known rules."
            ),
            papers=(_EDIN, _ALI),
            function="attribution.methods.gim.gim_held",
            gradients=True,
        ),
        Method(
            id="saliency",
            english=N_("gradient norm"),
            meaning=N_("How fast the explained number changes with a token's embedding; no sign."),
            signed=False,
            additive=False,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison"),
            passes=N_("one forward and one backward a step, batched"),
            formula=N_(
                r"$\lVert\partial f/\partial e\rVert_2$ for each token's embedding $e$; it has no sign."
            ),
            papers=(
                Paper(
                    "Simonyan, Vedaldi, Zisserman",
                    2014,
                    "Deep Inside Convolutional Networks: Visualising Image Classification Models and "
                    "Saliency Maps",
                    "1312.6034",
                ),
                Paper(
                    "Li, Chen, Hovy, Jurafsky",
                    2016,
                    "Visualizing and Understanding Neural Models in NLP",
                    "1506.01066",
                ),
            ),
            function="attribution.methods.input_x_gradient.gradient_norm",
            gradients=True,
        ),
        Method(
            id="integrated_gradients",
            english=N_("integrated gradients"),
            meaning=N_("Gradients averaged on the way from an empty text to this one, times that way."),
            signed=True,
            additive=False,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison", "answer"),
            passes=N_("one forward and one backward a step for each node of the integral (50), batched"),
            formula=N_(
                r"$(e-\bar e)\int_0^1\partial f/\partial e\,(\bar e+\alpha(e-\bar e))\,d\alpha$, by 50 "
                r"Gauss-Legendre nodes; the baseline $\bar e$ is the embedding of the unknown token, with "
                "end of sentence and start kept. Signed values sum to the change of $f$ from the baseline."
            ),
            papers=(
                Paper(
                    "Sundararajan, Taly, Yan", 2017, "Axiomatic Attribution for Deep Networks", "1703.01365"
                ),
            ),
            function="attribution.methods.integrated_gradients.integrated_gradients",
            gradients=True,
        ),
        Method(
            id="cross_attention",
            english=N_("cross-attention"),
            meaning=N_("Where the decoder looks in the source: the mean over heads and layers."),
            signed=False,
            additive=False,
            kinds=("encoder-decoder",),
            uses=("translation",),
            passes=N_("one forward"),
            formula=N_(
                "where the decoder looks in the source, the mean over heads and layers; rows sum to 1, "
                "there is no sign, and words before are not covered. Attention tells where information is "
                "read, not what it is used for."
            ),
            papers=(
                Paper(
                    "Bahdanau, Cho, Bengio",
                    2015,
                    "Neural Machine Translation by Jointly Learning to Align and Translate",
                    "1409.0473",
                ),
                Paper("Jain, Wallace", 2019, "Attention is not Explanation", "1902.10186"),
            ),
            function="attribution.methods.cross_attention.cross_attention",
            unit="attention",
        ),
        Method(
            id="erasure",
            english=N_("erasure"),
            meaning=N_(
                "How much the explained number falls when a token gives way to one that says nothing."
            ),
            signed=True,
            additive=False,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison", "answer"),
            passes=N_("one forward a token, batched"),
            formula=N_(
                "each token in turn is replaced by the unknown token (for a next word each word, for an "
                "answer each segment of the prompt is left out and the text closes up); its value is how "
                "much the explained number falls (magnitude: by how much it changes). Nothing is "
                "approximated, so it is the yardstick for the others."
            ),
            papers=(
                Paper(
                    "Li, Monroe, Jurafsky",
                    2016,
                    "Understanding Neural Networks through Representation Erasure",
                    "1612.08220",
                ),
            ),
            function="attribution.methods.erasure.erasure",
            start=N_(
                "Translation and Model sizes start with it: for 99 and 85 % of the words that matter it "
                "gives the sign that leaving them out has (integrated gradients 93 and 69 %, input × "
                "gradient 56 and 44 %), in 0.05 s for a sentence of the bundled models. GIM and held still "
                "order the words of yes/no questions better."
            ),
        ),
        Method(
            id="shapley",
            english=N_("Shapley values"),
            meaning=N_("What leaving a word out costs, averaged over all choices of the other words."),
            signed=True,
            additive=True,
            kinds=("decoder",),
            uses=("next word",),
            passes=N_("one forward for each of all choices of up to 10 words; beyond, for 32 sampled orders"),
            formula=N_(
                "the mean over all orders of the words of what a word adds to $f$ when it joins those "
                "before it, words left out being closed up. Up to 10 words exact; beyond, from 32 orders in "
                "pairs with their reverse, with the standard error. The values sum to $f$ of the text minus "
                "$f$ of no words."
            ),
            papers=(
                Paper(
                    "Lundberg, Lee",
                    2017,
                    "A Unified Approach to Interpreting Model Predictions",
                    "1705.07874",
                ),
                Paper(
                    "Mitchell, Cooper, Frank, Holmes",
                    2021,
                    "Sampling Permutations for Shapley Value Estimation",
                    "2104.12199",
                ),
            ),
            function="attribution.methods.shapley.shapley",
        ),
    )
}
"""By id, in the order in which pages list them."""


def method_rows(use: Use | None = None) -> tuple[Method, ...]:
    """The methods, or those for one use, in the order in which pages list them."""
    return tuple(row for row in METHODS.values() if use is None or use in row.uses)


def find(method: str, use: Use | None = None) -> Method:
    """The row of a method.

    Raises:
        TextError: there is none of that name, or it is not for that use.
    """
    row = METHODS.get(method)
    if row is None or (use is not None and use not in row.uses):
        choices = ", ".join(m.id for m in METHODS.values() if use is None or use in m.uses)
        raise TextError("There is no method “{value}”; choose from {choices}.", value=method, choices=choices)
    return row


def meanings(use: Use) -> str:
    """What each method for a use says, as a Markdown list."""
    return "\n".join(f"- **{row.title}**: {row.says}" for row in METHODS.values() if use in row.uses)


def names(use: Use) -> dict[str, str]:
    """The methods for one use: id -> name, which a page shows in the reader's language."""
    return {row.id: Said(row.english) for row in METHODS.values() if use in row.uses}
