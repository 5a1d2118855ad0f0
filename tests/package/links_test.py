"""What an installed documentation links to is there: links_test.py FOLDER…, each with pages below it."""

import re
import sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def text_of(page):
    """Without blocks of code, in which brackets are something else."""
    return re.sub(r"```.*?```|`[^`\n]*`|^ {4}[^\n]*$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def main():
    pages = [page for folder in sys.argv[1:] for page in [*Path(folder).glob("*.md"), *Path(folder, "docs").glob("*.md")]]
    broken = [f"{page}: {link}" for page in pages for link in LINK.findall(text_of(page))
              if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()]
    print("\n".join(broken) or f"{len(pages)} pages, every link leads to something")
    return 1 if broken or len(pages) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
