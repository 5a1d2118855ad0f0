"""The hosts that GNU parallel may use: read from a file, and asked whether they can run anything."""

import os
import re
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass

from basics.find_file import similar_file
from basics.regular_file import what_it_is
from sweeping.engines.child import started
from sweeping.errors import SweepError

ANSWER = "upmem-des-host"
# For connecting and for starting the program once.
LONGEST_ANSWER_S = 30
TICK_S = 0.1
MOST_JOBS = 10_000
PARALLEL = ["parallel", "--will-cite", "--plain"]


@dataclass(frozen=True)
class Host:
    """A line of the file of hosts."""
    login: str         # as GNU parallel takes it: user@name, name:port, `ssh -F FILE name`, `:` for this machine
    jobs: int | None   # runs at a time; None: as many as the host has CPUs

    @property
    def name(self):
        """The login without the command that leads there."""
        return self.login.split()[-1]


def read_hosts(path):
    """The hosts in a file as GNU parallel has it: a login each line, with `N/` before it for N runs at a time; empty
    lines and lines that start with # do not count."""
    if what := what_it_is(path):
        raise SweepError(f"{path}: {what}; expected a file of hosts")
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read(1 << 20).splitlines()
    except FileNotFoundError:
        raise SweepError(f"{path}: no such file; expected a file of hosts{similar_file(path)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SweepError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8'}") from None
    hosts = {}
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(r"(?:(\d+)/)?(.*)", line.strip())
        if not match[2] or match[2].startswith("#"):
            continue
        if match[1] and not (len(match[1]) < 10 and 1 <= int(match[1]) <= MOST_JOBS):
            raise SweepError(f"{path}:{number}: {match[1]} runs at a time; expected 1 to {MOST_JOBS}")
        if match[2] in hosts:
            raise SweepError(f"{path}:{number}: {match[2]} occurs twice; expected each host once")
        hosts[match[2]] = Host(match[2], int(match[1]) if match[1] else None)
    if not hosts:
        raise SweepError(f"{path}: names no host; expected a line for each, such as 8/user@host")
    return list(hosts.values())


def write_hosts(path, hosts):
    """A file of hosts for GNU parallel, which reads it again when it changes: it is renamed when whole."""
    aside = path.with_suffix(".aside")
    aside.write_text("".join(f"{host.jobs}/{host.login}\n" for host in hosts), encoding="utf-8")
    aside.rename(path)


def require_ssh(hosts):
    """Throws SweepError where the command is missing by which GNU parallel reaches one of the hosts."""
    for host in hosts:
        words = host.login.split()
        command = words[0] if len(words) > 1 else "ssh"
        if host.login != ":" and shutil.which(command) is None and not os.environ.get("PARALLEL_SSH"):
            raise SweepError(f"--hosts: {command} is not on the PATH, by which {host.name} is reached; expected Debian's "
                             "package openssh-client")


def usable_hosts(hosts, jobs, program, working_folder, folder):
    """Asks all hosts at once whether the program runs there, in the working folder. Yields while they think; returns
    those where it does, with how many runs at a time, and a dictionary from the others to why not. `jobs`: for hosts
    whose line does not say how many, None for as many as they have CPUs. `folder` is for files. Throws SweepError where
    there is none."""
    write_hosts(folder / "asked", [Host(host.login, 1) for host in hosts])
    question = (f"cd {shlex.quote(working_folder)} && {shlex.quote(program)} --version >/dev/null && "
                f"printf '\\n%s %s\\n' {ANSWER} $(getconf _NPROCESSORS_ONLN)")
    command = [*PARALLEL, "--timeout", str(LONGEST_ANSWER_S), "--sshloginfile", folder / "asked", "--nonall", "--tag",
               "exec sh -c " + shlex.quote(question)]
    with (folder / "answers").open("w+b") as out, (folder / "complaints").open("w+b") as err:
        with started(command, subprocess.DEVNULL, out, err) as process:
            while process.poll() is None:
                yield
                time.sleep(TICK_S)
        answers, complaints = tagged_lines(out), tagged_lines(err)
    usable, others = [], {}
    for host in hosts:
        cpus = [re.fullmatch(ANSWER + r" (\d+)", line) for line in answers.get(host.login, [])]
        cpus = [int(match[1]) for match in cpus if match and 1 <= int(match[1]) <= MOST_JOBS]
        if cpus:
            usable.append(Host(host.login, host.jobs or jobs or cpus[0]))
        else:
            others[host] = (complaints.get(host.login) or [f"no answer within {LONGEST_ANSWER_S} s"])[-1]
    if not usable:
        raise SweepError("--hosts: no host can be used: " +
                         "; ".join(f"{host.name}: {reason}" for host, reason in others.items()))
    return usable, others


def tagged_lines(file):
    """Lines of a file by the login before their tab. ssh ends its messages with a carriage return."""
    file.seek(0)
    lines = {}
    for line in re.split(r"[\r\n]+", file.read().decode("utf-8", "replace")):
        login, tab, text = line.partition("\t")
        if tab and text.strip():
            lines.setdefault(login, []).append(text.strip())
    return lines
