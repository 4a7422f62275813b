"""Downloads from a small imitation of the Hub on 127.0.0.1; nothing leaves this machine."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from huggingface_hub import constants

from attribution.models import catalogue, hub
from attribution.models.loading import load
from attribution.models.store import ModelStore
from attribution.types import (
    AttributionError,
    ModelUnavailableError,
    UnknownModelError,
    UnsupportedArchitectureError,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "models"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPO = "class/gpt2-tiny"


class FakeHub:
    """One repository `class/gpt2-tiny` whose files can be changed, and faults that can be switched on."""

    def __init__(self):
        self.files = {p.name: p.read_bytes() for p in (FIXTURES / "gpt2-tiny").iterdir()}
        self.files["onnx/model.onnx"] = self.files["tf_model.h5"] = b"never fetched"
        self.status = 200
        self.error = ""
        self.cut_after = None
        """Bytes of a weight file after which the connection breaks; from then on at once."""
        self.ranges = []
        """The Range headers asked for, of weight files."""
        self.fetched = []
        self.sleeping = None
        """An event before which nothing is answered."""
        self.lies = False
        """Weight files arrive with one byte changed."""

    def model_info(self):
        siblings = []
        for name, content in self.files.items():
            entry = {"rfilename": name, "size": len(content), "blobId": "0" * 40}
            if is_large(name):
                digest = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 100}
            siblings.append(entry)
        return {"id": REPO, "sha": COMMIT, "siblings": siblings, "private": False, "tags": [], "downloads": 0}


def is_large(name):
    return name.endswith((".safetensors", ".bin"))


def set_address(monkeypatch, address):
    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def fake(monkeypatch, tmp_path):
    state = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            path = unquote(self.path.split("?")[0])
            if state.sleeping:
                state.sleeping.wait(20)
            if state.status != 200:
                return self.answer(state.status, b"{}", {"X-Error-Code": state.error})
            if path.startswith(f"/api/models/{REPO}"):
                revision = path.removeprefix(f"/api/models/{REPO}").removeprefix("/revision/")
                if revision not in ("", "main", "v1", COMMIT):
                    return self.answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
                return self.answer(200, json.dumps(state.model_info()).encode(), {"X-Repo-Commit": COMMIT})
            prefix = f"/{REPO}/resolve/{COMMIT}/"
            name = path.removeprefix(prefix)
            if not path.startswith(prefix) or name not in state.files:
                return self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
            return self.send_file(name, state.files[name])

        def send_file(self, name, content):
            start, status = 0, 200
            digest = hashlib.sha256(content).hexdigest()
            headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{digest}"', "X-Linked-Size": str(len(content))}
            if self.command == "GET":
                state.fetched.append(name)
            if self.command == "GET" and is_large(name):
                state.ranges.append(self.headers.get("Range", ""))
                if state.lies:
                    content = content[:-1] + bytes([content[-1] ^ 1])
                if state.ranges[-1]:
                    start, status = int(state.ranges[-1].removeprefix("bytes=").split("-")[0]), 206
                    headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
                if state.cut_after is not None:
                    self.answer(
                        status, content[start : start + state.cut_after], headers, len(content) - start
                    )
                    self.close_connection, state.cut_after = True, 0
                    return None
            return self.answer(status, content[start:], headers)

        def answer(self, status, content, headers, length=None):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) if length is None else length))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    set_address(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.delenv("WHY_HUB", raising=False)
    yield state
    server.shutdown()
    server.server_close()


def test_the_size_is_known_before_the_download(fake):
    download = hub.look_up(REPO)
    assert download.commit == COMMIT
    assert download.files[-1].name == "model.safetensors"
    assert download.bytes == sum(len(fake.files[f.name]) for f in download.files)
    assert fake.fetched == []


def test_a_download_reports_its_progress_and_is_then_on_this_machine(fake, monkeypatch):
    assert hub.cached(REPO) is None
    steps = []
    loaded = load(REPO, device="cpu", progress=lambda fraction, done: steps.append((fraction, done)))
    assert loaded.info.revision == COMMIT
    assert loaded.info.id == REPO
    assert steps == sorted(steps)
    assert steps[-1] == (1.0, hub.look_up(REPO).bytes)
    assert not {"onnx/model.onnx", "tf_model.h5"} & set(fake.fetched)
    assert fake.fetched[-1] == "model.safetensors"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert hub.downloaded() == [REPO]
    (entry,) = [e for e in catalogue.on_this_machine() if e.id == REPO]
    assert (entry.group, entry.revision, entry.architecture) == ("On this machine", COMMIT, "GPT-2")
    assert load(REPO, device="cpu").info == loaded.info


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
        {"model_type": "vit"},
        {"model_type": "tomorrow"},
    ],
)
def test_what_is_no_language_model_is_refused_before_it_is_downloaded(fake, config):
    fake.files["config.json"] = json.dumps(config).encode()
    for attempt in (lambda: load(REPO, device="cpu"), lambda: lend(alti_logit=False)):
        with pytest.raises(UnsupportedArchitectureError, match="choose a decoder such as GPT-2"):
            attempt()
    assert set(fake.fetched) == {"config.json"}


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"model_type": "gptj"}, "does not support the architecture “gptj”; it supports GPT-2"),
        ({"model_type": "opt", "do_layer_norm_before": False}, "post-LN"),
        ({"model_type": "t5"}, "Translation page"),
        ({"model_type": ["gpt2"]}, "damaged"),
    ],
)
def test_what_alti_logit_does_not_fit_is_refused_before_it_is_downloaded(fake, config, sentence):
    fake.files["config.json"] = json.dumps(config).encode()
    with pytest.raises(AttributionError, match=sentence):
        lend(alti_logit=True)
    assert fake.fetched == ["config.json"]


def lend(**options):
    with ModelStore(10**9).using(REPO, **options):
        pass


def test_a_revision_by_name_is_found_again_offline(fake, monkeypatch):
    path = hub.fetch(REPO, "v1")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert hub.fetch(REPO, "v1") == path
    assert hub.cached(REPO, COMMIT) == path
    assert hub.cached(REPO, "v2") is None


def test_an_interrupted_download_is_not_taken_for_whole_and_goes_on(fake, monkeypatch):
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 500)
    size = len(fake.files["model.safetensors"])
    fake.cut_after = 1000
    with pytest.raises(ModelUnavailableError, match="interrupted; try again and it goes on where it stopped"):
        hub.fetch(REPO)
    assert hub.cached(REPO) is None
    (part,) = Path(constants.HF_HUB_CACHE).glob("*/blobs/*.incomplete")
    kept = part.stat().st_size
    assert 0 < kept < size
    fake.cut_after, fake.ranges[:] = None, []
    path = hub.fetch(REPO)
    assert fake.ranges == [f"bytes={kept}-"]
    assert (path / "model.safetensors").read_bytes() == fake.files["model.safetensors"]
    assert not list(Path(constants.HF_HUB_CACHE).glob("*/blobs/*.incomplete*"))


def test_a_page_can_stop_a_download_and_go_on_later(fake, monkeypatch):
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)

    def stop(fraction, done):
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hub.fetch(REPO, progress=stop)
    assert hub.cached(REPO) is None
    fake.ranges.clear()
    hub.fetch(REPO)
    (asked,) = fake.ranges
    assert int(asked.removeprefix("bytes=").rstrip("-")) >= 10_000


def test_a_download_that_arrives_damaged_is_removed(fake):
    fake.lies = True
    with pytest.raises(ModelUnavailableError, match=r"model\.safetensors of class/gpt2-tiny arrived damaged"):
        hub.fetch(REPO)
    assert hub.cached(REPO) is None
    assert not list(Path(constants.HF_HUB_CACHE).glob("*/blobs/*.incomplete"))
    fake.lies = False
    assert hub.fetch(REPO)


@pytest.mark.parametrize(
    ("status", "error", "kind", "sentence"),
    [
        (403, "GatedRepo", ModelUnavailableError, r"gated: accept its terms.*HF_TOKEN"),
        (401, "RepoNotFound", UnknownModelError, "no public model called class/gpt2-tiny"),
        (404, "RepoNotFound", UnknownModelError, "no public model called class/gpt2-tiny"),
        (500, "", ModelUnavailableError, "answers with error 500"),
        (503, "", ModelUnavailableError, "answers with error 503.*pick a bundled model"),
    ],
)
def test_what_the_hub_refuses_is_a_sentence(fake, status, error, kind, sentence):
    fake.status, fake.error = status, error
    with pytest.raises(kind, match=sentence):
        hub.fetch(REPO)


def test_an_unknown_revision_is_a_sentence(fake):
    with pytest.raises(UnknownModelError, match="no revision “v9”"):
        hub.fetch(REPO, "v9")


def test_no_weights_and_only_unsafe_ones_are_a_sentence(fake):
    del fake.files["model.safetensors"]
    with pytest.raises(ModelUnavailableError, match="no weights in a form that this app reads"):
        hub.fetch(REPO)
    assert fake.fetched == []


def test_pytorch_files_are_fetched_only_without_safetensors(fake):
    fake.files["pytorch_model.bin"] = b"x" * 5000
    assert "pytorch_model.bin" not in [f.name for f in hub.look_up(REPO).files]
    del fake.files["model.safetensors"]
    assert hub.look_up(REPO).files[-1].name == "pytorch_model.bin"
    fake.files["model-00001-of-00002.safetensors"] = fake.files["model-00002-of-00002.safetensors"] = b"x"
    fake.files["model.safetensors.index.json"] = b"{}"
    names = [f.name for f in hub.look_up(REPO).files]
    assert names[-2:] == ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    assert "pytorch_model.bin" not in names


def test_a_full_disk_is_a_sentence_before_anything_is_fetched(fake, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(hub.shutil, "disk_usage", lambda place: usage._replace(free=1_000_000))
    with pytest.raises(ModelUnavailableError, match=r"disk is too full.*0\.0 GB are free"):
        hub.fetch(REPO)
    assert fake.fetched == []


def test_a_disk_that_fills_up_is_a_sentence(fake, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hub, "http_get", full)
    with pytest.raises(ModelUnavailableError, match="disk became full"):
        hub.fetch(REPO)


def test_without_a_network_another_model_is_suggested(fake, monkeypatch):
    set_address(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(ModelUnavailableError, match=r"cannot be reached.*pick a bundled model"):
        hub.fetch(REPO)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailableError, match="HF_HUB_OFFLINE keeps it from being downloaded"):
        hub.fetch(REPO)
    monkeypatch.setenv("WHY_HUB", "off")
    with pytest.raises(ModelUnavailableError, match="Downloads are switched off"):
        hub.fetch(REPO)


def test_a_hub_that_does_not_answer_is_not_waited_for_long(fake, monkeypatch):
    fake.sleeping = threading.Event()
    monkeypatch.setattr(hub, "TIMEOUT", 0.3)
    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        hub.fetch(REPO)
    fake.sleeping.set()
    assert hub.fetch(REPO)


def test_a_process_killed_during_a_download_leaves_nothing_taken_for_whole(fake, monkeypatch, tmp_path):
    killed = f"""
import os, signal
from huggingface_hub import constants
from attribution.models import hub
constants.DOWNLOAD_CHUNK_SIZE = 10_000
hub.fetch({REPO!r}, progress=lambda fraction, done: fraction > 0.5 and os.kill(os.getpid(), signal.SIGKILL))
"""
    environment = os.environ | {
        "HF_HUB_OFFLINE": "0",
        "HF_ENDPOINT": constants.ENDPOINT,
        "HF_HUB_CACHE": constants.HF_HUB_CACHE,
    }
    done = subprocess.run([sys.executable, "-c", killed], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert hub.cached(REPO) is None
    fake.ranges.clear()
    path = hub.fetch(REPO)
    (asked,) = fake.ranges
    assert int(asked.removeprefix("bytes=").rstrip("-")) > 0
    assert (path / "model.safetensors").read_bytes() == fake.files["model.safetensors"]
