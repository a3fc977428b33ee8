#!/usr/bin/env python3
"""Two threads on one frame against two processes of one thread each at the same time, in turns: the ratio of frames.

    two_threads.py [--farmtop .build/release/farmtop] [--model CFG] [--rounds 5]

Milliseconds of the network alone, medians, as `model bench` measures them.
"""
import argparse
import json
import statistics
import subprocess


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--farmtop", default=".build/release/farmtop")
    parser.add_argument("--model", help="another network's .cfg; the default is the bundled one")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    def start(threads):
        command = [options.farmtop, "model", "bench", "--json", "--threads", str(threads)]
        command += ["--model", options.model] if options.model else []
        return subprocess.Popen(command, stdout=subprocess.PIPE)

    def milliseconds(process):
        output, _ = process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"farmtop model bench ended with {process.returncode}")
        return json.loads(output)["median_ms"]

    ratios = []
    for _ in range(options.rounds):
        alone = milliseconds(start(1))
        shared = milliseconds(start(2))
        beside = [milliseconds(process) for process in [start(1), start(1)]]
        ratios.append(1 / shared / sum(1 / each for each in beside))
        print(f"one thread {alone:.2f} ms, two threads {shared:.2f}, two processes "
              f"{beside[0]:.2f} and {beside[1]:.2f}: {ratios[-1]:.3f}", flush=True)
    print(f"median {statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}")


if __name__ == "__main__":
    main()
