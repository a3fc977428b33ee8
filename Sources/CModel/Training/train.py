"""Train the detector from EfficientNet-Lite2's ImageNet weights, or go on from folded ones.

    train.py --data DATA (--imagenet efficientnet-lite2.pth | --start FILE.weights --start-scale S --start-biases=B,B,…) --out RUN

Continues from RUN/last.pt where there is one. The schedule counts steps, not time, and the samples depend on the seed
and their number alone, so that a run can be stopped, continued and repeated.
"""
import argparse
import copy
import math
import os
import time

import cv2
import numpy as np
import torch
from torch import nn

from evaluate import LEFT_OUT, Evaluation, short
from loss import loss
from network import NO_BIASES, Network, numbers
from photos import PERMISSIVE, Photos
from samples import Bank, Batches, Sampler
from score import tensor_of

WARM_UP = 100  # steps
LEAST_RATE = 0.02  # of the peak, at the end of the cosine


def sizes_of(steps, plan):
    """`plan`: pixels of the input until a share of the steps, as 224:0.55,288:0.85,320:1."""
    parts = [(int(size), float(until)) for size, until in (part.split(":") for part in plan.split(","))]
    return [next(size for size, until in parts if step < until * steps) for step in range(steps)]


def rate_of(step, steps, peak):
    return peak * min(1, (step + 1) / WARM_UP) * (LEAST_RATE + (1 - LEAST_RATE) * (1 + math.cos(math.pi * step / steps)) / 2)


class Average:
    """Exponential moving average of a network: what is evaluated and shipped."""

    def __init__(self, network, memory):
        self.network, self.memory, self.count = copy.deepcopy(network).eval(), memory, 0

    @torch.no_grad()
    def update(self, network):
        self.count += 1
        memory = min(self.memory, (1 + self.count) / (10 + self.count))
        for own, new in zip(self.network.state_dict().values(), network.state_dict().values()):
            own.lerp_(new, 1 - memory) if own.is_floating_point() else own.copy_(new)


def optimiser_of(network, weight_decay, body_share):
    """AdamW; depthwise weights, biases and norms do not decay. The body learns at `body_share` of the rate."""
    decays = lambda tensor: tensor.dim() == 4 and tensor.shape[1] > 1
    body = {id(parameter) for parameter in network.body_parameters()}
    groups = []
    for share, chosen in ((body_share, lambda p: id(p) in body), (1.0, lambda p: id(p) not in body)):
        parameters = [p for p in network.parameters() if p.requires_grad and chosen(p)]
        groups += [{"params": [p for p in parameters if decays(p)], "weight_decay": weight_decay, "share": share},
                   {"params": [p for p in parameters if not decays(p)], "weight_decay": 0.0, "share": share}]
    return torch.optim.AdamW(groups)


def save(path, step, network, average, optimiser):
    state = {"step": step, "network": network.state_dict(), "average": average.network.state_dict(),
             "count": average.count, "optimiser": optimiser.state_dict()}
    torch.save(state, path + ".new")
    os.replace(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of manifest.json and its pictures")
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--imagenet", help="EfficientNet-Lite2, ImageNet, a PyTorch checkpoint")
    start.add_argument("--start", help="folded .weights of this network")
    parser.add_argument("--start-scale", type=float, default=1.0, help="of the calibration baked into --start")
    parser.add_argument("--start-biases", type=numbers, default=NO_BIASES, help="of that calibration, one an anchor")
    parser.add_argument("--sizes", default="224:0.35,288:1", help="pixels of the input until a share of the steps")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", required=True, help="folder of the run")
    parser.add_argument("--sources", default=",".join(PERMISSIVE))
    parser.add_argument("--steps", type=int, default=3000, help="of the whole schedule")
    parser.add_argument("--until", type=int, help="stop after this step of the schedule")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--body-share", type=float, default=0.4, help="of the rate, for the body")
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--memory", type=float, default=0.998, help="of the weights' moving average")
    parser.add_argument("--evaluate-every", type=int, default=400, help="steps")
    parser.add_argument("--far", type=float, default=0, help="samples for webcams, in per cent of the others")
    parser.add_argument("--evaluate-size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(0)  # its threads do not survive a fork
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    os.makedirs(options.out, exist_ok=True)
    last = os.path.join(options.out, "last.pt")

    network = Network()
    photos = Photos(options.data, options.sources.split(","))
    sampler = Sampler(photos, Bank(options.seed), options.seed, options.far)
    if options.imagenet:
        network.start_from_imagenet(options.imagenet)
    else:
        random_pictures = np.stack([sampler(-1 - number, 256)[0] for number in range(96)])
        network.start_from_folded(options.start, tensor_of(random_pictures), options.start_scale, options.start_biases)
    network.fix_body()
    network = network.to(memory_format=torch.channels_last)
    average = Average(network, options.memory)
    optimiser = optimiser_of(network, options.weight_decay, options.body_share)
    first = 0
    if os.path.exists(last):
        state = torch.load(last, map_location="cpu", weights_only=True)
        network.load_state_dict(state["network"])
        average.network.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        first, average.count = state["step"], state["count"]
    print(f"{photos}; from step {first} of {options.steps}", flush=True)
    batches = Batches(sampler, options.batch,
                      sizes_of(options.steps, options.sizes)[:options.until], first)
    evaluation = Evaluation(options.data, LEFT_OUT, options.evaluate_size)

    network.train()
    sums, started = np.zeros(4), time.monotonic()
    for step, (pictures, boxes, labels) in enumerate(batches, first):
        for group in optimiser.param_groups:
            group["lr"] = rate_of(step, options.steps, options.rate) * group["share"]
        with torch.autocast("cpu", torch.bfloat16):
            heads = network(tensor_of(pictures))
        total, parts = loss(heads, boxes, labels)
        optimiser.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        average.update(network)
        sums += [float(total.detach()), *parts]
        done = step + 1
        if done % 50 == 0:
            of = " ".join(f"{name} {value / 50:.3f}" for name, value in zip(("loss", "objectness", "box", "picture"), sums))
            print(f"step {done} {pictures.shape[1]} px {of} {time.monotonic() - started:.0f} s", flush=True)
            sums[:] = 0
        if done % 100 == 0 or done == options.steps:
            save(last, done, network, average, optimiser)
        if done % options.evaluate_every == 0 or done == options.steps:
            print(short(evaluation.scores(evaluation.boxes(average.network), bias=-1.5)), flush=True)


if __name__ == "__main__":
    main()
