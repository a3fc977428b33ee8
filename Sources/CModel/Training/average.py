"""The weighted mean of networks of one line of training, value by value: what each learned, without all that it forgot.

    average.py --of A/last.pt:0.4 B/last.pt:0.6 [--bias -1.5] [--size 288] --out ../Model

All are checkpoints, whose mean is taken before batch normalisation is folded in, or all are folded .weights. They must
come from one line of training, or the mean makes no sense (Wortsman et al. 2022, Model soups, arXiv:2203.05482). `bias` is
added to the objectness logits of the mean.
"""
import argparse
import os

import torch

from evaluate import load
from export import COMMENTS, NAME
from network import VALUES, cfg_text


def share_of(text):
    path, share = text.rsplit(":", 1)
    return path, float(share)


def mean_of(parts):
    """[(path, share)] -> a network of the kind of the first, which all must be."""
    networks = [load(path) if path.endswith(".pt") else load(weights=path) for path, _ in parts]
    if len({network.folded for network in networks}) > 1:
        raise SystemExit("Checkpoints and folded weights have no mean; export the checkpoints first.")
    out = networks[0]
    states = [network.state_dict() for network in networks]
    mean = {name: sum(share * state[name] for (_, share), state in zip(parts, states)) if tensor.is_floating_point() else tensor
            for name, tensor in states[0].items()}
    out.load_state_dict(mean)
    return out.to(memory_format=torch.contiguous_format)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", required=True, nargs="+", type=share_of, metavar="FILE:SHARE")
    parser.add_argument("--bias", type=float, default=0.0)
    parser.add_argument("--size", type=int, default=288)
    parser.add_argument("--out", required=True, help="folder")
    options = parser.parse_args()
    if abs(sum(share for _, share in options.of) - 1) > 1e-6:
        parser.error("the shares must add up to 1")
    mean = mean_of(options.of)
    if mean.folded:
        with torch.no_grad():
            for output in mean.outputs():
                output.bias.view(3, VALUES)[:, 4] += options.bias
    else:
        mean = mean.with_folded_norms(bias=options.bias)
    path = os.path.join(options.out, NAME)
    with open(path + ".cfg", "w") as file:
        file.write(cfg_text(options.size, "area", COMMENTS))
    mean.write(path + ".weights", samples_seen=0)


if __name__ == "__main__":
    main()
