"""Speed and memory of explaining a whole answer, printed as markdown tables.

    python benchmarks/answer.py [--answer 128] [--prompts 50 200 500 1000] [--methods held_still gim]
        [--rounds 3] [--inseq 500]

A decoder of SmolLM2-135M's size with random weights, so nothing is downloaded (with --inseq, packages: the
comparison then runs in a virtual environment of its own, made on first use). Everything runs in one process
by turns, on one thread of a CPU; the figures are medians. The first table explains all tokens of the answer
after prompts of several lengths: time per answer token and as a ratio to a plain teacher-forced forward. The
second has ALTI-Logit of one word. Inseq computes input x gradient of the probability, and so do we beside it.
Memory is the peak above the loaded model, each in a process of its own (CPU only). Inseq is given as many
steps as --inseq-steps, since it recomputes the whole text at each step and takes long.
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
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from translation_saliency import environment, resident

ROOT = Path(__file__).parents[1]
ALTI = (256, 1000)
WORDS = 1000


def make_model(folder: Path, layers: int) -> None:
    """A Llama of SmolLM2-135M's size (with 30 layers) and a tokenizer of one word a token."""
    import torch
    import transformers as tf
    from tokenizers import Tokenizer, models, pre_tokenizers

    torch.manual_seed(0)
    model = tf.LlamaForCausalLM(
        tf.LlamaConfig(
            vocab_size=49152,
            hidden_size=576,
            intermediate_size=1536,
            num_hidden_layers=layers,
            num_attention_heads=9,
            num_key_value_heads=3,
            max_position_embeddings=2048,
            tie_word_embeddings=True,
        )
    )
    words = ["<pad>", "</s>", "<unk>", *(f"w{i}" for i in range(49149))]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    special = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    model.save_pretrained(folder)
    tf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)


class Work:
    """The same work for each program."""

    def __init__(self, folder: str, prompt: int, answer: int, device: str, dtype: str) -> None:
        import torch
        import transformers as tf

        import attribution.methods.alti_logit
        import attribution.methods.frozen  # before memory is looked at
        import attribution.methods.gim
        import attribution.methods.saliency  # noqa: F401

        torch.set_num_threads(1)
        self.torch, self.folder, self.device = torch, folder, device
        self.texts = [" ".join(f"w{7 * i % WORDS}" for i in range(n)) for n in (prompt, answer)]
        tokenizer = tf.AutoTokenizer.from_pretrained(folder)
        self.prompt, self.answer = (tokenizer(text)["input_ids"] for text in self.texts)
        self.model = tf.AutoModelForCausalLM.from_pretrained(
            folder, attn_implementation="eager", dtype=getattr(torch, dtype)
        )
        self.model = self.model.to(device).eval().requires_grad_(False)
        self.models = [self.model]
        self.ids = [*self.prompt, *self.answer[:-1]]
        self.where = range(len(self.prompt) - 1, len(self.ids))

    def forward(self) -> None:
        with self.torch.no_grad():
            batch = self.torch.tensor([self.ids], device=self.device)
            self.model(batch, use_cache=False, logits_to_keep=len(self.answer))

    def explained(self, method: str, attributed: str, steps: int = 0) -> None:
        from attribution.methods.saliency import causal_saliency

        last = steps or len(self.answer)
        ids = self.ids[: len(self.prompt) + last - 1]
        causal_saliency(
            self.model, ids, self.where[:last], self.answer[:last], method=method, attributed=attributed
        )

    def held_still(self) -> None:
        self.explained("frozen", "logit")

    def gim(self) -> None:
        self.explained("gim", "logit")

    def input_x_gradient(self) -> None:
        self.explained("input_x_gradient", "probability")

    def alti_logit(self) -> None:
        from attribution.methods.alti_logit import alti_logit
        from attribution.models.anatomy import decoder_anatomy

        ids = self.torch.tensor(self.prompt, device=self.device)
        alti_logit(self.model, decoder_anatomy(self.model), ids, [self.answer[0]])

    def last(self) -> None:
        with self.torch.no_grad():
            batch = self.torch.tensor([self.prompt], device=self.device)
            self.model(batch, use_cache=False, logits_to_keep=1)

    def inseq(self, steps: int) -> Callable[[], None]:
        import inseq

        model = inseq.load_model(self.folder, "input_x_gradient", device="cpu")
        self.models.append(model.model)
        whole = f"{self.texts[0]} {' '.join(self.texts[1].split()[:steps])}"

        def run() -> None:
            out = model.attribute(
                self.texts[0], whole, step_scores=["probability"], show_progress=False, device="cpu"
            )
            out.sequence_attributions[0].aggregate()

        return run


