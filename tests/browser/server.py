"""A Jupyter server of its own: JupyterLab and Notebook 7 on this machine only, with folders of its own and nothing of the user's."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

STARTS_WITHIN_S: Final = 60
STOPS_WITHIN_S: Final = 15

CONFIG: Final[dict[str, Any]] = {
    "ServerApp": {"ip": "127.0.0.1", "open_browser": False, "allow_root": True, "terminals_enabled": False, "port_retries": 0},
    "KernelSpecManager": {"ensure_native_kernel": True},
    "LabApp": {"news_url": None, "check_for_updates_class": "jupyterlab.NeverCheckForUpdate", "extension_manager": "readonly"},
    "LabServerApp": {"check_for_updates_class": "jupyterlab.NeverCheckForUpdate"},
}
SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False, "renameUntitledFileOnSave": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}
"""Nothing is fetched, nothing covers the notebook, every cell is on the page; a file is written when it is told to, with its widgets."""


class Server:
    """A running server.

    Attributes:
        root: the folder that it shows.
        url: where it is, without the token.
    """

    def __init__(self, root: Path, url: str, token: str) -> None:
        self.root = root
        self.url = url
        self._token = token

    def lab(self, notebook: str) -> str:
        """Return the address of JupyterLab in a workspace of its own, with a notebook open if one is named."""
        where = f"/tree/{notebook}" if notebook else ""
        return f"{self.url}/lab/workspaces/{secrets.token_hex(4)}{where}?token={self._token}"

    def notebook(self, notebook: str) -> str:
        """Return the address of a notebook in Notebook 7."""
        return f"{self.url}/notebooks/{notebook}?token={self._token}"

    def kernels(self) -> list[dict[str, Any]]:
        """Return the kernels that run."""
        found: list[dict[str, Any]] = self._ask("kernels")
        return found

    def end_kernels(self) -> None:
        """End every kernel, and the sessions of notebooks with it."""
        for session in self._ask("sessions"):
            self._ask(f"sessions/{session['id']}", "DELETE")
        for kernel in self.kernels():
            self._ask(f"kernels/{kernel['id']}", "DELETE")

    def ready(self) -> bool:
        """Tell whether it answers."""
        try:
            self._ask("status")
        except (urllib.error.URLError, ConnectionError):
            return False
        return True

    def _ask(self, what: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{self.url}/api/{what}", method=method, headers={"Authorization": f"token {self._token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            body = answer.read()
        return json.loads(body) if body else None


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run a server below a folder; end it, and it alone, afterwards."""
    port, token = _free_port(), secrets.token_hex(16)
    root = folder / "notebooks"
    root.mkdir(parents=True)
    server = Server(root, f"http://127.0.0.1:{port}", token)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}",
    ]
    command += ["--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"]
    log = folder / "server.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=root, env=_surroundings(folder), stdout=out, stderr=out, stdin=subprocess.DEVNULL) as process,
    ):
        try:
            _wait_until_ready(server, process, log)
            yield server
            server.end_kernels()
        finally:
            _end(process)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while not server.ready():
        said = log.read_text(errors="replace")[-2000:]
        assert process.poll() is None, f"the server ended: {said}"
        assert time.monotonic() < end, f"the server does not answer: {said}"
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _surroundings(folder: Path) -> dict[str, str]:
    """Return the environment: folders of its own for all that Jupyter and IPython read and write."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "PYTEST"))}
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
    for name in own.values():
        (folder / name).mkdir()
    (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(CONFIG))
    settings = folder / "config" / "lab" / "user-settings"
    for name, values in SETTINGS.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    return kept | {name: str(folder / inside) for name, inside in own.items()} | {"JUPYTER_NO_CONFIG": "", "JUPYTER_PREFER_ENV_PATH": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
