"""Completions and manual pages: as the shells and troff read them."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

from program import PROGRAM, PROJECT, CliTest

COMMANDS = {"run", "check", "explore", "report", "profile", "trace", "model", "arch", "platform", "validate", "calibrate",
            "completion", "man"}
SHELLS = ("bash", "zsh", "fish")
# What is typed, and what must be offered, one of many or the only one.
OFFERED = {"upmem-des ": COMMANDS, "upmem-des run --cost-model ": {"reference", "roofline"},
           "upmem-des arch ": {"list", "show", "validate"}, "upmem-des completion ": set(SHELLS),
           "upmem-des trace --logits ": {"all", "last"}, "upmem-des run --js": {"--json"},
           "upmem-des arch show --ex": {"--extra-archs"}, "upmem-des calibrate --by ": {"row", "shape"},
           "upmem-des run scenarios/llama-2-7b_4": {"scenarios/llama-2-7b_4chip.yaml"},
           "upmem-des run a.yaml --json LICEN": {"LICENSE"}, "upmem-des profile --model scenari": {"scenarios/"}}

BASH = """
source "$1"
read -ra COMP_WORDS <<<"$2"
[[ $2 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_upmem_des
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = 'source "$argv[1]"; complete -C "$argv[2]"'
# An interactive zsh in a terminal of its own: what it makes of the line when Tab is pressed. Enter only shows it again.
ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT=; autoload -Uz compinit; compinit -u -D; source '$1'; stty rows 100 cols 200; print LOA''DED"
zpty -r -m shell said '*LOADED*'
zpty -w shell "show() { print -r -- LI''NE \\$BUFFER EN''D; }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word"
zpty -n -w shell "$2"$'\\t\\x18'
zpty -r -m shell said '*LINE*END*'
print -r -- "$said"
zpty -d shell
"""


def answer(*command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=PROJECT,
                          timeout=60, check=False, text=True, **options).stdout


class Completion(CliTest):
    def script(self, shell):
        path = Path(self.folder, f"completion.{shell}")
        path.write_text(self.good("completion", shell))
        return str(path)

    def test_bash(self):
        script = self.script("bash")
        for typed, expected in OFFERED.items():
            with self.subTest(typed):
                offered = {word.rstrip("/") for word in answer("bash", "-c", BASH, "bash", script, typed).split("\n") if word}
                self.assertEqual(offered, {word.rstrip("/") for word in expected})

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        script = self.script("fish")
        for typed, expected in OFFERED.items():
            with self.subTest(typed):
                lines = answer("fish", "--no-config", "-c", FISH, script, typed).splitlines()
                self.assertEqual({line.split("\t")[0] for line in lines}, expected)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        script = self.script("zsh")
        self.assertEqual(answer("zsh", "-n", script), "")
        for typed, expected in OFFERED.items():
            if len(expected) > 1:  # what is offered is not on the line
                continue
            with self.subTest(typed):
                said = answer("zsh", "-f", "-c", ZSH, "zsh", script, typed)
                line = said.rsplit("LINE ", 1)[-1].split(" END")[0]
                self.assertEqual(line.split()[-1:], [next(iter(expected))], said)

    def test_every_command_is_there(self):
        for shell in SHELLS:
            text = self.good("completion", shell)
            for command in COMMANDS:
                self.assertIn(command, text)
            self.assertNotIn("work", [word for line in text.splitlines() for word in line.split()])

    def test_another_shell(self):
        self.refused("completion", "tcsh", saying=("tcsh", "bash", "zsh", "fish"))
        self.refused("completion", saying="SHELL")


class ManualPages(CliTest):
    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_troff_has_no_warning(self):
        for command in ("", *sorted(COMMANDS)):
            path = Path(self.folder, "page.1")
            path.write_text(self.good("man", *command.split()))
            self.assertEqual(answer("groff", "-man", "-ww", "-z", str(path)), "", command)

    def test_pages_say_what_the_help_says(self):
        page = self.good("man", "platform")
        self.check_words(page, ("UPMEM-DES-PLATFORM 1", "upmem\\-des platform show", "\\fIFORMAT\\fR",
                                "text, xml (SimGrid's) or dot (Graphviz).", "SEE ALSO"))
        self.check_words(self.good("man", "trace"), ("\\fB\\-\\-batch\\fR \\fIN\\fR", "side by side; 1 if it is not given."))
        self.check_words(self.good("man", "run"), ("\\fIKEY=VALUE\\fR", ".SH EXIT STATUS"))
        program = self.good("man")
        for command in COMMANDS:
            self.assertIn(f"\\fBupmem\\-des\\-{command}\\fR(1)", program)
        for script in ("sweep", "plot", "plot\\-served", "plot\\-timeline", "highest\\-rate", "capture"):
            self.assertIn(f"\\fBupmem\\-des\\-{script}\\fR(1)", program)

    def test_what_is_said_once(self):
        page = self.good("man")
        self.check_words(page, (".SH ENVIRONMENT\n.TP\n\\fBUPMEM_DES_DATA\\fR\nThe folder with architectures", "\n.TP\n\\fBNO_COLOR\\fR\n",
                                ".SH EXIT STATUS\n0: success. 1: the simulation failed. 2: bad input or usage.\n",
                                ".SH NOTES\n.PP\nTry: "))
        self.assertNotIn("Exit codes", page)
        self.assertNotIn("ENVIRONMENT", self.good("man", "run"))

    def test_another_command(self):
        self.refused("man", "rnu", saying=("no command 'rnu'", "did you mean 'run'"))


if __name__ == "__main__":
    unittest.main()
