"""A CUPS of our own for a test: a private cupsd in a folder, or None where it is not installed or will not start."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

CUPSD = shutil.which("cupsd", path="/usr/sbin:/usr/bin:/sbin")
LPADMIN = shutil.which("lpadmin", path="/usr/sbin:/usr/bin:/sbin")
LP = shutil.which("lp")
ROOT = os.name == "posix" and os.geteuid() == 0

_CONF = """
Listen 127.0.0.1:{port}
LogLevel {level}
DefaultAuthType None
Browsing Off
WebInterface No
MaxLogSize 0
PreserveJobHistory Yes
ErrorPolicy {policy}
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Location /admin>
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow 127.0.0.1
  </Limit>
</Policy>
"""
_FILES = """
ServerRoot {folder}/etc
CacheDir {folder}/cache
StateDir {folder}/state
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
ServerBin {folder}/bin
DataDir /usr/share/cups
ErrorLog {folder}/error_log
AccessLog {folder}/access_log
PageLog {folder}/page_log
FileDevice Yes
SystemGroup root
Group lp
User lp
Sandboxing relaxed
"""


@dataclass
class Cups:
    """A running cupsd."""

    port: int
    folder: Path

    async def run(self, *command: str, data: bytes = b"") -> tuple[int, str]:
        """Run a command of CUPS against it; give its exit status and what it said."""
        env = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{self.port}", "LC_ALL": "C"}
        process = await asyncio.create_subprocess_exec(*command, stdin=-1, stdout=-1, stderr=-2, env=env)
        async with asyncio.timeout(60):
            out, _ = await process.communicate(data)
        assert process.returncode is not None
        return process.returncode, out.decode("utf-8", "replace")

    def log(self) -> str:
        """Its error log."""
        return (self.folder / "error_log").read_text("utf-8", "replace")


@contextlib.asynccontextmanager
async def cups(folder: Path, *, level: str = "info", policy: str = "retry-job") -> AsyncIterator[Cups | None]:
    """Run a private cupsd below ``folder``, whose directory others can enter."""
    if CUPSD is None or LPADMIN is None or LP is None or not ROOT:
        yield None
        return
    folder = _laid_out(folder)
    port = free_port()
    (folder / "etc/cupsd.conf").write_text(_CONF.format(port=port, level=level, policy=policy))
    (folder / "etc/cups-files.conf").write_text(_FILES.format(folder=folder))
    files = folder / "etc/cups-files.conf"
    process = await asyncio.create_subprocess_exec(
        CUPSD, "-f", "-c", str(folder / "etc/cupsd.conf"), "-s", str(files), stdout=-3, stderr=-3
    )
    try:
        yield Cups(port, folder) if await _answers(process, port) else None
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _answers(process: asyncio.subprocess.Process, port: int) -> bool:
    for _ in range(200):
        if process.returncode is not None:
            return False
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        await asyncio.sleep(0.05)
    return False


def _laid_out(folder: Path) -> Path:
    """Make what cupsd wants to find, as it wants to find it."""
    folder = folder.resolve()
    for each in (folder, *folder.parents):
        if not each.stat().st_mode & 0o001:
            each.chmod(each.stat().st_mode | 0o011)  # cupsd's filters run as another user
    for name in ("etc/ppd", "cache", "state/certs", "spool/tmp", "bin/backend"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        shutil.chown(folder / name, group="lp")
        (folder / name).chmod(0o770 if name != "bin/backend" else 0o755)
    for name in ("cache", "state", "spool", "etc", "bin"):
        shutil.chown(folder / name, group="lp")
        (folder / name).chmod(0o770)
    (folder / "bin").chmod(0o755)
    for kind in ("filter", "daemon", "cgi-bin", "monitor", "notifier", "driver"):
        if Path(f"/usr/lib/cups/{kind}").exists():
            (folder / "bin" / kind).symlink_to(f"/usr/lib/cups/{kind}")
    for backend in Path("/usr/lib/cups/backend").iterdir():
        if backend.name in ("ipp", "http", "socket"):
            (folder / "bin/backend" / backend.name).symlink_to(backend)
    return folder
