"""Scores of dev, val or left_out, by group and source, with intervals.

    evaluate.py --data DATA (--checkpoint RUN/last.pt | --weights FILE.weights) [--split dev] [--size 384] [--out FILE]
"""
import argparse
import json
import os
from collections import defaultdict

import cv2
import numpy as np
import torch

from network import Network
from photos import PERMISSIVE, manifest
from score import WARNING, auc, bootstrap, boxes_of, p_of, read_input

VARIANTS = {
    "as it is": lambda picture: picture,
    "grey": lambda picture: np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, 2),
    "dark x 0.35, noise": lambda picture: np.clip(
        picture * 0.35 + np.random.default_rng(0).normal(0, 4, picture.shape), 0, 255).astype(np.uint8),
    "blur 1 px": lambda picture: cv2.GaussianBlur(picture, (0, 0), 1),
    "half resolution": lambda picture: cv2.resize(
        cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), picture.shape[1::-1]),
    "JPEG quality 25": lambda picture: cv2.imdecode(
        cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 25])[1], cv2.IMREAD_COLOR),
    "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
    "over-exposed x 1.8": lambda picture: np.clip(picture * 1.8, 0, 255).astype(np.uint8),
    "zoomed out to 60 %": lambda picture: cv2.copyMakeBorder(
        cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA),
        *([int(picture.shape[0] * 0.2)] * 2), *([int(picture.shape[1] * 0.2)] * 2), cv2.BORDER_CONSTANT,
        value=(40, 40, 40)),
}


def one_a_group(entries):
    """The first picture of each near-duplicate group of a source."""
    first = {}
    for entry in entries:
        first.setdefault((entry["source"], entry["label"], entry["cluster"]), entry)
    return list(first.values())


LEFT_OUT = "left_out"


def entries_of(data, split):
    """`left_out`: the photos of the training split that training leaves out for want of a permissive licence.

    They are ten times as many as dev's and of other cameras than those trained on: what training steps and mixtures
    are chosen by, so that dev stays for the calibration.
    """
    if split != LEFT_OUT:
        return [entry for entry in manifest(data) if entry["split"] == split]
    return [entry for entry in manifest(data) if entry["split"] == "train" and entry["source"] not in PERMISSIVE]


def groups(data, split):
    """Name -> manifest entries. p3rc1va1 is represented by one picture a scene, the rest by one a group."""
    entries = entries_of(data, split)
    labelled = lambda *labels: [entry for entry in entries if entry["label"] in labels]
    out = {}
    if split == "dev":
        scenes = [entry for entry in entries if entry["source"] == "p3rc1va1" and entry["rep"] is True]
        out["loose strands"] = [entry for entry in scenes if entry["subtype"] == "loose_strands"]
        out["stringing"] = [entry for entry in scenes if entry["subtype"] == "stringing_or_unsure"]
        out["other sources"] = [entry for entry in labelled("spaghetti") if entry["source"] != "p3rc1va1"]
    else:
        out["failing"] = one_a_group(labelled("spaghetti", "spaghetti_or_stringing"))
    out["clean"] = one_a_group(labelled("negative"))
    out["other defects"] = one_a_group(labelled("other_defect"))
    return {name: chosen for name, chosen in out.items() if chosen}


class Evaluation:
    """The pictures of a split at one input size, and a report of their scores."""

    def __init__(self, data, split, size, resize=cv2.INTER_LINEAR):
        self.groups = groups(data, split)
        self.entries = {entry["file"]: entry for chosen in self.groups.values() for entry in chosen}
        self.pictures = [read_input(os.path.join(data, file), size, resize) for file in self.entries]

    def boxes(self, network, change=lambda picture: picture):
        size = self.pictures[0].shape[0]
        return boxes_of(network, [cv2.resize(change(picture), (size, size)) for picture in self.pictures])

    def scores(self, boxes, scale=1.0, bias=0.0):
        """Group -> array of p."""
        of_file = {file: p_of(rows, scale, bias) for file, rows in zip(self.entries, boxes)}
        return {name: np.array([of_file[entry["file"]] for entry in chosen]) for name, chosen in self.groups.items()}

    def report(self, scores, intervals=True):
        """Lists of (group or source, facts)."""
        clean, rows = scores["clean"], []
        for name, values in scores.items():
            rows.append((name, facts(values, None if name == "clean" else clean, intervals)))
            by_source = defaultdict(list)
            for entry, value in zip(self.groups[name], values):
                by_source[entry["source"]].append(value)
            if len(by_source) > 1:
                rows += [(f"{name}: {source}", facts(np.array(part), None if name == "clean" else clean, intervals))
                         for source, part in sorted(by_source.items())]
        return rows


