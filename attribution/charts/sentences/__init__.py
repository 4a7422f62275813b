"""What figures and findings say: whole sentences with named places for what goes into them.

One place for all words, so that they can be had in another language: `wording.text` and `wording.filled` are
all that reads them, by `phrases`.
"""

from attribution.charts.sentences.answer import *  # noqa: F403
from attribution.charts.sentences.comparison import *  # noqa: F403
from attribution.charts.sentences.holds import *  # noqa: F403
from attribution.charts.sentences.many import *  # noqa: F403
from attribution.charts.sentences.names import *  # noqa: F403
from attribution.charts.sentences.next_word import *  # noqa: F403
from attribution.charts.sentences.translation import *  # noqa: F403
