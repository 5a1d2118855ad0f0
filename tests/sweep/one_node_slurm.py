"""A Slurm of the test's own: munged, slurmctld and slurmd on this machine, which is its one node.

Keys, sockets, logs, state and configuration lie in a folder of the test's, ports are free ones. Needs no root, no
systemd, no cgroups and no database; what it runs, it runs as whoever runs the test."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from daemons import end_with_parent, free_ports

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
PACKAGES = {"munge": "munged", "slurmctld": "slurmctld", "slurmd": "slurmd", "slurm-client": "sbatch"}
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1
ReturnToService=0
SlurmdParameters=config_overrides
KillWait=2
MaxArraySize={largest_array}
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing_packages():
    """Debian's packages that a test with Slurm needs and that are not there."""
    return [package for package, command in PACKAGES.items() if shutil.which(command, path=PATH) is None]


class OneNodeSlurm:
    """As a context, in a new folder; `environment` is what Slurm's commands need to find it."""

    def __init__(self, cpus, largest_array):
        self.holder = tempfile.TemporaryDirectory(prefix="upmem-des-slurm-")
        self.folder = Path(self.holder.name)
        self.host = socket.gethostname().partition(".")[0]
        controller_port, node_port = free_ports(2)
        self.configuration = CONFIGURATION.format(
            folder=self.folder, host=self.host, user=getpass.getuser(), controller_port=controller_port,
            node_port=node_port, cpus=cpus, largest_array=largest_array)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("SLURM_", "SBATCH_", "SQUEUE_", "SCANCEL_"))}
        self.environment |= {"SLURM_CONF": str(self.folder / "slurm.conf")}
        self.daemons = {}

    def __enter__(self):
        for name in ("state", "node"):
            (self.folder / name).mkdir(parents=True)
        # munged wants its socket to be within everybody's reach.
        self.folder.chmod(0o755)
        (self.folder / "slurm.conf").write_text(self.configuration)
        # slurmd starts a plugin for cgroups though nothing uses it; this one does so where there are none, too.
        (self.folder / "cgroup.conf").write_text(f"CgroupPlugin=cgroup/v1\nCgroupMountpoint={self.folder}/cgroups\n")
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        try:
            self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                       f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log",
                       f"--seed-file={self.folder}/munged.seed", "--num-threads=2")
            self.wait_for((self.folder / "munge.socket").exists, "munged makes no socket")
            self.start_controller()
            self.start_node()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, name, *arguments):
        """A daemon in the foreground, so that it ends by a signal to this one process."""
        with open(self.folder / f"{name}.words", "ab") as words:
            self.daemons[name] = subprocess.Popen([shutil.which(name, path=PATH), *arguments], stdin=subprocess.DEVNULL,
                                                  stdout=words, stderr=words, env=self.environment,
                                                  start_new_session=True, preexec_fn=end_with_parent)

    def start_controller(self):
        self.start("slurmctld", "-D")
        self.wait_for(lambda: self.command("scontrol", "ping").returncode == 0, "slurmctld does not answer")

    def start_node(self):
        self.start("slurmd", "-D")
        # A late answer of the one before must not bring the node back: it returns when it is told to.
        self.command("scontrol", "update", f"NodeName={self.host}", "State=RESUME")
        self.wait_for(lambda: self.node_state() in ("idle", "mixed", "allocated"), "the node does not come up")

    def end(self, name, number=signal.SIGTERM):
        """Ends a daemon by a signal."""
        daemon = self.daemons.pop(name)
        if daemon.poll() is None:
            daemon.send_signal(number)
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def stop(self):
        if "slurmctld" in self.daemons:
            self.command("scancel", f"--user={getpass.getuser()}")
            until = time.monotonic() + 10
            while self.command("squeue", "--noheader").stdout and time.monotonic() < until:
                time.sleep(0.1)
        for name in reversed(list(self.daemons)):
            self.end(name)
        self.end_jobs()
        self.holder.cleanup()

    def processes(self):
        """What jobs of this Slurm have started, and their slurmstepd."""
        found = []
        mark = f"SLURM_CONF={self.folder}/slurm.conf".encode()
        for path in Path("/proc").glob("[0-9]*"):
            try:
                variables = (path / "environ").read_bytes().split(b"\0")
                is_step = (path / "comm").read_text().strip() == "slurmstepd"
            except OSError:
                continue  # It has ended, or is another user's.
            if mark in variables and (is_step or any(each.startswith(b"SLURM_JOB_ID=") for each in variables)):
                found.append(int(path.name))
        return found

    def end_jobs(self):
        for process in self.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def kill_node(self):
        """As if its power had failed, and Slurm had found out: by itself that takes it half a minute."""
        self.end("slurmd", signal.SIGKILL)
        # Before the jobs' own daemons are gone: they would tell the controller of a signal.
        self.command("scontrol", "update", f"NodeName={self.host}", "State=DOWN", "Reason=test")
        self.end_jobs()

    def command(self, *words):
        return subprocess.run(words, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60)

    def node_state(self):
        return self.command("sinfo", "--noheader", "--format=%T").stdout.strip().rstrip("*")

    def jobs(self, *states):
        """`number_index state` of each element that is in one of these states, or of all that are known."""
        return self.command("squeue", "--noheader", "--array", "--format=%i %T",
                            "--states=" + (",".join(states) or "all")).stdout.splitlines()

    def wait_for(self, condition, otherwise, time_s=30):
        """Fails where it takes too long: the packages are there, so that something is wrong."""
        until = time.monotonic() + time_s
        while not condition():
            ended = [name for name, daemon in self.daemons.items() if daemon.poll() is not None]
            if ended or time.monotonic() > until:
                logs = "".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}\n"
                               for path in sorted([*self.folder.glob("*.log"), *self.folder.glob("*.words")]))
                raise AssertionError(f"the Slurm of the test cannot be used: {otherwise}"
                                     f"{', and has ended: ' if ended else ''}{' '.join(ended)}\n{logs}")
            time.sleep(0.1)
