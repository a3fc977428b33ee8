#!/usr/bin/env python3
"""Writes farmtop-spaghetti.cfg, the network of the bundled weights, from a table of its layers.

    make_cfg.py > farmtop-spaghetti.cfg

The body is Yolo-Fastest 1.1 XL's: each row of BODY is one inverted residual block, 1x1 up, 3x3 depthwise, 1x1 down.
"""
SIZE = 320
ANCHORS = "18.1818, 18.1818, 36.3636, 32.7273, 47.2727, 60, 90.9091, 56.3636, 100, 109.091, 200, 181.818"
HEAD_FILTERS = 3 * (5 + 1)  # three anchors of x, y, width, height, objectness and one class

# (filters inside, filters out, stride of the depthwise layer, times, adds): blocks of a row marked "+" add their
# input to their output.
BODY = [
    (16, 8, 1, 1, ""), (16, 8, 1, 1, "+"),
    (48, 16, 2, 1, ""), (64, 16, 1, 2, "+"),
    (64, 16, 2, 1, ""), (96, 16, 1, 2, "+"),
    (96, 32, 1, 1, ""), (192, 32, 1, 4, "+"),
    (192, 48, 2, 1, ""), (272, 48, 1, 4, "+"),
    (272, 96, 2, 1, ""), (448, 96, 1, 5, "+"),
]


def section(name, **values):
    print(f"[{name}]")
    for key, value in values.items():
        print(f"{key}={value}")
    print()


def pointwise(filters, activation):
    section("convolutional", filters=filters, size=1, activation=activation)


def depthwise(filters, size, stride=1):
    section("convolutional", filters=filters, size=size, groups=filters, stride=stride, pad=1, activation="leaky")


def head(filters, mask):
    for _ in range(2):
        depthwise(filters, 5)
        pointwise(filters, "linear")
    pointwise(HEAD_FILTERS, "linear")
    section("yolo", mask=mask, anchors=ANCHORS, classes=1, num=6, scale_x_y="1.0")


def main():
    print("# farmtop-spaghetti: one class, failure (loose strands). See MODEL_CARD.md. Written by make_cfg.py.")
    print("# The batch normalisation of training is folded into the convolutions. Input: RGB stretched to the size, 0...1.")
    print("# resize: it was trained with half-pixel bilinear resizing; Darknet itself would align the corners.")
    section("net", width=SIZE, height=SIZE, channels=3, resize="half_pixel")
    section("convolutional", filters=16, size=3, stride=2, pad=1, activation="leaky")
    for inside, out, stride, times, adds in BODY:
        for _ in range(times):
            pointwise(inside, "leaky")
            depthwise(inside, 3, stride)
            pointwise(out, "linear")
            if adds:
                section("shortcut", **{"from": -4}, activation="linear")
    # Spatial pyramid: the largest of 3x3, 5x5 and 9x9 neighbours beside the map itself.
    section("maxpool", size=3, stride=1)
    section("route", layers=-2)
    section("maxpool", size=5, stride=1)
    section("route", layers=-4)
    section("maxpool", size=9, stride=1)
    section("route", layers="-1,-3,-5,-6")
    pointwise(96, "leaky")
    head(96, "3,4,5")
    # The finer head sees the pyramid, twice as large, and the last 1x1 layer of twice its resolution.
    section("route", layers=-7)
    section("upsample", stride=2)
    section("route", layers="-1,67")
    head(144, "0,1,2")


if __name__ == "__main__":
    main()
