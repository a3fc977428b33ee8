#!/usr/bin/env python3
"""Says what a farmtop binary is made of, from the map that the linker (gold) wrote.

    composition.py MAP [BINARY]

Every input section that is loaded from the file counts for the target, or the library of the Swift toolchain, that its
object belongs to. Debug sections are left out: `strip` takes them off. Standard library only.
"""
import collections, os, re, sys

OWN = {"API", "CAllocator", "CCurses", "CDeflate", "CJPEG", "CKernels", "CModel", "Dashboard", "Detector", "Evaluation",
       "FailureDetection", "Farm", "FarmClient", "FarmConfiguration", "FarmService", "Imaging", "Notifier", "OAuth", "Printers",
       "Storage", "Terminal", "Text", "Wire", "farmtop"}
NAMES = {"_FoundationICU": "ICU, of Foundation", "swiftCore": "Swift standard library"}
# An input section: name, address, size, object; a long name has a line of its own.
INPUT = re.compile(r"^ (?:\S+)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$")
OUTPUT = re.compile(r"^([.\w]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)$")
UNLOADED = re.compile(r"^\.(debug|symtab|strtab|shstrtab|comment|bss|tbss|note\.gnu\.gold)")


def origin(path):
    """The target of `/path/X.build/Y.swift.o`, the library of `/path/libX.a(Y.o)`."""
    if archive := re.search(r"lib([^/]+)\.a\(", path):
        return NAMES.get(archive.group(1), archive.group(1))
    target = re.search(r"/([^/]+)\.build/", path)
    return target.group(1) if target else "C runtime"


def read(path):
    sections, parts = collections.Counter(), collections.Counter()
    section, is_map = None, False
    for line in open(path, errors="replace"):
        is_map = is_map or line.startswith("Memory map")
        if not is_map:
            continue
        # The name of an output section may stand alone, its numbers on the next line.
        if (match := OUTPUT.match(line)) or (re.match(r"^[.\w]+$", line) and (match := None) is None):
            name = match.group(1) if match else line.strip()
            section = None if UNLOADED.match(name) else name
            if match and section:
                sections[section] += int(match.group(3), 16)
        elif section and (match := INPUT.match(line)):
            parts[origin(match.group(3))] += int(match.group(2), 16)
        elif section and (match := re.match(r"^\s+0x[0-9a-f]+\s+0x([0-9a-f]+)$", line)) and section not in sections:
            sections[section] += int(match.group(1), 16)
    return sections, parts


def table(title, sizes, limit):
    print(f"\n{title}, MB:")
    ordered = sizes.most_common()
    for name, size in ordered[:limit]:
        print(f"  {size / 1e6:6.2f}  {name}")
    if rest := sum(size for _, size in ordered[limit:]):
        print(f"  {rest / 1e6:6.2f}  {len(ordered) - limit} others")


def main():
    sections, parts = read(sys.argv[1])
    table("By section", sections, 8)
    table("By target and library", parts, 24)
    ours = sum(size for part, size in parts.items() if part in OWN)
    print(f"\nfarmtop's own targets: {ours / 1e6:.1f} MB of {sum(sections.values()) / 1e6:.1f} MB", end="")
    print(f"; the file has {os.path.getsize(sys.argv[2]) / 1e6:.1f} MB." if len(sys.argv) > 2 else ".")


main()
