"""Drive the editors' examples with the real programs, headless, from outside."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.support.daemons import environment
from tests.support.peer import HANG_S

EXAMPLES = Path(__file__).parent.parent.parent / "protocol" / "examples"
# The program `sidecar` of the environment in which the tests run.
BIN = Path(sys.executable).parent

# Each loads its example, asks if there is a prompt, goes on with the editor's own event loop
# until the buffer shows `until`, and writes what the buffer shows.
NEOVIM = """
local sidecar = dofile('{example}')
if '{socket}' ~= '' then sidecar.command = {{ 'sidecar', 'stdio', '--socket', '{socket}' }} end
local buffer = sidecar.start()
if '{prompt}' ~= '' then vim.cmd('SidecarAsk {prompt}') end
local function lines() return vim.api.nvim_buf_get_lines(buffer, 0, -1, false) end
vim.wait({hang_ms}, function() return table.concat(lines(), ' '):find('{until}', 1, true) end, 10)
vim.fn.writefile(lines(), '{shown}')
vim.cmd('qall!')
"""
VIM = """
let g:sidecar_socket = '{socket}'
source {example}
if '{prompt}' != ''
  SidecarAsk {prompt}
endif
func Look(timer)
  let lines = getbufline('sidecar://vim', 1, '$')
  if stridx(join(lines), '{until}') >= 0
    call writefile(lines, '{shown}')
    qall!
  endif
endfunc
call timer_start(10, 'Look', #{{repeat: -1}})
"""
EMACS = """
(setq sidecar-socket "{socket}")
(load "{example}" nil t)
(sidecar-start)
(unless (string-empty-p "{prompt}") (sidecar-ask "{prompt}"))
(with-current-buffer "*sidecar emacs*"
  (while (not (string-search "{until}" (buffer-string))) (accept-process-output nil 0.01))
  (let ((coding-system-for-write 'utf-8)) (write-region nil nil "{shown}")))
"""


class Editor(NamedTuple):
    """Be an editor: its program, its example, how it is driven; the thread is named after it."""

    name: str
    program: str
    example: str
    driver: str
    command: tuple[str, ...]

    @property
    def is_there(self) -> bool:
        """Tell whether it can be driven: some Vims are too small to open a channel."""
        return bool(shutil.which(self.program)) and (self.name != "vim" or _has_channel())


EDITORS = (
    Editor("neovim", "nvim", "neovim/sidecar.lua", NEOVIM, ("--headless", "--clean", "-S")),
    Editor("vim", "vim", "vim/sidecar.vim", VIM, ("-es", "-n", "-N", "-u", "NONE", "-i",
           "NONE", "-S")),
    Editor("emacs", "emacs", "emacs/sidecar.el", EMACS, ("-Q", "--batch", "-l")),
)  # fmt: skip


@cache
def _has_channel() -> bool:
    said = subprocess.run(["vim", "--version"], capture_output=True, text=True, check=True)
    return "+channel" in said.stdout


class Running:
    """Be an editor at work."""

    def __init__(self, process: subprocess.Popen[bytes], shown: Path, said: Path) -> None:
        self._process = process
        self._shown = shown
        self._said = said

    def shown(self) -> list[str]:
        """Wait until it has seen what it waits for; tell what its buffer shows."""
        self._process.wait(HANG_S)
        assert self._shown.exists(), self._said.read_text()
        return self._shown.read_text().splitlines()


@contextmanager
def run(
    editor: Editor, folder: Path, until: str, prompt: str = "", socket: Path | None = None
) -> Iterator[Running]:
    """Start an editor; without a socket the example finds or starts a daemon by itself."""
    shown, said = folder / "shown", folder / "said"
    driver = folder / f"driver{Path(editor.example).suffix}"
    driver.write_text(
        editor.driver.format(
            example=EXAMPLES / editor.example, socket=socket or "", prompt=prompt, until=until,
            shown=shown, hang_ms=int(HANG_S * 1000),
        )
    )  # fmt: skip
    environment = on_path(
        SIDECAR_SOCKET=str(folder / "rpc.sock"),
        SIDECAR_DATABASE=str(folder / "sidecar.db"),
        # Where editors keep logs and caches: not in the tester's home.
        HOME=str(folder),
        XDG_CACHE_HOME=str(folder),
        XDG_STATE_HOME=str(folder),
    )
    with (
        said.open("wb") as output,
        # Vim waits for commands on its input, whose end would be its own.
        subprocess.Popen(
            [editor.program, *editor.command, str(driver)],
            env=environment, stdin=subprocess.PIPE, stdout=output, stderr=output,
        ) as process,
    ):  # fmt: skip
        try:
            yield Running(process, shown, said)
        finally:
            process.kill()


def on_path(**names: str) -> dict[str, str]:
    """Make an environment in which `sidecar` is the program that is tested."""
    inherited = environment()
    return {**inherited, "PATH": f"{BIN}:{inherited['PATH']}", "LC_ALL": "C.UTF-8", **names}
