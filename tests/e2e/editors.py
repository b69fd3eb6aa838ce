"""Drive the editors' examples with the real programs, headless, from outside."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
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

# What their JSON-RPC layers send besides: no params, null ones, empty ones, notifications that
# only language servers know. Each writes what it was answered, in lines.
NEOVIM_ODDITIES = """
local rpc, sent, shown = vim.lsp.rpc, {{ 'stdio', '--socket', '{socket}' }}, {{}}
local client = vim.fn.has('nvim-0.10') == 1 and rpc.start({{ 'sidecar', unpack(sent) }})
  or rpc.start('sidecar', sent)
local function ask(method, params)
  client.request(method, params, function(error, result)
    table.insert(shown, error and error.data.kind or next(result))
  end)
end
ask('daemon/ping', nil)
ask('daemon/ping', vim.empty_dict())
client.notify('initialized', {{}})
client.notify('$/setTrace', {{ value = 'off' }})
ask('daemon/ping', {{}})
ask('daemon/ping', vim.NIL)
vim.wait({hang_ms}, function() return #shown == 4 end, 10)
vim.fn.writefile(shown, '{shown}')
vim.cmd('qall!')
"""
VIM_ODDITIES = """
let channel = ch_open('unix:{socket}', #{{mode: 'lsp'}})
let shown = []
func Ask(more)
  let answer = ch_evalexpr(g:channel, extend(#{{method: 'daemon/ping'}}, a:more))
  call add(g:shown, has_key(answer, 'error') ? answer.error.data.kind : keys(answer.result)[0])
endfunc
call Ask({{}})
call Ask(#{{params: {{}}}})
call ch_sendexpr(channel, #{{method: 'initialized'}})
call ch_sendexpr(channel, #{{method: '$/cancelRequest', id: 2}})
call ch_sendexpr(channel, #{{id: 9, result: 1}})
call Ask(#{{params: []}})
call Ask(#{{params: v:null}})
call writefile(shown, '{shown}')
qall!
"""
EMACS_ODDITIES = """
(require 'jsonrpc)
(let* ((process (make-network-process :name "x" :family 'local :service "{socket}"))
       (connection (make-instance 'jsonrpc-process-connection :name "x" :process process))
       (ask (lambda (params)
              (condition-case error
                  (substring (symbol-name (car (jsonrpc-request connection 'daemon/ping params))) 1)
                (jsonrpc-error
                 (plist-get (alist-get 'jsonrpc-error-data (cddr error)) :kind)))))
       shown)
  (push (funcall ask nil) shown)
  (push (funcall ask (make-hash-table)) shown)
  (jsonrpc-notify connection 'initialized nil)
  (jsonrpc-notify connection '$/setTrace '(:value "off"))
  (push (funcall ask []) shown)
  (push (funcall ask nil) shown)
  (write-region (mapconcat #'identity (reverse shown) "\\n") nil "{shown}"))
"""


class Editor(NamedTuple):
    """Be an editor: its program, its example, how it is driven; the thread is named after it."""

    name: str
    program: str
    example: str
    driver: str
    oddities: str
    command: tuple[str, ...]

    @property
    def is_there(self) -> bool:
        """Tell whether it can be driven: some Vims are too small to open a channel."""
        return bool(shutil.which(self.program)) and (self.name != "vim" or _has_channel())


EDITORS = (
    Editor("neovim", "nvim", "neovim/sidecar.lua", NEOVIM, NEOVIM_ODDITIES,
           ("--headless", "--clean", "-S")),
    Editor("vim", "vim", "vim/sidecar.vim", VIM, VIM_ODDITIES,
           ("-es", "-n", "-N", "-u", "NONE", "-i", "NONE", "-S")),
    Editor("emacs", "emacs", "emacs/sidecar.el", EMACS, EMACS_ODDITIES, ("-Q", "--batch", "-l")),
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


def run(
    editor: Editor, folder: Path, until: str, prompt: str = "", socket: Path | None = None
) -> AbstractContextManager[Running]:
    """Start an example; without a socket it finds or starts a daemon by itself."""
    driver = editor.driver.format(
        example=EXAMPLES / editor.example, socket=socket or "", prompt=prompt, until=until,
        shown=folder / "shown", hang_ms=int(HANG_S * 1000),
    )  # fmt: skip
    return start(editor, folder, driver)


@contextmanager
def start(editor: Editor, folder: Path, driver: str) -> Iterator[Running]:
    """Start an editor with a script that writes what is to be seen to `shown` in the folder."""
    shown, said = folder / "shown", folder / "said"
    script = folder / f"driver{Path(editor.example).suffix}"
    script.write_text(driver)
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
            [editor.program, *editor.command, str(script)],
            env=environment, stdin=subprocess.PIPE, stdout=output, stderr=output,
        ) as process,
    ):  # fmt: skip
        try:
            yield Running(process, shown, said)
        finally:
            process.kill()


def send_oddities(editor: Editor, folder: Path, socket: Path) -> AbstractContextManager[Running]:
    """Start an editor that sends what it sends besides, and shows the answers."""
    return start(
        editor,
        folder,
        editor.oddities.format(socket=socket, shown=folder / "shown", hang_ms=int(HANG_S * 1000)),
    )


def on_path(**names: str) -> dict[str, str]:
    """Make an environment in which `sidecar` is the program that is tested."""
    inherited = environment()
    return {**inherited, "PATH": f"{BIN}:{inherited['PATH']}", "LC_ALL": "C.UTF-8", **names}
