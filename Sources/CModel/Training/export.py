"""A training checkpoint -> the .cfg and .weights that farmtop carries, checked against ONNX Runtime.

    export.py --checkpoint RUN/last.pt --scale 0.62 --biases=-1.8,-1.7,-1.7,-2.5,-1.6,-0.6 --out ../Model
    export.py --weights FILE.weights --size 384 --scale 0.9 --biases=-0.4,-0.3,-0.3,-0.5,-0.2,-0.1 --out ../Model

With --weights the network is a folded one, and the calibration comes on top of the one that it has (see recalibrate.py).
Batch normalisation is folded into the convolutions, the calibration into the two outputs. With --onnx the raw heads are
also written as ONNX, compared, and timed on one core.
"""
import argparse
import os
import time

import numpy as np
import torch

from evaluate import load
from network import MASKS, NO_BIASES, Network, cfg_text, numbers

NAME = "farmtop-spaghetti"
COMMENTS = [
    "farmtop-spaghetti: one class, failure (loose strands). See MODEL_CARD.md. Written by Training/export.py.",
    "Trained on photos under CC BY 4.0 or in the public domain, and on drawn ones, from EfficientNet-Lite2 (Apache 2.0).",
    "The batch normalisation of training is folded into the convolutions. Input: RGB stretched to the size, 0...1.",
    "resize: it was trained with both half-pixel bilinear and area resizing; Darknet itself would align the corners.",
]


class Heads(torch.nn.Module):
    """The heads as a tuple, which the ONNX exporter wants."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pictures):
        return tuple(self.network(pictures))


def compare_with_onnxruntime(network, size, path):
    """Writes the ONNX file; prints the largest difference and the median time of a frame on one core."""
    import onnxruntime

    torch.onnx.export(Heads(network), torch.rand(1, 3, size, size), path, opset_version=13, dynamo=False,
                      input_names=["pictures"], output_names=["coarse", "fine"])
    only_one = onnxruntime.SessionOptions()
    only_one.intra_op_num_threads = only_one.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, only_one, providers=["CPUExecutionProvider"])
    picture = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ours = network(picture)
    theirs = session.run(None, {"pictures": picture.numpy()})
    apart = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(ours, theirs))
    times = []
    for _ in range(60):
        started = time.perf_counter()
        session.run(None, {"pictures": picture.numpy()})
        times.append(time.perf_counter() - started)
    print(f"ONNX Runtime: {1e3 * np.median(times[10:]):.2f} ms (median), largest difference {apart:.2e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--checkpoint")
    start.add_argument("--weights", help="folded, of this network")
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--resize", choices=["half_pixel", "area"], default="area", help="of farmtop's frames")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--biases", type=numbers, default=NO_BIASES, help="of the objectness logit, one an anchor")
    parser.add_argument("--onnx", help="also write this file and compare")
    parser.add_argument("--out", required=True, help="folder")
    options = parser.parse_args()
    trained = load(options.checkpoint, options.weights).to(memory_format=torch.contiguous_format)
    folded = trained.with_folded_norms(options.scale, options.biases)
    path = os.path.join(options.out, NAME)
    with open(path + ".cfg", "w") as file:
        file.write(cfg_text(options.size, options.resize, COMMENTS))
    folded.write(path + ".weights", samples_seen=0)

    again = Network(folded=True).eval()
    again.read(path + ".weights")
    picture = torch.rand(1, 3, options.size, options.size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for ours, theirs, mask in zip(trained(picture), again(picture), MASKS):
            ours = ours.view(3, -1, *ours.shape[2:]).clone()
            biases = torch.tensor([options.biases[anchor] for anchor in mask])
            ours[:, 4] = ours[:, 4] * options.scale + biases.view(3, 1, 1)
            print(f"folded against trained: largest difference {float((ours - theirs.view(ours.shape)).abs().max()):.2e}")
    if options.onnx:
        compare_with_onnxruntime(again, options.size, options.onnx)


if __name__ == "__main__":
    main()
