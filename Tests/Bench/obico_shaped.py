#!/usr/bin/env python3
"""Writes a network of the shape of Obico's published one with random weights: OUT.cfg, OUT.weights (202 MB).

    obico_shaped.py OUT [--size 416] [--width 1.0]

29.33 GFLOP and 50.5 million parameters at 416 pixels. Weights are scaled so that activations keep their size through
the layers; the boxes mean nothing. --width scales every layer's filters, for a quick trial. Needs numpy.
"""
import argparse
import struct

import numpy

# A number: 3x3 convolution with so many filters. (n, 1): 1x1. "M": maxpool 2/2.
BODY = [32, "M", 64, "M", 128, (64, 1), 128, "M", 256, (128, 1), 256, "M", 512, (256, 1), 512, (256, 1), 512, "M",
        1024, (512, 1), 1024, (512, 1), 1024, 1024, 1024]
ANCHORS = "1.3221,1.73145, 3.19275,4.00944, 5.05587,8.09892, 9.47112,4.84053, 11.2364,10.0071"


class Writer:
    def __init__(self, width):
        self.random = numpy.random.default_rng(42)
        self.width, self.text, self.blobs = width, [], []

    def section(self, name, **values):
        self.text.append(f"[{name}]\n" + "".join(f"{k}={v}\n" for k, v in values.items()))

    def convolution(self, inputs, filters, size, normalised=True):
        filters = filters if not normalised else max(1, int(filters * self.width))
        values = dict(batch_normalize=1) if normalised else {}
        self.section("convolutional", **values, filters=filters, size=size, stride=1, pad=1,
                     activation="leaky" if normalised else "linear")
        r, f = self.random, numpy.float32
        rows = [r.normal(0, .1, filters)]
        if normalised:
            rows += [r.uniform(.8, 1.2, filters), r.normal(0, .1, filters), r.uniform(.8, 1.2, filters)]
        fan_in = inputs * size * size
        rows.append(r.standard_normal((filters, fan_in), dtype=f) * f((2 / fan_in) ** .5))
        self.blobs += [row.astype("<f4").tobytes() for row in rows]
        return filters


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--size", type=int, default=416)
    parser.add_argument("--width", type=float, default=1.0)
    options = parser.parse_args()
    w = Writer(options.width)
    w.section("net", width=options.size, height=options.size, channels=3)
    channels, outputs = 3, []
    for item in BODY:
        if item == "M":
            w.section("maxpool", size=2, stride=2)
        else:
            filters, size = (item, 3) if isinstance(item, int) else item
            channels = w.convolution(channels, filters, size)
        outputs.append(channels)
    w.section("route", layers=-9)
    side = w.convolution(outputs[-9], 64, 1)
    w.section("reorg3d", stride=2)
    w.section("route", layers="-1,-4")
    channels = w.convolution(4 * side + channels, 1024, 3)
    w.convolution(channels, 30, 1, normalised=False)
    w.section("region", anchors=ANCHORS, classes=1, coords=4, num=5, softmax=1)
    with open(options.out + ".cfg", "w") as file:
        file.write("\n".join(w.text))
    with open(options.out + ".weights", "wb") as file:
        file.write(struct.pack("<iiiq", 0, 2, 0, 0))
        file.writelines(w.blobs)


if __name__ == "__main__":
    main()
