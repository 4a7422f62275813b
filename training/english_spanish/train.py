"""Trains the English-Spanish translator and writes it to runs/NAME.

Usage: python training/english_spanish/train.py [--steps 12000] [--name translator] [--seed 0]
"""

import argparse
import json
import time
from pathlib import Path
from random import Random

import sentencepiece
import torch
from corpus import Corpus, held_out_sets
from quality import agrees, bleu, exact, idiomatic, share, translations
from safetensors.torch import save_file
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

RUNS = Path(__file__).parent / "runs"
VOCABULARY = 6500
BATCH_TOKENS = 1600  # English and Spanish tokens of a batch, padding included
WARM_UP = 200
LONGEST = 100  # tokens; a few formulas of the help are longer
EOS = 0


def make_tokenizer(folder, seed):
    """Returns a Marian tokenizer with one SentencePiece model for both languages, trained on the corpus."""
    corpus = Corpus(seed + 10)
    pairs = [corpus.pair() for _ in range(60_000)]
    real = [text for pair in corpus.libreoffice for text in pair]
    texts = [text for pair in pairs for text in (pair.english, pair.spanish)] + real
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(folder / "joint"),
        vocab_size=VOCABULARY,
        character_coverage=0.9998,
        eos_id=EOS,
        unk_id=1,
        pad_id=-1,
        bos_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    model = (folder / "joint.model").read_bytes()
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(model)
    vocabulary = {pieces.id_to_piece(i): i for i in range(len(pieces))} | {"<pad>": len(pieces)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False, indent=0))
    for name in ("joint.model", "joint.vocab"):
        (folder / name).unlink()
    return MarianTokenizer(
        vocab=str(folder / "vocab.json"),
        source_spm=str(folder / "source.spm"),
        target_spm=str(folder / "target.spm"),
        source_lang="eng",
        target_lang="spa",
        model_max_length=128,
    ), pieces


def make_model(vocabulary):
    """Returns a new Marian model; the last id of the vocabulary is padding, with which decoding begins."""
    pad = vocabulary - 1
    config = MarianConfig(
        vocab_size=vocabulary,
        d_model=192,
        encoder_layers=3,
        decoder_layers=2,
        encoder_ffn_dim=768,
        decoder_ffn_dim=768,
        encoder_attention_heads=6,
        decoder_attention_heads=6,
        activation_function="swish",
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        max_position_embeddings=128,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        eos_token_id=EOS,
        forced_eos_token_id=EOS,
        bos_token_id=None,
        pad_token_id=pad,
        decoder_start_token_id=pad,
    )
    model = MarianMTModel(config)
    model.set_attn_implementation("eager")  # faster than sdpa at this size in bfloat16
    for module in model.modules():  # wider than .02, with which attention stays flat for long
        if isinstance(module, torch.nn.Linear) and module is not model.lm_head:
            torch.nn.init.xavier_uniform_(module.weight)
    model.model.shared.weight.data.normal_(0, config.d_model**-0.5)
    generation = model.generation_config
    generation.num_beams = 4
    generation.max_length = 128
    generation.bad_words_ids = [[pad]]
    return model


def batches(corpus, pieces, pad, rng):
    """Yields batches of pairs of similar length, in random order: source ids, source mask, labels."""
    while True:
        pairs = [corpus.pair() for _ in range(2000)]
        sources = [[*ids, EOS] for ids in pieces.encode([pair.english for pair in pairs])]
        targets = [[*ids, EOS] for ids in pieces.encode([pair.spanish for pair in pairs])]
        short = [i for i in range(len(pairs)) if max(len(sources[i]), len(targets[i])) <= LONGEST]
        order = sorted(short, key=lambda i: len(targets[i]) + len(sources[i]) / 2 + rng.random())
        parts, part = [], []
        for i in order:
            longest = [max(len(rows[j]) for j in (*part, i)) for rows in (sources, targets)]
            if sum(longest) * (len(part) + 1) > BATCH_TOKENS:
                parts.append(part)
                part = []
            part.append(i)
        parts.append(part)
        rng.shuffle(parts)
        for part in parts:
            source = padded([sources[i] for i in part], pad)
            yield source, (source != pad).long(), padded([targets[i] for i in part], -100)


