#!/usr/bin/env python3
"""Two threads of one process against two processes of one thread each at the same time, in turns: the ratio of frames.

    two_threads.py [--farmtop .build/release/farmtop] [--model CFG] [--rounds 5]

Both ways to use two threads: together on one frame, by the milliseconds of the network alone; and side by side on two frames,
as `farmtop serve` computes those of a small network, by the whole way from JPEG to boxes. Medians, as `model bench` measures
them. Where there is a C compiler each round also says how far the first two cores are apart (core_distance.c): two virtual
cores may come to lie on cores that share no cache, and part again, while they run.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile


def core_distance(folder):
    """A program that prints it, or nothing where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        return None
    source, program = pathlib.Path(__file__).with_name("core_distance.c"), folder / "core_distance"
    subprocess.run([compiler, "-O2", "-pthread", str(source), "-o", str(program)], check=True)
    return lambda: int(subprocess.run([str(program)], check=True, stdout=subprocess.PIPE, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--farmtop", default=".build/release/farmtop")
    parser.add_argument("--model", help="another network's .cfg; the default is the bundled one")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compare(options, core_distance(pathlib.Path(folder)))


def compare(options, distance):
    def start(*arguments):
        command = [options.farmtop, "model", "bench", "--json", *arguments]
        command += ["--model", options.model] if options.model else []
        return subprocess.Popen(command, stdout=subprocess.PIPE)

    def result(process):
        output, _ = process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"farmtop model bench ended with {process.returncode}")
        return json.loads(output)

    rounds = []
    apart = distance() if distance else None
    for _ in range(options.rounds):
        together = result(start("--threads", "2"))["median_ms"]
        between = distance() if distance else None
        processes = [result(process) for process in [start("--threads", "1"), start("--threads", "1")]]
        side_by_side = result(start("--threads", "1", "--side-by-side", "2"))["side_by_side"]["frames_per_second"]
        alone = [each["median_ms"] for each in processes]
        whole = [each["parts_ms"]["total"]["median"] for each in processes]
        on_one = 1 / together / sum(1 / each for each in alone)
        on_two = side_by_side / sum(1e3 / each for each in whole)
        rounds.append((on_one, on_two, (apart, between)))
        where = f", cores {apart} and {between} ns apart" if distance else ""
        print(f"on one frame {together:.2f} ms{where}, two processes {alone[0]:.2f} and {alone[1]:.2f}: {on_one:.3f}; "
              f"side by side {side_by_side:.1f} a second, two processes {sum(1e3 / each for each in whole):.1f}: "
              f"{on_two:.3f}", flush=True)
        apart = distance() if distance else None

    def summary(name, ratios):
        if ratios:
            print(f"{name}: median {statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}, "
                  f"{len(ratios)} rounds")

    if distance:
        summary("one frame, cores under 150 ns apart before and after", [a for a, _, ns in rounds if max(ns) < 150])
        summary("one frame, cores over 150 ns apart before and after", [a for a, _, ns in rounds if min(ns) > 150])
    summary("one frame, all", [a for a, _, _ in rounds])
    summary("side by side, all", [b for _, b, _ in rounds])


if __name__ == "__main__":
    main()
