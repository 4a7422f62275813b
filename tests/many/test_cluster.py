"""Real processes: workers killed, runs killed and gone on with, a scheduler started as the README says."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psutil
import pytest

from attribution import read_results, run_set

ROOT = Path(__file__).parents[2]
MODEL = "tests/fixtures/models/gpt2-tiny"
METHOD = "shapley"
ROWS, SIZE = 60, 5
ENVIRONMENT = os.environ | {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": "",
    "WHY_CLUSTER": "",
}
LONG = 240
"""Seconds: for processes on a busy machine."""


@pytest.fixture
def folder(tmp_path):
    """A set of 12 shards, as if the model were larger than it is."""
    words = ["the", "day", "was", "long", "so", "hot", "oil", "and"]
    texts = [" ".join(words[(k + j) % 8] for j in range(4 + k % 6)) for k in range(ROWS)]
    frame = pd.DataFrame({"prefix": texts, "target": "hot", "foil": "oil"})
    frame.assign(evidence=[text.split()[0] for text in texts]).to_csv(tmp_path / "set.csv", index=False)
    (tmp_path / "out" / "models").mkdir(parents=True)
    name = re.sub(r"[^A-Za-z0-9-]+", "-", MODEL) + "-" + hashlib.sha256(MODEL.encode()).hexdigest()[:8]
    plan = {"id": MODEL, "dtype": "float32", "rows_a_shard": SIZE}
    (tmp_path / "out" / "models" / f"{name}.json").write_text(json.dumps(plan))
    return tmp_path


@pytest.fixture(scope="module")
def expected():
    return {}


def check(folder, expected):
    """All numbers are there, as one process gives them in one go."""
    frame = read_results(folder / "out").frame
    if not expected:
        expected["whole"] = run_set(folder / "set.csv", [MODEL], [METHOD], cluster="off")
    assert len(frame) == ROWS
    assert (frame["error"] == "").all()
    columns = [c for c in frame.columns if c != "seconds"]
    pd.testing.assert_frame_equal(frame[columns], expected["whole"][columns], check_exact=True)


@contextmanager
def started(*command, **options):
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, start_new_session=True, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def shards(folder):
    return len(list((folder / "out" / "shards").rglob("[!.]*.parquet")))


def wait_until(true):
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_scheduler_and_two_workers_of_which_one_is_killed_and_then_the_run(folder, expected):
    """Started by the README's lines; then gone on with here, where only what is missing is computed."""
    python, quiet = sys.executable, {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    file = folder / "scheduler.json"
    where = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with started(python, "-m", "dask", "scheduler", *where, **quiet):
        wait_until(lambda: file.exists() and file.read_text().strip().endswith("}"))
        address = re.search(r'"address": "(tcp://[^"]+)"', file.read_text())[1]
        one = ("worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder / "w"))
        run = ("run", str(folder / "set.csv"), "--model", MODEL, "--method", METHOD, "--cluster", address)
        with (
            started(python, "-m", "dask", *one, **quiet) as first,
            started(python, "-m", "dask", *one, **quiet),
            started(python, "-m", "attribution", *run, "--out", str(folder / "out"), **quiet) as process,
        ):
            wait_until(lambda: shards(folder) >= 1 or process.poll() is not None)
            for worker in psutil.Process(first.pid).children(recursive=True):
                worker.kill()
            before = shards(folder)
            wait_until(lambda: shards(folder) >= min(before + 2, 12))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    kept = shards(folder)
    assert kept >= 3
    told = []
    run_set(folder / "set.csv", [MODEL], [METHOD], out=folder / "out", cluster="off", progress=told.append)
    assert told[0].kept == kept * SIZE
    assert told[-1].shards == 12 - kept
    check(folder, expected)


def test_processes_of_this_machine_of_which_one_is_killed(folder, expected):
    killed = []

    def kill_one(standing):
        if standing.workers == 2 and standing.shards >= 1 and not killed:
            workers = [
                p
                for p in psutil.Process().children(recursive=True)
                if any("spawn_main" in part for part in p.cmdline())
            ]
            killed.append(min(workers, key=lambda p: p.create_time()))
            killed[0].kill()

    told = []
    run_set(
        folder / "set.csv",
        [MODEL],
        [METHOD],
        out=folder / "out",
        cluster="local",
        workers=2,
        progress=lambda standing: (told.append(standing.shards), kill_one(standing)),
    )
    assert killed
    assert told[-1] == 12
    check(folder, expected)


def test_jobs_of_slurm(folder, expected, monkeypatch):
    """A stand-in for Slurm's commands runs the job's script here (a copy: the script is gone at once)."""
    pytest.importorskip("dask_jobqueue")
    commands = {
        "sbatch": 'cp "$1" "$1.job"; setsid sh "$1.job" >/dev/null 2>&1 & echo "Submitted batch job $!"',
        "scancel": 'kill -9 -- "-$1"',
    }
    for name, script in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    (folder / "cluster.toml").write_text(f"""
        system = "slurm"
        jobs = 1
        [options]
        cores = 1
        memory = "2GB"
        log_directory = "{folder}"
        local_directory = "{folder}"
        job_script_prologue = ["cd {ROOT}"]
        scheduler_options = {{host = "127.0.0.1", dashboard = false}}
        """)
    where = str(folder / "cluster.toml")
    run_set(folder / "set.csv", [MODEL], [METHOD], out=folder / "out", cluster=where)
    check(folder, expected)


def test_no_scheduler_and_a_wrong_file_are_said(folder, monkeypatch):
    from attribution.many import workers

    monkeypatch.setattr(workers, "CONNECT", "1s")
    with pytest.raises(workers.ClusterError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9"):
        run_set(folder / "set.csv", [MODEL], cluster="tcp://127.0.0.1:9")
    wrong = {
        "system = 'abacus'": "has to name its system: slurm",
        "system =": "cannot be read as TOML",
        "system = 'slurm'\n[options]\nqueue = 3\nbeds = 4": "cannot be started",
    }
    for text, said in wrong.items():
        (folder / "cluster.toml").write_text(text)
        with pytest.raises(workers.ClusterError, match=said):
            run_set(folder / "set.csv", [MODEL], cluster=str(folder / "cluster.toml"))
