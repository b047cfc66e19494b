"""ipympl is imported, and matplotlib stays what the user made it: in a process and in a kernel where nobody imported it before."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from ..notebook.harness import Kernel

pytestmark = pytest.mark.skipif(find_spec("ipympl") is None, reason="ipympl is not installed")

PROGRAM = """
import matplotlib
import matplotlib.pyplot as plt

plt.switch_backend("svg")
plt.figure()

def now():
    default = dict.__getitem__(matplotlib.rcParamsDefault, "backend")
    settings = {key: str(value) for key, value in matplotlib.rcParams.items()}
    return [settings, str(default), plt.get_backend(), matplotlib.get_backend(), plt.get_fignums(), matplotlib.use.__name__]

before = now()
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript
from async_magics.views.spec import ChartOptions
from async_magics.widgets.figure import explorer

explorer(Recorded(TraceScript("x").trace()), ChartOptions(lang="en"))
import sys
assert "ipympl.backend_nbagg" in sys.modules
assert now() == before, (before[1:], now()[1:])
print(before[3])
plt.switch_backend("module://ipympl.backend_nbagg")
print(matplotlib.get_backend())
"""


WITHOUT_PYPLOT = """
import sys
import matplotlib
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript
from async_magics.views.spec import ChartOptions
from async_magics.widgets.figure import explorer

explorer(Recorded(TraceScript("x").trace()), ChartOptions(lang="en"))
print("ipympl.backend_nbagg" in sys.modules, "matplotlib.pyplot" in sys.modules)
"""
ANOTHER_THREAD = """
import matplotlib
from threading import Thread
from async_magics.widgets.backend import backend_stays

matplotlib.use("svg")
use = matplotlib.use
with backend_stays():
    matplotlib.use("pdf")
    print(matplotlib.get_backend())
    other = Thread(target=matplotlib.use, args=("pdf",))
    other.start()
    other.join()
    print(matplotlib.get_backend())
print(matplotlib.use is use)
"""


@pytest.mark.parametrize(
    ("program", "said"),
    [
        pytest.param(PROGRAM, ["svg", "module://ipympl.backend_nbagg"], id="and it can still be chosen"),
        pytest.param(WITHOUT_PYPLOT, ["true", "false"], id="pyplot is not imported"),
        pytest.param(ANOTHER_THREAD, ["svg", "pdf", "true"], id="another thread may choose one meanwhile"),
    ],
)
def test_the_first_widget_of_a_process_leaves_the_backend_alone(program: str, said: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.lower().split() == said


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix, "share", "jupyter")))
    found = Kernel(traced=True)
    yield found
    found.close()


def test_a_figure_of_the_user_stays_a_picture_after_a_widget(kernel: Kernel) -> None:
    kernel.told("%matplotlib inline\nimport matplotlib.pyplot as plt")
    said, _ = kernel.told("%%tasktrace -w --name x\n7")
    assert [content for message in said if "no widget" in (content := str(message["content"]))] == []
    said, _ = kernel.told("plt.plot([1, 2])\nplt.show()\nimport sys, matplotlib\n(matplotlib.get_backend(), 'ipympl' in sys.modules)")
    shown = [message["content"]["data"] for message in said if message["msg_type"] == "display_data"]
    assert len(shown) == 1 and "image/png" in shown[0]
    (result,) = [message["content"]["data"]["text/plain"] for message in said if message["msg_type"] == "execute_result"]
    backend, imported = ast.literal_eval(result)
    assert imported and "inline" in backend
