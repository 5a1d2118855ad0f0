"""Tasks as commands of a POSIX shell, for machines on which there need be no Python."""

import shlex

from sweeping.tasks import LONGEST_MESSAGE, TIMED_OUT, timed_out

# Ends a command, and all that it has started, after a time in seconds: `perl -e WATCH SECONDS COMMAND…`. The command
# is a process group of its own, which ends, too, where this ends or is left by its parent: GNU parallel ends groups.
WATCH = f"""\
my ($limit, @command) = @ARGV;
my ($parent, $start) = (getppid, time);
defined(my $pid = fork) or exit 126;
if (!$pid) {{ setpgrp; exec {{ $command[0] }} @command; print STDERR "$command[0]: $!\\n"; exit 127 }}
eval {{ setpgrp $pid, $pid }};
sub leave {{ kill "KILL", -$pid; waitpid $pid, 0; exit $_[0] }}
$SIG{{HUP}} = sub {{ leave(129) }};
$SIG{{INT}} = sub {{ leave(130) }};
$SIG{{TERM}} = sub {{ leave(143) }};
$SIG{{CHLD}} = sub {{}};
for (;;) {{
  if (waitpid($pid, 1) == $pid) {{ exit($? & 127 ? 128 + ($? & 127) : $? >> 8) }}
  if (time - $start > $limit) {{ print STDERR "{timed_out("$limit")}\\n"; leave({TIMED_OUT}) }}
  if (getppid != $parent) {{ leave(129) }}
  select undef, undef, undef, 0.05;
}}
"""
OTHER_PROGRAM = "the program has changed since the points were checked, or is another here; expected the same one"
# `run DIGEST SECONDS FOLDER PROGRAM ARGUMENT…` runs a program in a folder, and fails with 2 where its file has not that
# digest before and after; an empty digest and empty seconds ask for nothing. What the shell itself says of a program
# that is killed goes nowhere.
RUN = f"""\
same() {{
[ -z "$1" ] || ! [ -e "$2" ] || ! command -v sha256sum >/dev/null || case $(sha256sum <"$2") in
"$1"*) ;;
*) printf '%s\\n' "upmem-des: error: $2: {OTHER_PROGRAM}" >&2; return 2;;
esac
}}
run() {{
digest=$1 limit=$2; cd "$3" || return; shift 3
same "$digest" "$1" || return
{{ if [ -n "$limit" ]; then (exec perl -e {shlex.quote(WATCH)} "$limit" "$@" 2>&4); else (exec "$@" 2>&4); fi; }} \\
  4>&2 2>/dev/null
code=$?
same "$digest" "$1" && return $code
}}
"""


def arguments(task, json_path):
    """Of `run`, for a shell; the result goes to `json_path`."""
    command = list(task.command)
    if "--json" in command:
        command[command.index("--json") + 1] = json_path
    limit = "" if task.time_limit_s is None else str(task.time_limit_s)
    return " ".join(map(shlex.quote, [task.program_digest, limit, task.working_folder, *command]))


def shell_lines(tasks):
    """For a POSIX shell: runs tasks one after the other; each leaves its .json or its .error, and succeeds unless
    neither can be written."""
    return RUN + "".join(map(shell_line, tasks))


def shell_line(task):
    """A task's line; RUN has to stand before it. A result gets its name when it is known whose it is."""
    words, aside, json_aside, json_path, error_path = (shlex.quote(path) for path in (
        task.error_path + ".words", task.error_path + ".aside", task.json_path + ".aside", task.json_path,
        task.error_path))
    return (f"( run {arguments(task, task.json_path + '.aside')} ) 2>{words} </dev/null; code=$?; "
            f"if [ $code -eq 0 ] && [ -e {json_aside} ]; then mv -f {json_aside} {json_path} && rm -f {words}; "
            f"else rm -f {json_aside}; {{ echo $code; head -c {LONGEST_MESSAGE} {words}; echo; }} >{aside} && "
            f"mv -f {aside} {error_path} && rm -f {words}; fi\n")
