"""Golden files of the exported network for the Swift tests, from PyTorch in single precision.

    golden.py --data DATA --model ../Model --out ../../../Tests/DetectorTests/Golden/model images/p3rc1va1_02864.jpg

For each picture NAME: NAME.u8 (RGB bytes at the input's size), NAME.head0.f32 and NAME.head1.f32 (channel, row, column,
before the sigmoid) and NAME.boxes.txt (confidence x y width height, fractions, after suppression). Only pictures whose
licence allows it may go there.
"""
import argparse
import os

import numpy as np
import torch

from evaluate import load
from export import NAME
from photos import PERMISSIVE, manifest
from score import decode, read_input, suppressed, tensor_of


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True, help="folder of the exported network")
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--out", required=True)
    parser.add_argument("pictures", nargs="+", help="as the manifest names them")
    options = parser.parse_args()
    network = load(weights=os.path.join(options.model, NAME + ".weights")).to(memory_format=torch.contiguous_format)
    sources = {entry["file"]: entry["source"] for entry in manifest(options.data)}
    for file in options.pictures:
        if sources[file] not in PERMISSIVE:
            raise SystemExit(f"{file} has no permissive licence; choose one of {', '.join(PERMISSIVE)}.")
        base = os.path.join(options.out, os.path.splitext(os.path.basename(file))[0])
        picture = read_input(os.path.join(options.data, file), options.size)
        picture.tofile(base + ".u8")
        with torch.no_grad():
            heads = network(tensor_of(picture[None]).contiguous())
        for number, head in enumerate(heads):
            head.numpy().astype("<f4").tofile(f"{base}.head{number}.f32")
        boxes = suppressed(decode(heads)[0].numpy())
        np.savetxt(base + ".boxes.txt", boxes[:, [4, 0, 1, 2, 3]], "%.6g")
        print(f"{file}: p {boxes[:, 4].sum():.3f}, {len(boxes)} boxes")


if __name__ == "__main__":
    main()