def facts(values, clean, intervals):
    out = {"n": len(values), "mean": values.mean(), "median": np.median(values), "highest": values.max(),
           "p >= 0.38": (values >= WARNING).mean(), "p >= 0.6": (values >= 0.6).mean()}
    if clean is not None:
        out["AUC"] = auc(values, clean)
        if intervals:
            out["AUC interval"] = bootstrap(auc, values, clean)
    if intervals:
        share = lambda part: (part >= WARNING).mean()
        out["p >= 0.38 interval"] = bootstrap(share, values)
    return out


def table(rows):
    lines = ["| group | n | AUC (95 %) | p >= 0.38 (95 %) | p >= 0.6 | mean p | median | highest |", "|---|---|---|---|---|---|---|---|"]
    span = lambda pair: f" ({pair[0]:.2f}-{pair[1]:.2f})" if pair else ""
    for name, fact in rows:
        area = f"{fact['AUC']:.3f}{span(fact.get('AUC interval'))}" if "AUC" in fact else "-"
        lines.append(f"| {name} | {fact['n']} | {area} | {fact['p >= 0.38']:.3f}{span(fact.get('p >= 0.38 interval'))} "
                     f"| {fact['p >= 0.6']:.2f} | {fact['mean']:.3f} | {fact['median']:.2f} | {fact['highest']:.2f} |")
    return "\n".join(lines)


def short(scores):
    """One line for a log."""
    clean = scores["clean"]
    parts = [f"{name} {auc(values, clean):.3f} >={WARNING} {(values >= WARNING).mean():.2f}"
             for name, values in scores.items() if name != "clean"]
    return f"{'; '.join(parts)}; clean mean {clean.mean():.3f} >={WARNING} {(clean >= WARNING).mean():.3f}"


def load(checkpoint=None, weights=None):
    """A network in evaluation mode from a training checkpoint's average, or from a folded .weights file."""
    network = Network(folded=weights is not None)
    if weights:
        network.read(weights)
    else:
        network.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    return network.eval().to(memory_format=torch.channels_last)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of manifest.json and its pictures")
    parser.add_argument("--checkpoint")
    parser.add_argument("--weights")
    parser.add_argument("--split", default="dev", help="dev, val or left_out")
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--bias", type=float, default=0.0)
    parser.add_argument("--area", action="store_true", help="shrink by areas instead of bilinear")
    parser.add_argument("--no-intervals", action="store_true")
    parser.add_argument("--robustness", action="store_true", help="also with changed light, sharpness and distance")
    parser.add_argument("--out", help="write p of every picture here, {file: p} as JSON")
    options = parser.parse_args()
    torch.set_num_threads(2)
    network = load(options.checkpoint, options.weights)
    evaluation = Evaluation(options.data, options.split, options.size,
                            cv2.INTER_AREA if options.area else cv2.INTER_LINEAR)
    boxes = evaluation.boxes(network)
    print(table(evaluation.report(evaluation.scores(boxes, options.scale, options.bias), not options.no_intervals)))
    if options.out:
        with open(options.out, "w") as file:
            json.dump({name: p_of(rows, options.scale, options.bias) for name, rows in zip(evaluation.entries, boxes)},
                      file, indent=1)
    for name, change in VARIANTS.items() if options.robustness else ():
        print(f"{name}: {short(evaluation.scores(evaluation.boxes(network, change), options.scale, options.bias))}")


if __name__ == "__main__":
    main()
