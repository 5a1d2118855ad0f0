"""An sshd of the test's own on 127.0.0.1, and aliases under which its ssh finds it.

Keys, configuration and known hosts lie in a folder of the test's; nothing of ~/.ssh is read or written. Each alias has
a port of its own, so that a program can tell by $SSH_CONNECTION under which name it was called."""

import getpass
import os
import shutil
import subprocess
import time
from pathlib import Path

from daemons import end_with_parent, free_ports

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
# Where sshd locks its unprivileged half up. Debian's unit makes the folder; without systemd nobody does.
PRIVILEGE_SEPARATION = Path("/run/sshd")


def missing_packages():
    """Debian's packages that a test over ssh needs and that are not there."""
    needed = {"openssh-server": SSHD, "openssh-client": shutil.which("ssh") and shutil.which("ssh-keygen")}
    return [package for package, there in needed.items() if not there]


class LoopbackSshd:
    """As a context. `aliases`: those that it answers to; `down`: those that nobody listens for; `forced`: by alias, a
    shell command that is run in place of the one asked for, which it has as $SSH_ORIGINAL_COMMAND."""

    def __init__(self, folder, aliases, down=(), forced=()):
        self.folder = Path(folder)
        ports = free_ports(len(aliases) + len(down))
        self.ports = dict(zip([*aliases, *down], ports))
        self.aliases = list(aliases)
        self.forced = dict(forced)
        self.config = self.folder / "ssh_config"
        self.log = self.folder / "sshd.log"
        self.process = None
        self.made_folder = False

    @property
    def ssh(self):
        return f"ssh -F {self.config}"

    def login(self, alias):
        """As a line of GNU parallel's file of hosts."""
        return f"{self.ssh} {alias}"

    def __enter__(self):
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for key in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", self.folder / key],
                           check=True)
        (self.folder / "authorized_keys").write_text((self.folder / "user_key.pub").read_text())
        self.write_configuration()
        if os.geteuid() == 0 and not PRIVILEGE_SEPARATION.is_dir():
            PRIVILEGE_SEPARATION.mkdir(mode=0o755)
            self.made_folder = True
        with self.log.open("wb") as log:
            # In the foreground (-D), so that it ends by a signal to this one process.
            self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", self.folder / "sshd_config"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                            preexec_fn=end_with_parent)
        try:
            self.wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.made_folder:
            PRIVILEGE_SEPARATION.rmdir()

    def sessions(self):
        """The processes of its connections."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(process) for process in path.read_text().split()]

    def write_configuration(self):
        host_key = (self.folder / "host_key.pub").read_text().split()
        known = self.folder / "known_hosts"
        known.write_text("".join(f"[127.0.0.1]:{port} {host_key[0]} {host_key[1]}\n" for port in self.ports.values()))
        ports = "".join(f"ListenAddress 127.0.0.1:{self.ports[alias]}\n" for alias in self.aliases)
        forced = "".join(f"Match LocalPort {self.ports[alias]}\n  ForceCommand {command}\n"
                         for alias, command in self.forced.items())
        (self.folder / "sshd_config").write_text(f"""\
{ports}HostKey {self.folder}/host_key
PidFile none
AuthorizedKeysFile {self.folder}/authorized_keys
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
MaxStartups 100
{forced}""")
        common = f"""\
  HostName 127.0.0.1
  User {getpass.getuser()}
  IdentityFile {self.folder}/user_key
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {known}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 10
"""
        self.config.write_text("".join(f"Host {alias}\n  Port {port}\n{common}" for alias, port in self.ports.items()))

    def wait_until_it_answers(self):
        """Fails where it does not: the packages are there, so that something is wrong."""
        for _ in range(100):
            tried = subprocess.run([*self.ssh.split(), self.aliases[0], "true"], stdin=subprocess.DEVNULL,
                                   capture_output=True, text=True, timeout=60)
            if tried.returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"the sshd of the test cannot be used: {tried.stderr.strip()}\n{self.log.read_text()}")
