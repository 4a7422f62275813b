"""What a model of the family answers, and how good the answers are."""

import torch


@torch.no_grad()
def answer_probabilities(model, tokenizer, questions):
    """Returns the probabilities of "yes" and "no" as the first word of the answer. Shape [questions, 2]."""
    answers = [tokenizer(word).input_ids[0] for word in ("yes", "no")]
    rows = []
    for i in range(0, len(questions), 256):
        batch = tokenizer(
            [question.text for question in questions[i : i + 256]], padding=True, return_tensors="pt"
        )
        start = torch.zeros(len(batch.input_ids), 1, dtype=torch.long)
        output = model(
            input_ids=batch.input_ids, attention_mask=batch.attention_mask, decoder_input_ids=start
        )
        rows.append(output.logits[:, 0].float().softmax(-1)[:, answers])
    return torch.cat(rows)


def scores(questions, probabilities):
    """Returns {task: (questions, accuracy, mean probability of the right answer)}, with "all" last."""
    rows = {}
    for question, (yes, no) in zip(questions, probabilities.tolist(), strict=True):
        right, wrong = (yes, no) if question.answer == "yes" else (no, yes)
        for task in (question.task, "all"):
            rows.setdefault(task, []).append((right > wrong, right))
    rows["all"] = rows.pop("all")
    return {
        task: (len(row), sum(hit for hit, _ in row) / len(row), sum(p for _, p in row) / len(row))
        for task, row in rows.items()
    }
