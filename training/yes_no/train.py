"""Trains one size of the yes/no family and writes it to runs/SIZE.

Usage: python training/yes_no/train.py small|base|large [--examples 800000] [--seed 0]
"""

import argparse
import json
import os
import random
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one core is enough, and the log stays free of warnings

import torch
from answers import answer_probabilities, scores
from questions import QuestionBook
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5DenseGatedActDense, T5LayerNorm

HERE = Path(__file__).parent
RUNS = HERE / "runs"
SIZES = {
    "small": {"d_model": 32, "d_kv": 8, "d_ff": 96, "num_layers": 2, "num_decoder_layers": 1, "num_heads": 4},
    "base": {
        "d_model": 64,
        "d_kv": 16,
        "d_ff": 192,
        "num_layers": 2,
        "num_decoder_layers": 1,
        "num_heads": 4,
    },
    "large": {
        "d_model": 128,
        "d_kv": 32,
        "d_ff": 384,
        "num_layers": 3,
        "num_decoder_layers": 1,
        "num_heads": 4,
    },
}
MATRIX_RATE = {"small": 3e-3, "base": 1.4e-3, "large": 7e-4}  # falls with width; higher stays at chance
EMBEDDING_RATE = 3e-3  # the same at every width
BATCH = 128
VOCABULARY = 1024
ANSWER_WORDS = ["▁yes", "▁no", "▁Yes", "▁No"]  # with the space; each must be one token


def make_tokenizer(book):
    """Returns a Unigram tokenizer trained on the questions, with single digits and one token for each answer
    word.
    """
    rng = random.Random(2)
    examples = [book.example(rng) for _ in range(60_000)]
    texts = [f"{example.text} {example.answer}" for example in examples]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Punctuation(),
        ]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY - 8,
        special_tokens=["<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    state = json.loads(tokenizer.to_str())
    vocabulary = [[piece, score] for piece, score in state["model"]["vocab"] if piece not in ANSWER_WORDS]
    state["model"]["vocab"] = vocabulary + [[word, -5.0] for word in ANSWER_WORDS]
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=64,
    )


def make_model(size, vocabulary):
    """Returns a new T5 v1.1 model whose output matrix is the embedding table.

    In transformers 5.23 the table is shared whatever `tie_word_embeddings` says; False only means that the
    decoder's output is not scaled down, as T5 v1.1 wants it. `save` writes the copy that other versions
    expect.
    """
    config = T5Config(
        vocab_size=vocabulary,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        dropout_rate=0.0,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
        **SIZES[size],
    )
    model = T5ForConditionalGeneration(config)
    model.shared.weight.data.normal_(0, 0.05)
    return model


def fuse(model):
    """Replaces the layer norms and the GELU by single operations: the same numbers, about a fifth faster."""

    def fused_norm(self, states):
        return torch.nn.functional.rms_norm(states, self.weight.shape, self.weight, self.variance_epsilon)

    for module in model.modules():
        if isinstance(module, T5LayerNorm):
            module.forward = fused_norm.__get__(module)
        elif isinstance(module, T5DenseGatedActDense):
            module.act = torch.nn.GELU(approximate="tanh")


def make_optimizer(model, size, steps):
    """Returns AdamW and its schedule: warm-up of 100 steps, then linear decay."""

    def is_table(name):
        return any(part in name for part in ("shared", "relative_attention_bias", "layer_norm"))

    tables = [weight for name, weight in model.named_parameters() if is_table(name)]
    matrices = [weight for name, weight in model.named_parameters() if not is_table(name)]
    optimizer = torch.optim.AdamW(
        [
            {"params": tables, "lr": EMBEDDING_RATE, "weight_decay": 0.0},
            {"params": matrices, "lr": MATRIX_RATE[size]},
        ],
        betas=(0.9, 0.99),
        weight_decay=0.01,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 100, max(0.01, 1 - step / steps))
    )
    return optimizer, schedule


def batches(book, tokenizer, rng):
    """Yields batches of similar length, in random order: input ids and labels."""
    while True:
        examples = [book.example(rng) for _ in range(16 * BATCH)]
        questions = token_ids(tokenizer, [example.text for example in examples])
        answers = token_ids(tokenizer, [example.answer for example in examples])
        order = sorted(range(len(examples)), key=lambda i: len(questions[i]) + rng.random())
        parts = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        rng.shuffle(parts)
        for part in parts:
            yield padded([questions[i] for i in part], 0), padded([answers[i] for i in part], -100)


def token_ids(tokenizer, texts):
    """Returns the ids of the texts without padding, past the slower wrapper."""
    backend = tokenizer.backend_tokenizer
    backend.no_padding()  # a batch for the validation may have switched it on
    return [encoding.ids for encoding in backend.encode_batch_fast(texts)]


def padded(rows, fill):
    """Returns lists of ids as one tensor."""
    longest = max(map(len, rows))
    return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])


def save(model, tokenizer, folder):
    """Writes config, tokenizer and fp16 weights, with the embedding table copied to `lm_head.weight`."""
    model.generation_config.max_new_tokens = 12
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    weights = {name: weight.half().contiguous() for name, weight in model.state_dict().items()}
    for twin in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"):
        weights.pop(twin, None)
    weights["lm_head.weight"] = weights["shared.weight"].clone()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    config |= {"tie_word_embeddings": False, "dtype": "float16"}
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--examples", type=int, default=800_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    folder = RUNS / (arguments.size + (f"-seed{arguments.seed}" if arguments.seed else ""))
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "log.txt").open("w")

    def report(line):
        print(line, flush=True)
        print(line, file=log, flush=True)

    book = QuestionBook()
    tokenizer = make_tokenizer(book)
    model = make_model(arguments.size, len(tokenizer))
    fuse(model)
    steps = arguments.examples // BATCH
    optimizer, schedule = make_optimizer(model, arguments.size, steps)
    report(f"{arguments.size}: {model.num_parameters():,} parameters, {len(tokenizer)} tokens, {arguments}")
    total, start = 0.0, time.time()
    model.train()
    for step, (ids, labels) in zip(range(1, steps + 1), batches(book, tokenizer, rng), strict=False):
        loss = model(input_ids=ids, attention_mask=(ids != 0).long(), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        total += loss.item()
        if step % 250 == 0:
            speed = step * BATCH / (time.time() - start)
            report(f"step {step}/{steps}  loss {total / 250:.4f}  {speed:.0f} examples/s")
            total = 0.0
        if step % (steps // 5) == 0:
            model.eval()
            table = scores(book.validation, answer_probabilities(model, tokenizer, book.validation))
            report("  validation: " + "  ".join(f"{k} {a:.3f}/{p:.3f}" for k, (_, a, p) in table.items()))
            model.train()
    report(f"{time.process_time():.0f} core-seconds")
    save(model, tokenizer, folder)


if __name__ == "__main__":
    main()
