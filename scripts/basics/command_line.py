"""What the command lines of all scripts have in common."""

import argparse
import re
import sys

from basics.man_page import man_page
from basics.nearest import did_you_mean
from basics.script_name import script_name, version


class Parser(argparse.ArgumentParser):
    """Under the name that the script was called by. Those of scripts derive from it, and raise their own kind of error in
    error(), which said() gives the words for."""

    def parse_known_args(self, args=None, namespace=None):
        self.words = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def said(self, message):
        """As the program says it, with the option that may have been meant, also where something else is missing for that."""
        unknown = message.removeprefix("unrecognized arguments: ")
        if unknown == message and not message.startswith("the following arguments are required: "):
            return re.sub(r"invalid choice: '([^']*)' \(choose from ([^)]+)\)$", choice_said, message)
        known = self.known_options()
        option = next((word for word in self.options_given() if is_unknown(word, known, self.allow_abbrev)), None)
        if option is not None:
            return f"unknown option '{option}'{did_you_mean(option, sorted(known))}"
        return message if unknown == message else f"unexpected argument '{unknown.split(' ', 1)[0]}'"

    def options_given(self):
        words = self.words[:self.words.index("--")] if "--" in self.words else self.words
        return [word.partition("=")[0] for word in words if word.startswith("-") and " " not in word]

    def known_options(self):
        """And those of the subcommands that were named."""
        known = {option for action in self._actions for option in action.option_strings if action.help != argparse.SUPPRESS}
        for action in self._actions:
            for name, command in (action.choices.items() if isinstance(action, argparse._SubParsersAction) else ()):
                if name in self.words:
                    known |= command.known_options()
        return known


def choice_said(match):
    """Newer Pythons than 3.12 list choices without quotes."""
    choices = [choice.strip("'") for choice in match[2].split(", ")]
    return f"invalid choice: '{match[1]}' (choose from {', '.join(map(repr, choices))}){did_you_mean(match[1], choices)}"


def is_unknown(word, known, is_beginning_enough):
    """Of short options what follows may be a value."""
    if word.startswith("--"):
        return word not in known and not (is_beginning_enough and any(option.startswith(word) for option in known))
    return len(word) > 1 and not word[1:2].isdigit() and word[:2] not in known


class Once(argparse.Action):
    """Prints what `text` gives of the parser, and ends."""

    def __init__(self, option_strings, dest, text, help=None):
        super().__init__(option_strings, dest=argparse.SUPPRESS, default=argparse.SUPPRESS, nargs=0, help=help)
        self.text = text

    def __call__(self, parser, namespace, values, option_string=None):
        print(self.text(parser))
        parser.exit()


def start(kind, description, exit_codes, **settings):
    """A parser of the kind, with what every script has. `exit_codes`: what they say."""
    parser = kind(prog=script_name(), description=description, epilog=f"Exit codes: {exit_codes}.", **settings)
    parser.exit_codes = exit_codes
    parser.add_argument("--version", action=Once, text=lambda _: f"{script_name()} {version()}",
                        help="print the version and exit")
    parser.add_argument("--man", action=Once, text=man_page, help=argparse.SUPPRESS)
    return parser
