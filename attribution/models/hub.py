"""The Hugging Face Hub: what is already downloaded, how large a model is, and the download itself.

Files go into the usual Hugging Face cache. Large ones are fetched here rather than by the library, so that a
download that was stopped (even by a killed process) goes on where it ended; they are taken for whole only
when their SHA-256 is right. Weights come last, so a folder that has them has everything.
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, constants, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import WeakFileLock, build_hf_headers

from attribution.language import Said
from attribution.models.entries import KNOWN
from attribution.models.files import TEXTS
from attribution.models.settings import settings
from attribution.models.weights import read_weights
from attribution.types import AttributionError, ModelUnavailableError, UnknownModelError

Progress = Callable[[float, int], None]
"""Called with the fraction done in [0, 1] and the bytes done; what it raises stops the download."""

CONFIG = "config.json"
INSTEAD = Said("pick a bundled model or one that is already on this machine")
TIMEOUT = 10
"""Seconds to wait for the Hub's answer."""
SPARE = 200_000_000
"""Bytes that a download leaves free on the disk."""


@dataclass(frozen=True)
class HubFile:
    """One file of a repository; `sha256` is empty for small files, which the Hub keeps in git."""

    name: str
    bytes: int
    sha256: str = ""


@dataclass(frozen=True)
class Download:
    """What a download would fetch."""

    repo: str
    commit: str
    files: tuple[HubFile, ...]
    """In the order they are fetched: the config first, weights last."""

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(file.bytes for file in self.files)


# ------------------------------------------------------------------------------------ on this machine


def cached(repo: str, revision: str = "") -> Path | None:
    """The folder of a model that is completely downloaded, or None; does not ask the Hub.

    Without a revision: the catalogue's, else the one `main` was when it was downloaded, else the newest here.
    """
    folder = _cache_folder(repo)
    known = KNOWN.get(repo)
    wanted = [revision] if revision else [known.revision if known else "", "main"]
    snapshots = [folder / "snapshots" / _commit_of(folder, name) for name in wanted if name]
    if not revision and folder.is_dir():
        here = [path for path in folder.glob("snapshots/*") if path.is_dir()]
        snapshots += sorted(here, key=lambda p: p.stat().st_mtime, reverse=True)
    return next((path for path in snapshots if _is_whole(path)), None)


def downloaded() -> list[str]:
    """The Hub ids of all models in the cache that have a config, by name."""
    found = Path(constants.HF_HUB_CACHE).glob("models--*--*/snapshots/*/config.json")
    return sorted({path.parents[2].name.removeprefix("models--").replace("--", "/") for path in found})


def commit(path: Path) -> str:
    """The commit hash that a folder of the cache holds; empty for any other folder."""
    return path.name if path.parent.name == "snapshots" else ""


def _cache_folder(repo: str) -> Path:
    return Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"


def _commit_of(folder: Path, revision: str) -> str:
    reference = folder / "refs" / revision
    try:
        written = reference.read_text("utf-8").strip() if reference.is_file() else revision
    except (OSError, ValueError):
        return revision
    return written if re.fullmatch(r"[\w./-]{1,200}", written) and ".." not in written else revision


def _is_whole(path: Path) -> bool:
    try:
        return (path / "config.json").is_file() and bool(read_weights(path).files)
    except ModelUnavailableError:
        return False


# ------------------------------------------------------------------------------------------- download


def look_up(repo: str, revision: str = "") -> Download:
    """Asks the Hub what a model's download consists of.

    Raises:
        UnknownModelError: no such repository or revision.
        ModelUnavailableError: unreachable, switched off, gated, or no weights that can be read safely.
    """
    if not settings().hub:
        raise ModelUnavailableError(
            "Downloads are switched off here and {repo} is not on this machine; {instead}.",
            repo=repo,
            instead=INSTEAD,
        )
    known = KNOWN.get(repo)
    with _sentences(repo, revision):
        info = HfApi().model_info(
            repo,
            revision=revision or (known.revision if known else "") or None,
            files_metadata=True,
            timeout=TIMEOUT,
        )
    files = {
        f.rfilename: HubFile(f.rfilename, f.size or 0, f.lfs.sha256 if f.lfs else "")
        for f in info.siblings or ()
    }
    weights = _weights(repo, files)
    texts = [f for f in files.values() if "/" not in f.name and f.name.endswith(TEXTS)]
    texts.sort(key=lambda file: file.name != CONFIG)
    return Download(repo, info.sha or "", (*texts, *(f for f in weights if f not in texts)))


def fetch(
    repo: str,
    revision: str = "",
    progress: Progress | None = None,
    accept: Callable[[Path], None] | None = None,
) -> Path:
    """The folder of a model, downloaded unless it is here already. Goes on with a download that was stopped.

    `accept` is given the folder when it has the config and nothing else is fetched yet; what it raises ends
    the download.

    Raises:
        UnknownModelError: no such repository or revision.
        ModelUnavailableError: unreachable, gated, interrupted, no weights, or the disk is full.
    """
    if (path := cached(repo, revision)) is not None:
        return path
    download = look_up(repo, revision)
    folder = _cache_folder(repo)
    _check_disk(download, folder)
    before = 0

    def report(done: int) -> None:
        if progress:
            progress(min(1.0, done / max(download.bytes, 1)), done)

    for file in download.files:
        with _sentences(repo, revision):
            if file.sha256:
                _fetch_large(download, file, folder / "blobs", before, report)
            hf_hub_download(repo, file.name, revision=download.commit)
        if accept and file.name == CONFIG:
            accept(folder / "snapshots" / download.commit)
        before += file.bytes
        report(before)
    if revision and revision != download.commit:
        reference = folder / "refs" / revision
        reference.parent.mkdir(parents=True, exist_ok=True)
        reference.write_text(download.commit, "utf-8")
    path = folder / "snapshots" / download.commit
    read_weights(path)
    return path


