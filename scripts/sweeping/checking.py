"""Has the program check all points before the first runs."""

import json
import math
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock

from sweeping.errors import SweepError
from sweeping.processes import end
from sweeping.tasks import error_message

FEWEST_A_PROCESS = 200
TICK_S = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    status: str              # "ok", "bad input" or "cannot run"
    inputs: str              # the digest; "" unless ok
    events: int
    error: str
    warnings: tuple


class Check:
    """Checks points by some processes at a time, each with a stretch of them. Paths in settings are relative to the
    sweep's folder."""

    def __init__(self, program, sweep, jobs):
        self.program, self.sweep, self.jobs = program, sweep, jobs
        self.common = [f"{key}={value.text()}" for key, value in sweep.common]
        self.lock = Lock()
        self.processes = []
        self.stopped = False

    def answers(self, points, is_stopped=lambda: False, on_progress=lambda count: None):
        """An Answer for each point; None where it was stopped. Throws SweepError where the program does not do its
        part."""
        count = min(self.jobs, math.ceil(len(points) / FEWEST_A_PROCESS))
        cuts = [len(points) * i // count for i in range(count + 1)]
        found = [[] for _ in range(count)]
        with ThreadPoolExecutor(count) as pool:
            try:
                futures = [pool.submit(self.check, points[start:end], answers)
                           for start, end, answers in zip(cuts, cuts[1:], found)]
                while wait(futures, TICK_S).not_done and not is_stopped():
                    on_progress(sum(map(len, found)))
                if is_stopped():
                    return None
            finally:
                self.stop()
            for future in futures:
                future.result()
        return [answer for answers in found for answer in answers]

    def stop(self):
        with self.lock:
            self.stopped = True
            for process in self.processes:
                end(process)

    def start(self, **streams):
        """None where all are stopped."""
        command = self.program.arguments("check", self.sweep) + ["--points", "-"]
        with self.lock:
            if self.stopped:
                return None
            process = subprocess.Popen(command, cwd=self.sweep.folder, start_new_session=True, **streams)
            self.processes.append(process)
            return process

    def check(self, points, answers):
        with tempfile.TemporaryFile() as lines, tempfile.TemporaryFile() as words:
            for point in points:
                lines.write(json.dumps(self.common + point.arguments()).encode() + b"\n")
            lines.seek(0)
            process = self.start(stdin=lines, stdout=subprocess.PIPE, stderr=words)
            if process is None:
                return
            with process:
                for line in process.stdout:
                    answer = read_answer(line, len(answers))
                    if answer is None or len(answers) == len(points):
                        end(process)
                        raise SweepError(f"{self.program.path} check: no answer to a point: "
                                         f"{line[:200].decode(errors='replace').strip()}")
                    answers.append(answer)
            if len(answers) < len(points):
                words.seek(0)
                code = process.returncode if process.returncode >= 0 else 128 - process.returncode
                said = error_message(code, words.read(1 << 16).decode(errors="replace"))
                sweep = self.sweep
                if not answers and said.startswith(f"{sweep.base}: no such file"):
                    raise SweepError(f"{sweep.path}:{sweep.base_line}: base: {said}")
                raise SweepError(f"{self.program.path} check: ended before all points were checked: {said}")


def read_answer(line, number):
    """None where the line does not answer the point of this number."""
    try:
        answer = json.loads(line)
        if answer["point"] != number or answer["status"] not in ("ok", "bad input", "cannot run"):
            return None
        if answer["status"] == "ok":
            return Answer("ok", answer["inputs"], answer["events"], "", tuple(answer["warnings"]))
        return Answer(answer["status"], "", 0, answer["error"], tuple(answer.get("warnings", ())))
    except (ValueError, KeyError, TypeError):
        return None
