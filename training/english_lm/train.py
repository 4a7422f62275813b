"""Train the small English model (GPT-2 architecture) on one CPU thread and save it as fp16.

    python training/english_lm/train.py --out demo_models/english-lm --checkpoints /tmp/english-lm

Everything is seeded. The data come from our own grammar and from the public texts that README.md fetches.
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch
from everyday import scene, sentences
from held_out_pairs import held_out_pairs, leaked
from phenomena import phenomenon
from public_texts import austen, bible, wordnet_definitions, wordnet_examples
from stories import story
from templates import words
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

END = "<|endoftext|>"
VOCABULARY = 8_000
WINDOW, LONG_WINDOW = 128, 256
TOKENS_A_STEP = 2_048
LEARNING_RATE = 2e-3
WARM_UP = 100
GRAMMAR_DOCUMENTS = 300_000
SHARES = {
    phenomenon: 0.42,
    story: 0.14,
    sentences: 0.12,
    scene: 0.10,
    wordnet_examples: 0.08,
    wordnet_definitions: 0.04,
    bible: 0.05,
    austen: 0.05,
}
"""Share of each source in the training windows; the first four are our own grammar."""
WHOLE_WORDS = words("""
    France, Paris, Spain, Madrid, Italy, Rome, Germany, Berlin, Portugal, Lisbon, Austria, Vienna, Greece,
    Athens, Japan, Tokyo, China, Beijing, Russia, Moscow, Egypt, Cairo, Norway, Oslo, Sweden, Stockholm,
    Denmark, Copenhagen, Finland, Helsinki, Ireland, Dublin, Poland, Warsaw, Hungary, Budapest, Belgium,
    Brussels, Canada, Ottawa, Cuba, Havana, Peru, Lima, Chile, Santiago, Brazil, Argentina, India, Turkey,
    Ankara, Iran, Tehran, Iraq, Baghdad, Kenya, Nairobi, Ukraine, Kyiv, Romania, Bucharest, Bulgaria,
    Sofia, Serbia, Belgrade, Croatia, Zagreb, Scotland, London, Switzerland, Bern, Netherlands, Amsterdam,
    Australia, Canberra, Mexico, Thailand, Bangkok, Morocco, Rabat, Colombia, Venezuela, Caracas, Vietnam,
    Hanoi, Korea, Seoul, Israel, Syria, Damascus, Iceland, Europe, Asia, Africa, America
""")
"""Tokens of their own, though they are too rare in the text for the tokenizer's training to make them so."""
OWN = [phenomenon, story, sentences, scene]


def documents() -> dict[str, list[str]]:
    """The shuffled training documents of each source."""
    random.seed(1)
    own_share = sum(SHARES[source] for source in OWN)
    texts = {}
    for source, share in SHARES.items():
        count = round(GRAMMAR_DOCUMENTS * share / own_share)
        texts[source.__name__] = [source() for _ in range(count)] if source in OWN else source()
        random.shuffle(texts[source.__name__])
    return texts


def with_whole_words(bpe: Tokenizer) -> Tokenizer:
    """The tokenizer with further merges at the end, which join the pieces of each of WHOLE_WORDS."""
    for word in WHOLE_WORDS:
        settings = json.loads(bpe.to_str())
        vocabulary, merges = settings["model"]["vocab"], settings["model"]["merges"]
        whole, *pieces = bpe.encode(word).tokens
        for piece in pieces:
            merges.append([whole, piece])
            whole += piece
            vocabulary.setdefault(whole, len(vocabulary))
        bpe = Tokenizer.from_str(json.dumps(settings))
    return bpe


def trained_tokenizer(texts: dict[str, list[str]]) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer; a word is the same token at the start of a text and inside it."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    bpe.decoder = decoders.ByteLevel()
    bpe.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator((text for source in texts.values() for text in source[:12_000]), trainer)
    bpe = with_whole_words(bpe)
    special = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), END)
    return PreTrainedTokenizerFast(tokenizer_object=bpe, model_max_length=LONG_WINDOW, **special)


class Source:
    """The tokens of one source in one row, "END document END document ...", and where the documents start."""

    def __init__(self, texts: list[str], tokenizer: PreTrainedTokenizerFast):
        tokens, self.starts = [], []
        for document in tokenizer(texts, verbose=False)["input_ids"]:
            self.starts.append(len(tokens))
            tokens += [0, *document]
        self.tokens = torch.tensor(tokens, dtype=torch.int32)
        self.starts = [start for start in self.starts if start + LONG_WINDOW + 2 < len(tokens)]

    def window(self, length: int) -> torch.Tensor:
        """`length` + 1 tokens from the start of a random document; half of the time without its END."""
        start = random.choice(self.starts) + random.randrange(2)
        return self.tokens[start : start + length + 1].long()