def _weights(repo: str, files: dict[str, HubFile]) -> list[HubFile]:
    """Safetensors where there are any, PyTorch's .bin otherwise (read without running code), never else."""
    for single, index, ending in (
        ("model.safetensors", "model.safetensors.index.json", ".safetensors"),
        ("pytorch_model.bin", "pytorch_model.bin.index.json", ".bin"),
    ):
        if single in files:
            return [files[single]]
        if index in files:
            stem = single.removesuffix(ending) + "-"
            shards = (name for name in sorted(files) if name.startswith(stem) and name.endswith(ending))
            return [files[name] for name in shards if "/" not in name]
    raise ModelUnavailableError(
        "{repo} has no weights in a form that this app reads (safetensors or PyTorch); pick another model.",
        repo=repo,
    )


def _fetch_large(
    download: Download, file: HubFile, blobs: Path, before: int, report: Callable[[int], None]
) -> None:
    """Puts a large file into the cache under its hash, going on with what an earlier attempt left."""
    whole, part = blobs / file.sha256, blobs / f"{file.sha256}.incomplete"
    blobs.mkdir(parents=True, exist_ok=True)
    lock = Path(constants.HF_HUB_CACHE) / ".locks" / blobs.parent.name / f"{file.sha256}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with WeakFileLock(lock):
        if whole.exists():
            return
        start = part.stat().st_size if part.exists() else 0
        if start > file.bytes:
            part.unlink()
            start = 0
        with part.open("ab") as target:
            http_get(
                hf_hub_url(download.repo, file.name, revision=download.commit),
                target,
                resume_size=start,
                headers=build_hf_headers(),
                expected_size=file.bytes,
                tqdm_class=_reporting(lambda done: report(before + done)),
            )
        with part.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if digest != file.sha256:
            part.unlink()
            raise ModelUnavailableError(
                "The download of {file} of {repo} arrived damaged and was removed; try again.",
                file=file.name,
                repo=download.repo,
            )
        part.rename(whole)


def _reporting(report: Callable[[int], None]) -> Any:
    """A stand-in for tqdm that passes on how many bytes of a file are there."""

    class Reporter:
        def __init__(self, *_: Any, initial: int = 0, **__: Any) -> None:
            self.done = initial

        def __enter__(self) -> Reporter:
            return self

        def __exit__(self, *_: Any) -> None:
            pass

        def update(self, amount: float | None = 1) -> None:
            self.done += int(amount or 0)
            report(self.done)

    return Reporter


def _check_disk(download: Download, folder: Path) -> None:
    place = next(p for p in (folder, *folder.parents) if p.exists())
    there = sum(f.stat().st_size for f in folder.glob("blobs/*") if f.is_file())
    needed = max(0, download.bytes - there)
    free = shutil.disk_usage(place).free
    if needed + SPARE > free:
        raise ModelUnavailableError(
            "The disk is too full for {repo}: the download needs {needed:.1f} GB and "
            "{free:.1f} GB are free; remove files, or pick a smaller model.",
            repo=download.repo,
            needed=needed / 1e9,
            free=free / 1e9,
        )


@contextmanager
def _sentences(repo: str, revision: str) -> Iterator[None]:
    """Turns what can go wrong with the Hub into sentences."""
    try:
        yield
    except AttributionError:
        raise
    except GatedRepoError as error:
        raise ModelUnavailableError(
            "{repo} is gated: accept its terms at huggingface.co/{repo}, create an access token in your "
            "Hugging Face settings, and start the app with the environment variable HF_TOKEN set to it.",
            repo=repo,
        ) from error
    except RepositoryNotFoundError as error:
        raise UnknownModelError(
            "The Hugging Face Hub has no public model called {repo}; check the spelling, or choose one from "
            "the list (for a private one, set HF_TOKEN).",
            repo=repo,
        ) from error
    except RevisionNotFoundError as error:
        raise UnknownModelError(
            "{repo} has no revision “{revision}”; leave out the part after @ for the usual one.",
            repo=repo,
            revision=revision,
        ) from error
    except OfflineModeIsEnabled as error:
        raise ModelUnavailableError(
            "{repo} is not on this machine and HF_HUB_OFFLINE keeps it from being downloaded; {instead}.",
            repo=repo,
            instead=INSTEAD,
        ) from error
    except HfHubHTTPError as error:
        raise ModelUnavailableError(
            "The Hugging Face Hub answers with error {status} for {repo}; try again later, or {instead}.",
            status=error.response.status_code,
            repo=repo,
            instead=INSTEAD,
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            sentence = Said(
                "The disk became full during the download of {repo}; remove files and try again.", repo=repo
            )
        elif error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            sentence = Said(
                "The Hugging Face cache at {folder} cannot be written to; {instead}.",
                folder=constants.HF_HUB_CACHE,
                instead=INSTEAD,
            )
        else:
            sentence = _unreachable(repo)
        raise ModelUnavailableError(sentence) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2", "requests"):
            raise ModelUnavailableError(_unreachable(repo)) from error
        raise


def _unreachable(repo: str) -> Said:
    if any((_cache_folder(repo) / "blobs").glob("*.incomplete")):
        return Said(
            "The download of {repo} was interrupted; try again and it goes on where it stopped.", repo=repo
        )
    return Said(
        "The Hugging Face Hub cannot be reached, so {repo} cannot be downloaded; {instead}.",
        repo=repo,
        instead=INSTEAD,
    )
