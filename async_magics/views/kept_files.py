"""Traces too large for a notebook's output: a file in a folder beside the notebook, named by its content, checked when read.

The output holds a relative path and a hash. Equal traces are one file, so drawing again writes nothing; of the traces of one name
only the newest few are kept, so that running again and again does not fill the disk. Imports ``errors``.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, Final

from ..errors import TraceFormatError

ENDING: Final = ".json.gz"
NEWEST: Final = 3
"""Traces of one name that stay in the folder: the one on the screen, the one in the saved notebook, and one to come back to."""
MOST_BYTES: Final = 100_000_000
_DIGITS: Final = 16


def save(data: bytes, name: str, beside: Path) -> dict[str, Any]:
    """Write a packed trace into the notebook's folder and return what refers to it.

    Raises:
        OSError: it cannot be written, or something else has its name.
    """
    digest = hashlib.sha256(data).hexdigest()
    folder = f"{notebook_name()}.traces"
    target = beside / folder / f"{slug(name)}-{digest[:_DIGITS]}{ENDING}"
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        _write(target, data)
        _forget_older(target)
    elif target.stat().st_size != len(data) or target.read_bytes() != data:
        raise FileExistsError(f"{target} exists and is something else")
    return {"path": f"{folder}/{target.name}", "sha256": digest}


def read(reference: object, folder: Path) -> bytes:
    """Return the content of a file that an output refers to.

    Args:
        reference: what ``save`` returned.
        folder: the notebook's; nothing outside it is opened, whatever the path says and wherever links lead.

    Raises:
        TraceFormatError: the reference makes no sense, the file is not there, or not the same any more.
    """
    path, digest = _fields(reference)
    target = folder / path
    try:
        real = target.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise TraceFormatError(f"not a kept chart: {path} leads out of the notebook's folder")
        found = real.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            raise TraceFormatError(f"not a kept chart: {path} is no file, or larger than {MOST_BYTES / 1e6:g} MB")
        data = real.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a path no system knows; RuntimeError: links in a circle
        if isinstance(error, TraceFormatError):
            raise
        raise TraceFormatError(f"the trace lies in {path} beside the notebook, which cannot be read: copy that file as well") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise TraceFormatError(f"{path} is not the trace that the notebook kept: its hash differs")
    return data


def copy(reference: object, folder: Path, to: Path) -> None:
    """Copy a file that an output refers to into another folder, under the same path; one that is there stays.

    Raises:
        TraceFormatError: as ``read``.
        OSError: it cannot be written.
    """
    data = read(reference, folder)
    target = to / _fields(reference)[0]
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, data)


def working_folder() -> Path | None:
    """Return the folder that a kernel works in, which is its notebook's; ``None`` if it is gone."""
    try:
        return Path.cwd()
    except OSError:
        return None


def slug(text: str, most: int = 40) -> str:
    """Return a text as a piece of a file's name: letters of any language, digits, hyphens."""
    return re.sub(r"[^\w]+", "-", text).strip("-_")[:most].strip("-_") or "trace"


def notebook_name() -> str:
    """Return the stem of the notebook's name where its server tells it to the kernel, else ``notebook``."""
    told = os.environ.get("JPY_SESSION_NAME", "")
    return slug(PurePosixPath(told.replace("\\", "/")).stem) if told.lower().endswith(".ipynb") else "notebook"


def _fields(reference: object) -> tuple[str, str]:
    path, digest = (reference.get("path"), reference.get("sha256")) if isinstance(reference, dict) else (None, None)
    if not isinstance(path, str) or not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise TraceFormatError("not a kept chart: its file should have a path and a hash")
    parts = path.split("/")
    if len(path) > 300 or not path.isprintable() or any(part in ("", ".", "..") or set(part) & set('\\:*?"<>|') for part in parts):
        raise TraceFormatError("not a kept chart: the path of its file should lead down from the notebook's folder")
    return path, digest


def _write(target: Path, data: bytes) -> None:
    draft = target.with_name(f".{secrets.token_hex(8)}{ENDING}")
    try:
        draft.write_bytes(data)
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _forget_older(newest: Path) -> None:
    """Remove the oldest files of the same trace's name. Where the notebook is not known, they may be another notebook's, and stay."""
    if newest.parent.name == "notebook.traces":
        return
    stem = newest.name[: -len(ENDING) - _DIGITS]
    same = re.compile(re.escape(stem) + rf"[0-9a-f]{{{_DIGITS}}}{re.escape(ENDING)}")
    with suppress(OSError):
        ours = [path for path in newest.parent.iterdir() if same.fullmatch(path.name) and path != newest]
        for old in sorted(ours, key=lambda path: path.stat().st_mtime_ns)[: max(0, len(ours) + 1 - NEWEST)]:
            old.unlink()