def medians(programs: dict[str, Callable[[], None]], rounds: int, device: str) -> dict[str, float]:
    """Seconds by program: of the processor, or on a GPU as they pass."""
    import torch

    clock = time.process_time if device == "cpu" else time.perf_counter
    spent: dict[str, list[float]] = {name: [] for name in programs}
    for round_ in range(rounds + 1):
        for name, run in programs.items():
            begin = clock()
            run()
            if device != "cpu":
                torch.accelerator.synchronize()
            if round_ or rounds == 0:  # the first is for warming up
                spent[name].append(clock() - begin)
    return {name: statistics.median(times) for name, times in spent.items()}


def measure(task: dict) -> dict:
    """What a child process is asked for."""
    work = Work(task["folder"], task["prompt"], task["answer"], task["device"], task["dtype"])
    if task["kind"] == "memory":
        run = work.inseq(1) if task["program"] == "inseq" else getattr(work, task["program"])
        for model in work.models:
            sum(float(p.detach().sum()) for p in model.parameters())  # from disk when first touched
        before = resident()
        run()
        return {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before}
    programs = {name: getattr(work, name) for name in task["programs"]}
    if task.get("inseq"):
        steps = task["inseq"]
        programs["inseq"] = work.inseq(steps)
        programs["same steps"] = lambda: work.explained("input_x_gradient", "probability", steps)
    return medians(programs, task["rounds"], task["device"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--answer", type=int, default=128)
    parser.add_argument("--prompts", type=int, nargs="*", default=[50, 200, 500, 1000])
    parser.add_argument(
        "--methods", nargs="+", default=["held_still"], choices=["held_still", "gim", "input_x_gradient"]
    )
    parser.add_argument("--alti", type=int, nargs="*", default=list(ALTI))
    parser.add_argument("--rounds", type=int, default=3, help="0: once, not warmed up")
    parser.add_argument("--layers", type=int, default=30)
    parser.add_argument("--inseq", type=int, default=0, help="compare with Inseq 0.7.1 after such a prompt")
    parser.add_argument("--inseq-steps", type=int, default=128)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--venv", type=Path, default=Path(tempfile.gettempdir()) / "why-this-word-inseq")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print("RESULT", json.dumps(measure(json.loads(options.child))))
        return
    python = environment(options.venv) if options.inseq else Path(sys.executable)

    def child(**task: object) -> dict:
        task |= {"folder": folder, "device": options.device, "dtype": options.dtype, "rounds": options.rounds}
        variables = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        run = subprocess.run(
            [str(python), __file__, "--child", json.dumps(task)],
            env=variables,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise SystemExit(run.stderr[-3000:])
        found = [line for line in run.stdout.splitlines() if line.startswith("RESULT")]
        return json.loads(found[-1].removeprefix("RESULT"))

    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder), options.layers)
        if options.prompts:
            print(
                "| prompt / answer | method | forward, s | method, s | ms an answer token | method / forward",
                end=" ",
            )
            print("| memory MB: forward | method |\n" + "|---" * 8 + "|")
        for prompt in options.prompts:
            size = {"prompt": prompt, "answer": options.answer}
            t = child(kind="time", programs=["forward", *options.methods], **size)
            for method in options.methods:
                memory = ["–", "–"]
                if options.device == "cpu":
                    used = [child(kind="memory", program=p, **size) for p in ("forward", method)]
                    memory = [f"{found['memory']:.0f}" for found in used]
                print(
                    f"| {prompt} / {options.answer} | {method} | {t['forward']:.2f} | {t[method]:.2f} "
                    f"| {1000 * t[method] / options.answer:.0f} | {t[method] / t['forward']:.1f} "
                    f"| {memory[0]} | {memory[1]} |",
                    flush=True,
                )
        if options.alti:
            print(
                "\n| ALTI-Logit, tokens | forward of the last word, s | ALTI-Logit, s | ratio |\n"
                + "|---" * 4
                + "|"
            )
        for prompt in options.alti:
            t = child(kind="time", programs=["last", "alti_logit"], prompt=prompt, answer=1)
            ratio = t["alti_logit"] / t["last"]
            print(f"| {prompt} | {t['last']:.2f} | {t['alti_logit']:.2f} | {ratio:.2f} |", flush=True)
        if options.inseq:
            prompt, steps = options.inseq, options.inseq_steps
            t = child(kind="time", programs=[], prompt=prompt, answer=options.answer, inseq=steps)
            ratio = t["inseq"] / t["same steps"]
            print(f"\nInseq 0.7.1, {steps} steps after {prompt} tokens: {t['inseq']:.1f} s; here ", end="")
            print(f"{t['same steps']:.1f} s: {ratio:.1f} times as fast.", end=" ")
            one = child(kind="memory", program="inseq", prompt=prompt, answer=1)
            print(f"Memory of its first step: {one['memory']:.0f} MB.")


if __name__ == "__main__":
    main()
