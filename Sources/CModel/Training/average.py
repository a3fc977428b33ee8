"""The weighted mean of two exported networks, value by value: what further training learned, without all that it forgot.

    average.py --first A.weights --second B.weights --share 0.7 --bias -0.5 --size 352 --out ../Model

`share` is the second's. Both must come from one line of training, or the mean makes no sense (Wortsman et al., Model soups,
2022). `bias` is added to the objectness logits of the mean.
"""
import argparse
import os

import torch

from evaluate import load
from export import COMMENTS, NAME
from network import Network, VALUES, cfg_text


def mean_of(first, second, share, bias):
    """A folded network."""
    out = Network(folded=True).eval()
    with torch.no_grad():
        for tensor, a, b in zip(out.tensors(), first.tensors(), second.tensors()):
            tensor.copy_(torch.lerp(a, b, share))
        for output in out.outputs():
            output.bias.view(3, VALUES)[:, 4] += bias
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", required=True, help="folded .weights")
    parser.add_argument("--second", required=True, help="folded .weights of a run that started from the first")
    parser.add_argument("--share", type=float, required=True)
    parser.add_argument("--bias", type=float, default=0.0)
    parser.add_argument("--size", type=int, default=352)
    parser.add_argument("--out", required=True, help="folder")
    options = parser.parse_args()
    path = os.path.join(options.out, NAME)
    with open(path + ".cfg", "w") as file:
        file.write(cfg_text(options.size, "area", COMMENTS))
    mean_of(load(weights=options.first), load(weights=options.second), options.share, options.bias).write(path + ".weights", 0)


if __name__ == "__main__":
    main()
