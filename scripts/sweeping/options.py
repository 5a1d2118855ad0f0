"""The command line."""

import argparse
import os
import re

from basics import command_line
from basics.find_file import SWEEP, NoSuchFile, find_named_file
from basics.script_name import script_name
from sweeping.errors import SweepError

MOST_JOBS = 4096
MOST_SECONDS = 10_000_000


class Parser(command_line.Parser):
    def error(self, message):
        raise SweepError(f"{self.said(message)} (see '{script_name()} --help')")


def parse_options(words):
    """Throws SweepError. `jobs` stays None where it is not given, `jobs_here` is then the number of CPUs."""
    parser = command_line.start(Parser, "Runs a scenario with many settings: cases x zip x grid of SWEEP.yaml. Run again, it "
                                "runs only what is missing.", "0 all points have a result, 1 some have not, 2 bad input, "
                                "130 Ctrl-C", allow_abbrev=False)
    parser.add_argument("sweep", metavar="SWEEP.yaml", help="what to sweep, a file or the name of an installed one; see "
                        "docs/sweeps.md")
    parser.add_argument("-o", "--output", metavar="FOLDER", help="results.csv and results.sqlite; else SWEEP.results")
    parser.add_argument("-j", "--jobs", metavar="N", type=jobs, help="runs at a time; else one for each CPU")
    parser.add_argument("--point-timeout", metavar="SECONDS", type=seconds, help="end runs that take longer: they "
                        "count as failed")
    parser.add_argument("--program", metavar="PATH", help="upmem-des; else the one on the PATH, or beside this script")
    parser.add_argument("--where", metavar="CONDITION", action="append", default=[],
                        help="only these points, such as case=H100 or 'workload.batch >= 8' (repeatable)")
    parser.add_argument("--dry-run", action="store_true", help="check and list the points, run nothing")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results in the folder")
    parser.add_argument("--keep-going", action="store_true", help="points with bad input count as failed")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--hosts", metavar="FILE", help="run on these hosts, by GNU parallel over ssh")
    where.add_argument("--slurm", action="store_true", help="run as Slurm job arrays")
    parser.add_argument("--slurm-options", metavar="OPTIONS", default="", help="further options for sbatch")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but what failed")
    options = parser.parse_args(words)
    options.sweep = found(options.sweep)
    if options.output is None:
        options.output = re.sub(r"\.ya?ml$", "", os.path.basename(options.sweep)) + ".results"
    if not options.output:
        raise SweepError("--output: nothing; expected a folder")
    if options.slurm_options and not options.slurm:
        raise SweepError(f"--slurm-options: without --slurm; expected both (see '{script_name()} --help')")
    options.jobs_here = options.jobs or len(os.sched_getaffinity(0))
    return options


def found(name):
    """Where the sweep's file is."""
    if name == "-":
        raise SweepError("-: standard input; expected a sweep's file, beside which its scenario is sought")
    try:
        return find_named_file(name, SWEEP)
    except NoSuchFile as error:
        raise SweepError(str(error)) from None


def seconds(text):
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"'{text}'; expected whole seconds from 1 to {MOST_SECONDS}")
    return int(text)


def jobs(text):
    if not re.fullmatch("[0-9]{1,6}", text) or not 1 <= int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"'{text}'; expected a whole number from 1 to {MOST_JOBS}")
    return int(text)
