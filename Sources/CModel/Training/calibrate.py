"""Input sizes, resizing and calibrations of the objectness logit side by side, on dev.

    calibrate.py --data DATA --checkpoint RUN/last.pt [--sizes 288,320]

Choose one scale and one bias for all by this table: they move every picture alike, and are baked into the weights.
"""
import argparse

import cv2
import numpy as np
import torch

from evaluate import Evaluation, load
from score import WARNING, auc

RESIZES = {"bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}


def numbers(text):
    return [float(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--sizes", type=numbers, default=[288.0])
    parser.add_argument("--scales", type=numbers, default=[0.8, 1.0, 1.3])
    parser.add_argument("--biases", type=numbers, default=list(np.arange(-3, 0.1, 0.5)))
    options = parser.parse_args()
    torch.set_num_threads(2)
    network = load(options.checkpoint)
    print("size resize scale bias | clean: mean, >= 0.38 | group: AUC, >= 0.38, median")
    for size in options.sizes:
        for resize, method in RESIZES.items():
            evaluation = Evaluation(options.data, options.split, int(size), method)
            boxes = evaluation.boxes(network)
            for scale in options.scales:
                for bias in options.biases:
                    scores = evaluation.scores(boxes, scale, bias)
                    clean = scores.pop("clean")
                    groups = "; ".join(f"{name} {auc(values, clean):.3f} {(values >= WARNING).mean():.2f} {np.median(values):.2f}"
                                       for name, values in scores.items())
                    print(f"{size:.0f} {resize} {scale:g} {bias:+.2f} | {clean.mean():.3f} {(clean >= WARNING).mean():.3f} | {groups}")


if __name__ == "__main__":
    main()
