"""Speed and memory of translation saliency against Inseq 0.7.1, printed as a markdown table.

    python benchmarks/translation_saliency.py [--venv FOLDER] [--rounds 5] [--cases opus-mt:24/20 ...]

Both programs run in one process of a virtual environment that holds Inseq (made on first use), on one thread,
by turns; the figures are medians of CPU time for the same work: input x gradient of the probability for
source and prefix, all target steps, and the probabilities themselves. Models have random weights of the
published sizes, so nothing is downloaded but packages. Memory is the peak above the loaded model, each in a
process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CASES = ["opus-mt:24/20", "opus-mt:60/60", "flan-t5-small:24/20", "flan-t5-small:60/60"]
PACKAGES = [["torch==2.13.0"], ["inseq==0.7.1", "transformers==5.23.0"]]


def environment(folder: Path) -> Path:
    """The Python of a virtual environment with Inseq, made if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        for packages in PACKAGES:
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def make_model(name: str, folder: Path) -> None:
    """A model of the published size with random weights and a tokenizer of one word a token."""
    import torch
    import transformers as tf
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    torch.manual_seed(0)
    if name == "opus-mt":
        model = tf.MarianMTModel(
            tf.MarianConfig(
                vocab_size=65001,
                d_model=512,
                encoder_layers=6,
                decoder_layers=6,
                encoder_attention_heads=8,
                decoder_attention_heads=8,
                encoder_ffn_dim=2048,
                decoder_ffn_dim=2048,
                activation_function="swish",
                scale_embedding=True,
                static_position_embeddings=True,
                max_position_embeddings=512,
                pad_token_id=0,
                eos_token_id=1,
                decoder_start_token_id=0,
            )
        )
    else:
        base = name == "flan-t5-base"
        model = tf.T5ForConditionalGeneration(
            tf.T5Config(
                vocab_size=32128,
                d_model=768 if base else 512,
                d_kv=64,
                d_ff=2048 if base else 1024,
                num_layers=12 if base else 8,
                num_heads=12 if base else 6,
                feed_forward_proj="gated-gelu",
                tie_word_embeddings=False,
                decoder_start_token_id=0,
            )
        )
    words = ["<pad>", "</s>", "<unk>"]
    words += [f"w{i}" for i in range(model.config.vocab_size - len(words))]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    special = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    model.save_pretrained(folder)
    tf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)


class Work:
    """The same work for each program: `forward`, `ours`, `inseq`."""

    def __init__(self, folder: str, size: str, *, programs: list[str]) -> None:
        import torch
        import transformers as tf

        torch.set_num_threads(1)
        source, target = (int(n) for n in size.split("/"))
        self.torch = torch
        self.texts = [" ".join(f"w{7 * i % 1000}" for i in range(n - 1)) for n in (source, target)]
        tokenizer = tf.AutoTokenizer.from_pretrained(folder)
        self.source, self.target = (tokenizer(text)["input_ids"] for text in self.texts)
        if programs != ["inseq"]:
            self.model = tf.AutoModelForSeq2SeqLM.from_pretrained(folder, attn_implementation="eager").eval()
            self.inputs = [self.model.config.decoder_start_token_id, *self.target[:-1]]
        if "inseq" in programs:
            import inseq

            self.inseq_model = inseq.load_model(folder, "input_x_gradient", device="cpu")

    def forward(self) -> None:
        with self.torch.no_grad():
            self.model(
                input_ids=self.torch.tensor([self.source]), decoder_input_ids=self.torch.tensor([self.inputs])
            )

    def ours(self) -> None:
        from attribution.methods.saliency import seq2seq_saliency
        from attribution.methods.step_scores import Steps, step_scores

        r = seq2seq_saliency(self.model, self.source, self.inputs, self.target)
        step_scores(Steps(r.logits, self.torch.tensor(self.target)))

    def inseq(self) -> None:
        out = self.inseq_model.attribute(
            self.texts[0],
            self.texts[1],
            attribute_target=True,
            step_scores=["probability"],
            show_progress=False,
            device="cpu",
        )
        out.sequence_attributions[0].aggregate()


def measure_time(folder: str, size: str, rounds: int) -> dict[str, float]:
    programs = ["forward", "ours", "inseq"]
    work = Work(folder, size, programs=programs)
    spent: dict[str, list[float]] = {p: [] for p in programs}
    for round_ in range(rounds + 1):
        for program in programs:
            begin = time.process_time()
            getattr(work, program)()
            if round_:  # the first is for warming up
                spent[program].append(time.process_time() - begin)
    return {p: statistics.median(s) for p, s in spent.items()}


def measure_memory(folder: str, size: str, program: str) -> float:
    """Peak resident memory above the loaded model, in MB."""
    work = Work(folder, size, programs=[program])
    model = work.inseq_model.model if program == "inseq" else work.model
    sum(float(p.detach().sum()) for p in model.parameters())  # weights come from disk when first touched
    before = resident()
    getattr(work, program)()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--venv", type=Path, default=Path(tempfile.gettempdir()) / "why-this-word-inseq")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", nargs="+", default=CASES, help="model:S/T")
    parser.add_argument("--child", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, *arguments = options.child
        if kind == "model":
            make_model(arguments[0], Path(arguments[1]))
        elif kind == "time":
            print("RESULT", json.dumps(measure_time(arguments[0], arguments[1], int(arguments[2]))))
        else:
            print("RESULT", json.dumps(measure_memory(*arguments)))
        return
    python = environment(options.venv)

    def child(*arguments: str) -> object:
        command = [str(python), __file__, "--child", *arguments]
        variables = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        run = subprocess.run(command, env=variables, capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(run.stderr[-3000:])
        lines = [line for line in run.stdout.splitlines() if line.startswith("RESULT")]
        return json.loads(lines[-1].removeprefix("RESULT")) if lines else None

    print(
        "| model, S/T | forward, s | ours, s | Inseq, s | Inseq / ours | ours / forward | memory MB: ", end=""
    )
    print("forward | ours | Inseq |\n|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for case in options.cases:
            name, size = case.split(":")
            path = str(Path(folder) / name)
            if not Path(path).exists():
                child("model", name, path)
            t = child("time", path, size, str(options.rounds))
            memory = [child("memory", path, size, p) for p in ("forward", "ours", "inseq")]
            print(
                f"| {name} {size} | {t['forward']:.2f} | {t['ours']:.2f} | {t['inseq']:.2f} "
                f"| **{t['inseq'] / t['ours']:.1f}** | {t['ours'] / t['forward']:.1f} | "
                + " | ".join(f"{m:.0f}" for m in memory)
                + " |",
                flush=True,
            )


if __name__ == "__main__":
    main()
