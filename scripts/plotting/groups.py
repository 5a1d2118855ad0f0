"""Groups of rows: their names in a legend and how they look."""

from pictures.command import BadInput
from pictures.figure import escape
from pictures.palette import DASHES, LINE_COLOURS, MOST_GROUPS, line_style
from plotting.words import value_words, words


def group_rows(rows, columns):
    """Rows by their values in `columns`, in the order in which these first occur."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[1][column] for column in columns), []).append(row)
    return groups


def group_words(values):
    return escape(", ".join(map(value_words, values)))


def title_words(columns):
    """What values of these columns are called; a `case` needs a name only beside others."""
    return "" if list(columns) == ["case"] else ", ".join(map(words, columns))


def line_styles(groups, path):
    """A style for each group. Of two columns the first decides colour and marker, the second dashes and filling, where
    these are enough."""
    if len(groups) > MOST_GROUPS:
        raise BadInput(f"{path}: {len(groups)} groups, too many to tell apart; expected at most {MOST_GROUPS}: fewer "
                       "columns with --by, or some of the rows with --where")
    firsts = list(dict.fromkeys(values[0] for values in groups if len(values) == 2))
    seconds = list(dict.fromkeys(values[1] for values in groups if len(values) == 2))
    if not firsts or len(firsts) > len(LINE_COLOURS) or len(seconds) > len(DASHES):
        return {values: {**line_style(number), "markerfacecolor": line_style(number)["color"]}
                for number, values in enumerate(groups)}
    styles = {}
    for first, second in groups:
        style = line_style(firsts.index(first))
        which = seconds.index(second)
        filling = [style["color"], "white", "#d9d9d9", "white"][which]
        styles[first, second] = {**style, "linestyle": DASHES[which], "markerfacecolor": filling}
    return styles