def padded(rows, fill):
    """Returns lists of ids as one tensor."""
    longest = max(map(len, rows))
    return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])


def loss_of(model, source, mask, labels):
    """Returns the mean negative log-likelihood of the labels, in nats a token."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=source, attention_mask=mask, labels=labels).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())


def save(model, tokenizer, folder):
    """Writes config, tokenizer and fp16 weights."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    kept = set(_stored_names(folder))
    weights = {
        name: weight.half().contiguous() for name, weight in model.state_dict().items() if name in kept
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text()) | {"dtype": "float16"}
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def _stored_names(folder):
    """Returns the names that save_pretrained wrote (tied weights once)."""
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "pt") as stored:
        return list(stored.keys())


def validation(model, tokenizer, sets):
    """Returns one line of scores on small validation sets, decoded greedily."""
    model.eval()
    outputs = {
        name: translations(model, tokenizer, [pair.english for pair in pairs], num_beams=1)
        for name, pairs in sets.items()
    }
    model.train()
    return (
        f"grammar BLEU {bleu(sets['grammar'], outputs['grammar']):.1f}"
        f"  exact {exact(sets['grammar'], outputs['grammar']):.2f}"
        f"  agreement {share(agrees, sets['agreement'], outputs['agreement']):.2f}"
        f"  idioms {share(idiomatic, sets['idioms'], outputs['idioms']):.2f}"
        f"  help BLEU {bleu(sets['libreoffice'], outputs['libreoffice']):.1f}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--name", default="translator")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checks", type=int, default=12)
    parser.add_argument(
        "--decay", type=float, default=1.0, help="share of the steps over which the rate falls"
    )
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--start", type=Path, help="a folder with weights and tokenizer to go on from")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    folder = RUNS / arguments.name
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "log.txt").open("w")

    def report(line):
        print(line, flush=True)
        print(line, file=log, flush=True)

    if arguments.start:
        tokenizer = MarianTokenizer.from_pretrained(arguments.start)
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(arguments.start / "source.spm"))
    else:
        tokenizer, pieces = make_tokenizer(folder, arguments.seed)
    model = make_model(len(pieces) + 1)
    if arguments.start:
        model.load_state_dict(
            MarianMTModel.from_pretrained(arguments.start, dtype=torch.float32).state_dict()
        )
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=arguments.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / WARM_UP, 1, max(0.01, (1 - step / arguments.steps) / arguments.decay)),
    )
    sets = {name: pairs[:60] for name, pairs in held_out_sets(validation=True).items() if name != "clue"}
    report(f"{model.num_parameters():,} parameters, {len(pieces)} pieces, {arguments}")
    stream = batches(Corpus(arguments.seed), pieces, len(pieces), Random(arguments.seed))
    total, tokens, start = 0.0, 0, time.time()
    model.train()
    for step, (source, mask, labels) in zip(range(1, arguments.steps + 1), stream, strict=False):
        loss = loss_of(model, source, mask, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        total += loss.item()
        tokens += int(mask.sum()) + int((labels >= 0).sum())
        if step % 100 == 0:
            speed = tokens / (time.time() - start)
            report(f"step {step}/{arguments.steps}  loss {total / 100:.4f}  {speed:.0f} tokens/s")
            total = 0.0
        if step % max(1, arguments.steps // arguments.checks) == 0:
            report("  validation: " + validation(model, tokenizer, sets))
            save(model, tokenizer, folder)
    report(f"{tokens:,} tokens, {time.process_time():.0f} core-seconds")
    save(model, tokenizer, folder)


if __name__ == "__main__":
    main()
