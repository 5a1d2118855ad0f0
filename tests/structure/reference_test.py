"""The API reference is made without a warning, and says something of every public type and function. Skipped without doxygen."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(sys.argv.pop(1))
# What C++ asks of every iterator, and of what is compared.
PLAIN = {"begin", "end", "tie"}


def has_words(element):
    return any("".join(element.find(part).itertext()).strip() for part in ("briefdescription", "detaileddescription"))


def speaks_for_itself(compound, member):
    """Constructors without arguments and of copies, destructors, operators; functions that say what their base class says."""
    name = member.findtext("name")
    arguments = [argument.findtext("type") or "" for argument in member.findall("param")]
    own = compound.findtext("compoundname").split("::")[-1]
    if name.startswith(("~", "operator")) or name in PLAIN or member.find("reimplements") is not None:
        return True
    return name == own and (not arguments or member.findtext("argsstring", "").endswith(("=delete", "=default")))


@unittest.skipUnless(shutil.which("doxygen"), "doxygen is not installed")
class Reference(unittest.TestCase):
    maxDiff = None

    def test_no_warning_and_nothing_left_out(self):
        with tempfile.TemporaryDirectory(prefix="upmem-des-reference-") as holder:
            done = subprocess.run([ROOT / "scripts" / "make-reference", holder], env={**os.environ, "GENERATE_XML": "YES"}, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=300)
            self.assertEqual("", done.stdout)
            self.assertEqual(0, done.returncode)
            self.assertTrue((pathlib.Path(holder) / "html" / "index.html").exists())
            missing, functions = [], 0
            for file in pathlib.Path(holder, "xml").glob("*.xml"):
                compound = ElementTree.parse(file).getroot().find("compounddef")
                if compound is None or compound.get("kind") not in ("class", "struct", "namespace"):
                    continue
                name = compound.findtext("compoundname")
                if not name.startswith("upmem_des") or "Iterator" in name or compound.get("prot") != "public":
                    continue
                if compound.get("kind") != "namespace" and not has_words(compound):
                    missing.append(name)
                for member in compound.iter("memberdef"):
                    if member.get("kind") not in ("function", "enum") or member.get("prot") == "private":
                        continue
                    functions += 1
                    enum_says = member.get("kind") == "enum" and name.startswith("upmem_des::") and member.findtext("name") in (
                        "Kind", "Part", "Function", "Cell", "Second", "When", "Mask")  # its values are described
                    if not has_words(member) and not speaks_for_itself(compound, member) and not enum_says:
                        missing.append(f"{name}::{member.findtext('name')}{member.findtext('argsstring') or ''}")
            self.assertGreater(functions, 300)
            self.assertEqual([], sorted(missing))


if __name__ == "__main__":
    unittest.main()
