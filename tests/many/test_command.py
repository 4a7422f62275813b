"""The command line: run, stop, go on, print."""

import pytest

from attribution import __main__ as command
from attribution.many import run

MODEL = "tests/fixtures/models/gpt2-tiny"
SET = "prefix,target,foil,evidence\n" + "the day was long,hot,oil,day\n" * 5 + ",hot,oil,\n"


@pytest.fixture
def arguments(tmp_path):
    (tmp_path / "set.csv").write_text(SET)
    options = ["--model", MODEL, "--method", "alti_logit", "--method", "gim", "--cluster", "off"]
    return ["run", str(tmp_path / "set.csv"), *options, "--out", str(tmp_path / "out")]


def test_run_and_table(arguments, tmp_path, capsys):
    assert command.main(arguments) == 0
    said = capsys.readouterr()
    assert "5 sentences (next word), 1 rows left out" in said.out
    assert "row 6: The prefix is empty." in said.out
    assert "10 of 10 records, this process" in said.err
    assert command.main(arguments) == 0
    assert "10 of 10 records (10 from before)" in capsys.readouterr().err
    assert command.main(["table", str(tmp_path / "out"), "--csv", str(tmp_path / "summary.csv")]) == 0
    printed = capsys.readouterr().out
    assert f"| {MODEL} | gim | 5 |" in printed
    assert "SHA-256" in printed
    assert "found" in (tmp_path / "summary.csv").read_text()


def test_an_interrupted_run_says_how_to_go_on(arguments, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "computed", interrupted)
    assert command.main(arguments) == command.STOPPED
    assert "the same command goes on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["run", "/nowhere.csv", "--model", MODEL, "--out", "out"], "cannot be read"),
        (["table", "/nowhere"], "no folder of results"),
        (["check", "yes-no", "--column", "prefix"], "A column is chosen like"),
        (["check", "yes-no", "--column", "question=nothing"], "There is no column"),
    ],
)
def test_what_is_wrong_is_one_sentence(wrong, said, capsys):
    assert command.main(wrong) == 2
    assert said in capsys.readouterr().err


def test_check_needs_no_model(capsys):
    assert command.main(["check", "english-spanish"]) == 0
    assert "300 sentences (translation), 0 rows left out" in capsys.readouterr().out


def test_a_failed_model_is_an_exit_status(arguments, capsys):
    arguments[arguments.index("--out") : arguments.index("--out")] = ["--model", "no/such-model"]
    assert command.main(arguments) == 1
    assert "no/such-model: " in capsys.readouterr().err
