#!/usr/bin/env python3
"""Puts what the scripts beside this one measured into the page of figures.

    Tests/Bench/soak.py --photo PHOTO.jpg | tee soak.txt
    Tests/Bench/figures.py --machine "machine A" soak.txt [MORE.txt ...]

Reads the output of any of terminal_latency.py, remote_dashboard.py, soak.py, api_bars.py, year_of_a_farm.py, two_threads.py and of
`farmtop model bench --json`, finds the figures that it knows, and writes them into the last column of
Sources/farmtop/farmtop.docc/Figures.md, with the date and the machine. Figures that the output does not have stay as they are. Standard
library only.
"""
import argparse, datetime, pathlib, re, sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "Sources/farmtop/farmtop.docc/Figures.md"


def number(digits):
    return lambda *found: " ".join(f"{float(each):.{digits}f}" for each in found)


# The soak that the page tells of; a shorter one is a trial.
SOAK = r"^soak: 200 printers, 30 min,"

# The row of the page, what finds its figures in the output, and how they are written.
ROWS = [
    ("First frame after the start, seven warm starts", r"^startup_ms +([\d.]+)", lambda ms: f"{float(ms):.0f} ms (one start)"),
    ("Key to the answer, median", r"^key_median_ms +([\d.]+)", lambda ms: f"{float(ms):.2f} ms"),
    ("Key to the answer, 99 % within", r"^key_p99_ms +([\d.]+)", lambda ms: f"{float(ms):.1f} ms"),
    ("New size to the answer", r"^resize_ms +([\d.]+)", lambda ms: f"at most {float(ms):.0f} ms"),
    ("Bytes for a changed cell", r"^bytes_per_cell +([\d.]+)", number(1)),
    ("Idle: bytes, share of a core", r"^idle_bytes_per_s +([\d.]+)[^\n]*\nidle_cpu_percent +([\d.]+)",
     lambda size, share: f"{float(size):.0f}, {float(share):.1f} %"),
    ("First full screen of 20,000 printers over the API",
     r"^first full screen of 20000 printers over the API: ([\d.]+) s", lambda seconds: f"{seconds} s"),
    ("Photos in 30 minutes without an error", SOAK + r" (\d+) frames", lambda count: f"{int(count):,}"),
    ("Resident memory after the first minutes", SOAK + r"[\s\S]*?memory after the first third: .*between ([\d.]+) and ([\d.]+)",
     lambda least, most: f"{least}–{most} MB"),
    ("Open descriptors before and after", SOAK + r"[\s\S]*?descriptors: (\d+) before, \d+ meanwhile, (\d+) after", lambda a, b: f"{a}, {b}"),
    ("List of 200 printers: median, 99 % within", r"list of 200: median ([\d.]+) ms, 99 % within ([\d.]+) ms",
     lambda median, most: f"{median} ms, {most} ms"),
    ("A photo: median, 99 % within", SOAK + r"[\s\S]*?predict: median ([\d.]+) ms, 99 % within ([\d.]+) ms",
     lambda median, most: f"{median} ms, {most} ms"),
    ("Overload, three times what the detector does: photos a second offered, answered, refused with 503",
     r"overload: (\d+) frames/s sent, (\d+)/s answered 200, (\d+)/s 503", lambda *rates: ", ".join(rates)),
    ("First answer after the overload", r"the next frame in (\d+) ms", lambda ms: f"{ms} ms"),
    ("A frame a second from 200 printers: the attached dashboard's share of a core, output",
     r"the dashboard takes ([\d.]+) % of a core and writes ([\d.]+) kB/s", lambda share, size: f"{share} %, {size} kB/s"),
    ("List of 1 printer", r"list of 1 \(.*?\): (\d+)/s, bare route \d+/s: (\d+) %",
     lambda rate, share: f"{int(rate):,} requests/s, {share} % of the bare route"),
    ("List of 50 printers", r"list of 50 \(.*?\): (\d+)/s, bare route \d+/s: (\d+) %",
     lambda rate, share: f"{int(rate):,} requests/s, {share} % of the bare route"),
    ("`start_print` and `finish_print`, each on disk when answered", r"start/finish pairs: (\d+)/s",
     lambda rate: f"{int(rate):,} pairs/s"),
    ("`predict`, against the detector alone", r"predict: \d+ frames/s, detector alone \d+: (\d+) %", lambda share: f"{share} %"),
    ("List of 50 printers while the detector is busy, 99 % within", r"saturated detector: p99 ([\d.]+) ms", lambda ms: f"{ms} ms"),
    ("First answer after the start", r"^start-up +([\d.]+) ms", lambda ms: f"{float(ms):.0f} ms"),
    ("List of printers", r"^list of printers +([\d.]+) ms", lambda ms: f"{ms} ms"),
    ("A page of the history", r"^newest prints +([\d.]+) ms(?:.*\n)prints, the middle +([\d.]+) ms(?:.*\n)prints, oldest first +([\d.]+) ms",
     lambda *pages: f"{min(map(float, pages)):g}–{max(map(float, pages)):g} ms"),
    ("`start_print`", r"^start_print +([\d.]+) ms", lambda ms: f"{ms} ms"),
    ("`start_print` while old rows are removed", r"^start_print, while pruning +([\d.]+) ms", lambda ms: f"{ms} ms"),
    ("Bundled network (256x256 in 0.1, 384x384 since), bfloat16",
     r'"network": "farmtop-spaghetti".*?"precision": "bfloat16".*?"processor_ms": ([\d.]+)', lambda ms: f"{float(ms):.1f} ms"),
    ("Bundled network, float32",
     r'"network": "farmtop-spaghetti".*?"precision": "float32".*?"processor_ms": ([\d.]+)', lambda ms: f"{float(ms):.1f} ms"),
    ("Bringing a frame of 640x480 to the network's size", r'"resize": \{"median": ([\d.]+)', lambda ms: f"{float(ms):.1f} ms"),
    ("Two threads on two frames, against two processes", r"side by side, all: median ([\d.]+), ([\d.]+) to ([\d.]+), (\d+) rounds",
     lambda median, least, most, rounds: f"{float(median):.2f} ({float(least):.2f}–{float(most):.2f}, {rounds} rounds)"),
    ("Two threads on one frame, cores that share a cache",
     r"cores under 150 ns apart before and after: median ([\d.]+), ([\d.]+) to ([\d.]+), (\d+) rounds",
     lambda median, least, most, rounds: f"{float(median):.2f} ({float(least):.2f}–{float(most):.2f}, {rounds} rounds)"),
    ("Two threads on one frame, cores far apart",
     r"cores over 150 ns apart before and after: median ([\d.]+), ([\d.]+) to ([\d.]+), (\d+) rounds",
     lambda median, least, most, rounds: f"{float(median):.2f} ({float(least):.2f}–{float(most):.2f}, {rounds} rounds)"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine", required=True)
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    parser.add_argument("outputs", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    output = "\n".join(path.read_text() for path in options.outputs)
    figures = {}
    for row, pattern, write in ROWS:
        found = re.search(pattern, output, re.MULTILINE)
        if found:
            figures[row] = write(*found.groups())
    lines, version, measured, unknown = PAGE.read_text().split("\n"), None, None, set(figures)
    for index, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) > 2 and cells[0] == "What":
            version, measured = cells[-1], next(i for i in range(index, 0, -1) if lines[i].startswith("0."))
        if cells and cells[0] in figures:
            cells[-1] = figures[cells[0]]
            lines[index] = "| " + " | ".join(cells) + " |"
            unknown.discard(cells[0])
            said = f" {version}: {options.date}, {options.machine}."
            # The paragraph above the table says when and where; an earlier date of this version goes.
            end = next(i for i in range(measured, index) if not lines[i])
            before = re.sub(rf" {re.escape(version)}: \d{{4}}-\d\d-\d\d, [^.]*\.", "", lines[end - 1])
            lines[end - 1] = before + said
    PAGE.write_text("\n".join(lines))
    for row in unknown:
        print(f"{PAGE} has no row {row!r}")
    print(f"{len(figures) - len(unknown)} figures written")
    return 1 if unknown or not figures else 0


sys.exit(main())
