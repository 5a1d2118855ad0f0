"""The command `plot`."""

import re

from basics.outermost import complain
from basics.script_name import script_name, sibling
from pictures.command import Pictures, check_pictures, options_of
from pictures.figure import load_matplotlib, save
from plotting.selection import Selection
from plotting.table import Table


def plot():
    """Raises BadInput."""
    options = parser().parse_args()
    if options.kind == "errors":
        return plot_file(options, "errors")
    if options.kind == "tornado":
        return plot_file(options, "tornado")
    selection = Selection(Table(options.file), options.where)
    check_pictures(pictures_of(options), "-o", options.file)
    load_matplotlib()
    from plotting import bar, frame, goodput, latency, line, pareto
    draw = {"line": line.draw_line, "bar": bar.draw_bar, "pareto": pareto.draw_pareto, "latency": latency.draw_latency,
            "goodput": goodput.draw_goodput}[options.kind]
    figure = draw(selection, options)
    save(figure, pictures_of(options), frame.DPI)
    for note in selection.notes:
        complain(script_name(), f"note: {note}")


def plot_file(options, kind):
    """Of files that are no sweep's."""
    pictures = pictures_of(options)
    for file in (options.file, getattr(options, "against", None)):
        if file is not None:
            check_pictures(pictures, "-o", file)
    load_matplotlib()
    from plotting import errors, frame, tornado
    draw = {"errors": errors.draw_errors, "tornado": tornado.draw_tornado}[kind]
    save(draw(options.file, options), pictures, frame.DPI)


def parser():
    every = options_of(f"Draws what {sibling('sweep')} wrote into RESULTS.csv: PREFIX.png and PREFIX.svg, and a PDF where it is "
                       "named.")
    kinds = every.add_subparsers(metavar="KIND", dest="kind", required=True)

    line = kinds.add_parser("line", help="a result against a swept number, a line for each group")
    add_common(line)
    line.add_argument("-x", metavar="COLUMN", required=True, help="swept numbers, such as workload.batch")
    line.add_argument("-y", metavar="METRIC", required=True, help="a result, such as decode_tokens_per_s")
    line.add_argument("--by", metavar="COLUMN[,COLUMN]", type=columns, default=[], help="a line for each of its values")
    add_log(line, "xy")

    bar = kinds.add_parser("bar", help="bars by one or two swept columns")
    add_common(bar)
    bar.add_argument("--by", metavar="COLUMN[,COLUMN]", type=columns, required=True,
                     help="categories, and bars within each")
    bar.add_argument("-y", metavar="METRIC[,METRIC]", type=columns, required=True,
                     help="results; energy_parts are all parts of the energy, which are stacked")
    bar.add_argument("--stacked", action="store_true", help="stack the results, such as prefill_time_s,decode_time_s")
    add_log(bar, "y")

    pareto = kinds.add_parser("pareto", help="two results of each point, and which points no other is better than")
    add_common(pareto)
    pareto.add_argument("-x", metavar="METRIC", required=True, help="a result, such as time_s")
    pareto.add_argument("-y", metavar="METRIC", required=True, help="another, such as energy_J")
    pareto.add_argument("-z", metavar="METRIC", help="a third, such as devices: its value is beside each point, and the front "
                                                     "is that of all three")
    pareto.add_argument("--by", metavar="COLUMN[,COLUMN]", type=columns, default=[],
                        help="a colour for each of its values")
    pareto.add_argument("--label", metavar="COLUMN[,COLUMN]", type=columns,
                        help="what points on the front are called; else what tells them apart")
    pareto.add_argument("--more", metavar="METRIC", action="append", default=[],
                        help="more of it is better (repeatable)")
    pareto.add_argument("--less", metavar="METRIC", action="append", default=[],
                        help="less of it is better (repeatable)")
    add_log(pareto, "xy")
    add_served(kinds)
    errors = kinds.add_parser("errors", help="estimates against measurements of upmem-des validate --csv")
    add_common(errors, "ROWS.csv", "what upmem-des validate --csv wrote", has_where=False)
    tornado = kinds.add_parser("tornado", help="what the cost in a result of upmem-des run --json depends on")
    add_common(tornado, "RESULT.json", "what upmem-des run --json wrote", has_where=False)
    tornado.add_argument("--of", metavar="COST", default="usd_per_million_tokens",
                         help="usd_per_million_tokens unless given, usd_per_million_output_tokens, "
                              "usd_per_query_per_second or g_CO2_per_million_tokens")
    tornado.add_argument("--against", metavar="OTHER.json",
                         help="a second result: what the ratio of the first one's cost to its cost depends on")
    return every


def add_served(kinds):
    latency = kinds.add_parser("latency", help="served requests: p50 and p99 of their times against throughput")
    add_common(latency)
    latency.add_argument("-x", metavar="METRIC", default="output_tokens_per_s",
                         help="throughput; output_tokens_per_s unless given, or requests_per_s")
    latency.add_argument("-y", metavar="TIME[,TIME]", type=columns, default=["ttft", "tpot"],
                         help="of ttft, tpot and e2e; ttft,tpot unless given")
    goodput = kinds.add_parser("goodput", help="served requests: those within objectives, and all, against the rate")
    add_common(goodput)
    goodput.add_argument("-x", metavar="COLUMN", help="the swept rate; else the column that ends in arrivals.rate")
    for kind, axes in ((latency, "xy"), (goodput, "xy")):
        kind.add_argument("--by", metavar="COLUMN[,COLUMN]", type=columns, default=[], help="a line for each of its values")
        add_log(kind, axes)


def add_common(kind, file="RESULTS.csv", help=None, has_where=True):
    kind.add_argument("file", metavar=file, help=help or f"what {sibling('sweep')} wrote")
    kind.add_argument("-o", metavar="PREFIX", dest="prefix",
                      help="write PREFIX.png and PREFIX.svg, with PREFIX.pdf also a PDF; else RESULTS-KIND")
    if has_where:
        add_where(kind)
    add_titles(kind)


def add_where(kind):
    kind.add_argument("--where", metavar="CONDITION", action="append", default=[],
                      help="only these rows, such as case=H100 or 'workload.batch > 8 and time_s < 1' (repeatable; values of "
                           "one column are alternatives)")


def add_titles(kind):
    kind.add_argument("--title", help="in place of one made from the columns; '' for none")
    kind.add_argument("--x-label", metavar="TEXT", help="in place of the column's name")
    kind.add_argument("--y-label", metavar="TEXT", help="in place of the result's name; its unit follows")


def add_log(kind, axes):
    for which in axes:
        kind.add_argument(f"--log-{which}", action="store_true", help=f"a logarithmic {which} axis")


def columns(text):
    return [column.strip() for column in text.split(",")]


def pictures_of(options):
    if options.prefix is None:
        return Pictures(f"{re.sub(r'[.](csv|json)$', '', options.file)}-{options.kind}.png")
    return Pictures(options.prefix)