def new_model(vocabulary: int) -> GPT2LMHeadModel:
    """The untrained model; no dropout, because no text is seen often."""
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=LONG_WINDOW,
        n_embd=256,
        n_layer=6,
        n_head=8,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
        activation_function="gelu_pytorch_tanh",  # the function of gelu_new, computed faster
        attn_implementation="eager",  # faster than sdpa at this size in bf16
    )
    return GPT2LMHeadModel(config)


def optimizers(model: GPT2LMHeadModel) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, AdamW for the rest."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and ".h." in name]
    rest = [p for name, p in model.named_parameters() if not (p.ndim == 2 and ".h." in name)]
    muon = torch.optim.Muon(matrices, lr=LEARNING_RATE, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")
    adamw = torch.optim.AdamW(rest, lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    return [muon, adamw]


def rate(step: int, steps: int) -> float:
    """The share of the full learning rate: warm-up, flat, linear decay over the second half."""
    return min(1.0, (step + 1) / WARM_UP) * min(1.0, max(0.02, (1 - step / steps) / 0.5))


def loss(model: GPT2LMHeadModel, windows: torch.Tensor) -> torch.Tensor:
    """Mean negative log-likelihood in nats a token."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(windows[:, :-1]).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), windows[:, 1:].flatten())


@torch.no_grad()
def held_out_losses(model: GPT2LMHeadModel, held_out: dict[str, Source]) -> str:
    """The loss on held-out documents of each source, as one line."""
    rows = []
    for name, source in held_out.items():
        windows = source.tokens.long().unfold(0, WINDOW + 1, WINDOW)[:32]
        rows.append(f"{name} {loss(model, windows).item():.3f}")
    return ", ".join(rows)


def save(model: GPT2LMHeadModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write weights (fp16), configuration and tokenizer in Hugging Face format."""
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text()) | {"tokenizer_class": "PreTrainedTokenizerFast"}
    path.write_text(json.dumps(settings, indent=2) + "\n")
    copy = GPT2LMHeadModel(model.config)
    copy.load_state_dict(model.state_dict())
    copy.half().save_pretrained(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=8_000, help=f"steps of {TOKENS_A_STEP} tokens")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--checkpoints", type=Path, help="where to save the state every 500 steps")
    parser.add_argument("--until", type=int, help="stop after this step, to --resume later")
    parser.add_argument("--resume", action="store_true", help="go on from the state in --checkpoints")
    args = parser.parse_args()

    torch.set_num_threads(1)
    texts = documents()
    for name, source in texts.items():
        found = leaked(held_out_pairs(), source)
        if found:
            raise ValueError(f"{name} holds {len(found)} of the test pairs: {next(iter(found))}")
    if args.resume:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(args.checkpoints)
    else:
        tokenizer = trained_tokenizer(texts)
    sources = {name: Source(source[200:], tokenizer) for name, source in texts.items()}
    held_out = {name: Source(source[:200], tokenizer) for name, source in texts.items()}
    print("tokens:", {name: len(source.tokens) for name, source in sources.items()}, flush=True)
    model = new_model(len(tokenizer))
    print("parameters:", sum(p.numel() for p in model.parameters()), flush=True)
    updates = optimizers(model)
    shares = {source.__name__: share for source, share in SHARES.items()}
    compiled_loss = torch.compile(loss, dynamic=False)

    random.seed(2)
    first_step = 0
    if args.resume:
        state = torch.load(args.checkpoints / "state.pt", weights_only=False)
        model.load_state_dict(state["model"])
        for optimizer, optimizer_state in zip(updates, state["optimizers"], strict=True):
            optimizer.load_state_dict(optimizer_state)
        random.setstate(state["random"])
        first_step = state["step"]
    begin, total = time.time(), 0.0
    for step in range(first_step, args.until or args.steps):
        for group in (group for optimizer in updates for group in optimizer.param_groups):
            group["lr"] = LEARNING_RATE * rate(step, args.steps)
        length = LONG_WINDOW if step >= 0.9 * args.steps else WINDOW
        names = random.choices(list(shares), list(shares.values()), k=TOKENS_A_STEP // length)
        batch_loss = compiled_loss(model, torch.stack([sources[name].window(length) for name in names]))
        batch_loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in updates:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        total += batch_loss.item()
        done = step + 1
        if done % 100 == 0:
            seconds, tokens = time.time() - begin, done * TOKENS_A_STEP
            print(
                f"step {done} loss {total / 100:.3f}, {tokens / 1e6:.1f}M tokens, {seconds:.0f} s", flush=True
            )
            total = 0.0
        if done % 500 == 0:
            print("held-out loss:", held_out_losses(model, held_out), flush=True)
            if args.checkpoints:
                save(model, tokenizer, args.checkpoints)
                state = {"model": model.state_dict(), "optimizers": [o.state_dict() for o in updates]}
                state |= {"random": random.getstate(), "step": done}
                torch.save(state, args.checkpoints / "state.pt")
    if not args.until:
        save(model, tokenizer, args.out)


if __name__ == "__main__":
    main()
