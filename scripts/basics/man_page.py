"""Manual pages of the scripts, made of their command lines. That of the program is src/cli/man_page.cpp's."""

import argparse
import re

from basics.script_name import version

PROGRAM = "upmem-des"
BREAKING = re.compile(r"(?m)^(?=[.'])")


def plain(text):
    """Text as troff takes it: hyphens that are typed, and no line that begins with a control character."""
    text = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return BREAKING.sub(r"\\&", "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in text))


def sentence(text):
    return plain(text) + ("" if text.endswith((".", "…")) else ".") + "\n"


def man_page(parser):
    """Of a parser that start() made; its subcommands are part of the page."""
    name = parser.prog
    title = parser.description.split(": ")[0].split(". ")[0].rstrip(".")
    text = f'.\\" Written by: {name} --man\n.TH {name.upper()} 1 "" "{PROGRAM} {version()}" "User Commands"\n'
    text += f".SH NAME\n{plain(name)} \\- {plain(title)}\n.SH SYNOPSIS\n{synopsis(parser)}"
    text += f".SH DESCRIPTION\n{sentence(parser.description)}.SH OPTIONS\n{options(parser)}"
    commands = subcommands(parser)
    if commands:
        text += ".SH COMMANDS\n"
    for command, (about, its) in commands.items():
        text += f".SS {plain(command)}\n{sentence(its.description or about)}.PP\n{synopsis(its)}{options(its)}"
    text += f".SH EXIT STATUS\n{sentence(parser.exit_codes)}"
    return text + f".SH SEE ALSO\n\\fB{plain(PROGRAM)}\\fR(1)"


def shown(parser):
    """Options and arguments that the help shows; subcommands are no option, and their --help goes without saying."""
    hidden = (argparse._SubParsersAction,) if hasattr(parser, "exit_codes") else (argparse._HelpAction,)
    return [action for action in parser._actions if action.help != argparse.SUPPRESS and not isinstance(action, hidden)]


def subcommands(parser):
    """(what it is, its parser) of each, by name."""
    return {choice.dest: (choice.help, action.choices[choice.dest])
            for action in parser._actions if isinstance(action, argparse._SubParsersAction)
            for choice in action._choices_actions}


def value_of(action):
    if action.nargs == 0:
        return ""
    return action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())


def synopsis(parser):
    text = f".B {plain(parser.prog)}\n[\\fIoptions\\fR]\n"
    for action in shown(parser):
        value = f"\\fI{plain(value_of(action))}\\fR"
        if action.option_strings and action.required:
            text += f"\\fB{plain(action.option_strings[0])}\\fR {value}\n"
        elif not action.option_strings:
            text += f"[{value}]\n" if action.nargs == "?" else f"{value}\n"
    return text + ("\\fIcommand\\fR \\&...\n" if subcommands(parser) else "")


def options(parser):
    text = ""
    for action in shown(parser):
        names = ", ".join(f"\\fB{plain(option)}\\fR" for option in action.option_strings)
        value = f"\\fI{plain(value_of(action))}\\fR" if value_of(action) else ""
        about = parser._get_formatter()._expand_help(action)
        text += f".TP\n{' '.join(filter(None, (names, value)))}\n{sentence(about)}"
    return text
