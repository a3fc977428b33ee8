#!/usr/bin/env python3
"""The failure probability on simulated cameras: is it reliable, and how soon and how rightly does it alert beside other rules?

    failure_probability.py [--farmtop .build/release/farmtop] [--cameras 30] [--seed 2022] [--data FILE.json] [--out FOLDER]

Runs `farmtop eval --simulate Sources/CModel/Training/left_out.csv` (about a minute and a half for 30 cameras of each of ten kinds with six prints each) and
draws reliability.svg and alerts.svg. The nests are those of the half `check` of left_out.csv; the likelihoods were fitted on the half `fit`. --data keeps
the answer, and reads it where it is there already. Prints the tables of MEASURED.md, beside the model card. Needs nothing but Python.
"""
import argparse
import json
import math
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
EDGES = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0001]
COLOURS = {"model": "#0a6", "rule of 0.1": "#c60", "obico": "#777", "cusum": "#36c"}
STANDARD = {"model": 0.6, "rule of 0.1": 1, "obico": 1, "cusum": 5}


def wilson(hits, count):
    """The middle 95 % of a share (E. B. Wilson, 1927)."""
    if count == 0:
        return 0, 1
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0, middle - half), min(1, middle + half)


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else float("nan")


class Drawing:
    """A square of axes, in SVG."""

    def __init__(self, title, across, along):
        self.parts = [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 400" font-family="sans-serif" font-size="12">',
            '<rect width="520" height="400" fill="white"/>',
            f'<text x="60" y="20" font-size="14">{title}</text>',
            f'<text x="260" y="392" text-anchor="middle">{across}</text>',
            f'<text x="14" y="190" text-anchor="middle" transform="rotate(-90 14 190)">{along}</text>',
            '<path d="M60 40V350H500" fill="none" stroke="black"/>']

    def x(self, share):
        return 60 + 440 * share

    def y(self, share):
        return 350 - 310 * share

    def tick_x(self, share, text):
        self.parts.append(f'<path d="M{self.x(share):.1f} 350v5" stroke="black"/><text x="{self.x(share):.1f}" y="368" '
                          f'text-anchor="middle">{text}</text>')

    def tick_y(self, share, text):
        self.parts.append(f'<path d="M60 {self.y(share):.1f}h-5" stroke="black"/><text x="52" y="{self.y(share) + 4:.1f}" '
                          f'text-anchor="end">{text}</text>')

    def line(self, points, colour, dash=""):
        path = "M" + "L".join(f"{self.x(a):.1f} {self.y(b):.1f}" for a, b in points)
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')

    def dot(self, a, b, colour, radius=4):
        self.parts.append(f'<circle cx="{self.x(a):.1f}" cy="{self.y(b):.1f}" r="{radius}" fill="{colour}"/>')

    def text(self, a, b, text, colour="black"):
        self.parts.append(f'<text x="{self.x(a):.1f}" y="{self.y(b):.1f}" fill="{colour}">{text}</text>')

    def save(self, path):
        with open(path, "w") as file:
            file.write("\n".join(self.parts + ["</svg>"]) + "\n")


def reliability(moments, path):
    base = sum(moment["failing"] for moment in moments) / len(moments)
    drawing = Drawing(f"One random moment a print: {len(moments)} prints, {100 * base:.1f} % of the moments failing",
                      "failure probability shown", "share that was failing")
    for share in (0, .2, .4, .6, .8, 1):
        drawing.tick_x(share, f"{100 * share:.0f} %")
        drawing.tick_y(share, f"{100 * share:.0f} %")
    drawing.line([(0, 0), (1, 1)], "#aaa", "4 4")
    print("| shown | moments | mean shown | failing (95 %) |\n|---|---|---|---|")
    for low, high in zip(EDGES, EDGES[1:]):
        inside = [moment for moment in moments if low <= moment["probability"] < high]
        if not inside:
            continue
        mean = sum(moment["probability"] for moment in inside) / len(inside)
        hits = sum(moment["failing"] for moment in inside)
        bounds = wilson(hits, len(inside))
        drawing.line([(mean, bounds[0]), (mean, bounds[1])], COLOURS["model"])
        drawing.dot(mean, hits / len(inside), COLOURS["model"])
        print(f"| {100 * low:g} to {100 * min(high, 1):g} % | {len(inside)} | {100 * mean:.1f} % | "
              f"{100 * hits / len(inside):.1f} % ({100 * bounds[0]:.0f}–{100 * bounds[1]:.0f}) |")
    brier = sum((moment["probability"] - moment["failing"]) ** 2 for moment in moments) / len(moments)
    print(f"\nBrier score {brier:.4f}; always saying the base rate {base:.3f}: {base * (1 - base):.4f}\n")
    drawing.save(path)


