"""The weighted mean of checkpoints of one run, value by value, exported: what each learned, without all that it forgot.

    average.py --of EARLY.pt:0.4 RUN/last.pt:0.6 --size 288 --scale 0.8 --bias -1.82 --out ../Model

The mean is taken before batch normalisation is folded in, of the moving averages. Only checkpoints of one run have one that
makes sense (Wortsman et al. 2022, Model soups, arXiv:2203.05482). The objectness logit of the mean is calibrated to
`scale` x itself + `bias`.
"""
import argparse
import os

from evaluate import load
from export import COMMENTS, NAME
from network import Network, cfg_text


def share_of(text):
    path, share = text.rsplit(":", 1)
    return path, float(share)


def mean_of(parts):
    """[(path of a checkpoint, share)] -> a network in evaluation mode."""
    states = [load(path).state_dict() for path, _ in parts]
    out = Network().eval()
    out.load_state_dict({
        name: sum(share * state[name] for (_, share), state in zip(parts, states)) if tensor.is_floating_point() else tensor
        for name, tensor in states[0].items()})
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", required=True, nargs="+", type=share_of, metavar="FILE:SHARE")
    parser.add_argument("--size", type=int, default=288)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--bias", type=float, default=0.0)
    parser.add_argument("--out", required=True, help="folder")
    options = parser.parse_args()
    if abs(sum(share for _, share in options.of) - 1) > 1e-6:
        parser.error("the shares must add up to 1")
    path = os.path.join(options.out, NAME)
    with open(path + ".cfg", "w") as file:
        file.write(cfg_text(options.size, "area", COMMENTS))
    mean_of(options.of).with_folded_norms(options.scale, options.bias).write(path + ".weights", samples_seen=0)


if __name__ == "__main__":
    main()