def rules(answer, camera="all"):
    return {entry["rule"]: entry["thresholds"] for entry in answer["rules"] if entry["camera"] == camera}


def alerts(answer, path):
    drawing = Drawing("False alerts against failures found, one curve a rule, a dot where it is set",
                      "false alerts per 100 print hours (logarithmic)", "failures found")
    place = lambda rate: (math.log10(max(rate, 0.05)) - math.log10(0.05)) / (math.log10(150) - math.log10(0.05))
    for rate in (0.1, 1, 10, 100):
        drawing.tick_x(place(rate), f"{rate:g}")
    for share in (0, .2, .4, .6, .8):
        drawing.tick_y(share, f"{100 * share:.0f} %")
    print("| rule | threshold | false alerts per 100 h (95 % below) | found | median time to alert |\n|---|---|---|---|---|")
    for number, (rule, points) in enumerate(rules(answer).items()):
        found = lambda point: len(point["seconds_to_alert"]) / max(point["failures"], 1)
        drawing.line([(place(point["false_per_100_hours"]), found(point)) for point in points], COLOURS[rule])
        drawing.text(0.03, 0.93 - 0.06 * number, rule, COLOURS[rule])
        for point in points:
            if point["threshold"] == STANDARD[rule]:
                drawing.dot(place(point["false_per_100_hours"]), found(point), COLOURS[rule], 5)
            print(f"| {rule} | {point['threshold']:g} | {point['false_per_100_hours']:.2f} ({point['at_most_per_100_hours']:.2f}) | "
                  f"{len(point['seconds_to_alert'])} of {point['failures']} | {median(point['seconds_to_alert']) / 60:.0f} min |")
    drawing.save(path)


def by_camera(answer):
    print("\n| camera | clean hours | alerts at 60 % | at most | at 95 % | at 99 % | rule of 0.1 | Obico | CUSUM 5 |\n|---|---|---|---|---|---|---|---|---|")
    for camera in dict.fromkeys(entry["camera"] for entry in answer["rules"]):
        points = {rule: {point["threshold"]: point for point in thresholds} for rule, thresholds in rules(answer, camera).items()}
        rate = lambda rule, threshold, key="false_per_100_hours": f"{points[rule][threshold][key]:.2f}"
        print(f"| {camera} | {points['model'][0.6]['clean_hours']:.0f} | {rate('model', 0.6)} | {rate('model', 0.6, 'at_most_per_100_hours')} | "
              f"{rate('model', 0.95)} | {rate('model', 0.99)} | {rate('rule of 0.1', 1)} | {rate('obico', 1)} | {rate('cusum', 5)} |")


def failing(answers):
    print("\n| all prints fail | " + " | ".join(f"{rule} at {threshold:g}" for rule, threshold in STANDARD.items()) + " |\n|---|---|---|---|---|")
    for name, answer in answers.items():
        if name.startswith("sometimes"):
            continue
        cells = []
        for rule, points in rules(answer).items():
            point = next(point for point in points if point["threshold"] == STANDARD[rule])
            cells.append(f"{len(point['seconds_to_alert'])} of {point['failures']}, {median(point['seconds_to_alert']) / 60:.0f} min")
        print(f"| {name} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--farmtop", default=os.path.join(ROOT, ".build/release/farmtop"))
    parser.add_argument("--cameras", default="30")
    parser.add_argument("--seed", default="2022")
    parser.add_argument("--data")
    parser.add_argument("--out", default=os.path.join(ROOT, "Sources/farmtop/farmtop.docc/Figures"))
    options = parser.parse_args()
    if options.data and os.path.exists(options.data):
        with open(options.data) as file:
            answers = json.load(file)
    else:
        listing = os.path.join(ROOT, "Sources/CModel/Training/left_out.csv")
        run = subprocess.run([options.farmtop, "eval", "--simulate", listing, "--cameras", options.cameras, "--seed", options.seed],
                             stdout=subprocess.PIPE, check=True)
        answers = json.loads(run.stdout)
        if options.data:
            with open(options.data, "w") as file:
                json.dump(answers, file)
    os.makedirs(options.out, exist_ok=True)
    reliability(answers["sometimes"]["moments"], os.path.join(options.out, "reliability.svg"))
    alerts(answers["sometimes"], os.path.join(options.out, "alerts.svg"))
    by_camera(answers["sometimes"])
    failing(answers)
    answered = rules(answers["sometimes, false alerts dismissed"])["model"]
    for point in answered:
        if point["threshold"] in (0.6, 0.95, 0.99):
            print(f"\nfalse alerts dismissed after a minute: at {point['threshold']:g} {point['false_per_100_hours']:.2f} "
                  f"(95 % below {point['at_most_per_100_hours']:.2f}) per 100 h, found {len(point['seconds_to_alert'])} of {point['failures']}")


if __name__ == "__main__":
    main()
