#!/usr/bin/env python3
"""The same Darknet network in ONNX Runtime and in farmtop, in turns, one thread each, and the ratio of their times.

    against_onnxruntime.py CFG WEIGHTS [--farmtop .build/release/farmtop] [--rounds 7] [--int8 PICTURES]

Needs numpy, onnx and onnxruntime. Batch normalisation is folded for both, as their authors advise. Prints CPU
milliseconds a frame of the network alone: ONNX Runtime's from the process's CPU clock, farmtop's from `model bench`.

With --int8 both compute in int8, and ONNX Runtime in float32 beside them: theirs is quantised by its own tool, one scale a channel, with the
pictures of that folder. That needs opencv-python as well. Says nothing of how good the numbers are then.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def sections(path):
    result = []
    for line in open(path):
        line = line.split("#")[0].strip()
        if line.startswith("["):
            result.append((line[1:-1], {}))
        elif "=" in line:
            key, value = line.split("=", 1)
            result[-1][1][key.strip()] = value.strip()
    return result


def export(cfg, weights):
    """An ONNX model of the layers before each head; its outputs are the heads' raw numbers."""
    data = numpy.fromfile(weights, "<f4", offset=20)
    at, nodes, constants, names, channels, outputs = 0, [], [], [], [], []

    def take(count):
        nonlocal at
        at += count
        return data[at - count:at]

    def constant(name, value):
        constants.append(numpy_helper.from_array(value, name))
        return name

    def add(kind, inputs, index, suffix="", **attributes):
        name = f"l{index}{suffix}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    (_, net), *layers = sections(cfg)
    last, last_channels = "input", 3
    zero, six = (constant(name, numpy.array(value, "f4")) for name, value in (("zero", 0), ("six", 6)))
    for index, (kind, v) in enumerate(layers):
        number = lambda key, default: int(v.get(key, default))
        if kind == "convolutional":
            n, size, groups = number("filters", 1), number("size", 1), number("groups", 1)
            bias = take(n)
            scale = None
            if number("batch_normalize", 0):
                gamma, mean, variance = take(n), take(n), take(n)
                scale = gamma / numpy.sqrt(variance.astype("f8") + 1e-5)
                bias = (bias - mean * scale).astype("f4")
            w = take(n * (last_channels // groups) * size * size).reshape(n, -1, size, size)
            if scale is not None:
                w = (w * scale[:, None, None, None]).astype("f4")
            pad = size // 2 if number("pad", 0) else number("padding", 0)
            last = add("Conv", [last, constant(f"w{index}", w), constant(f"b{index}", bias)], index, group=groups,
                       kernel_shape=[size] * 2, strides=[number("stride", 1)] * 2, pads=[pad] * 4)
            if v["activation"] == "leaky":
                last = add("LeakyRelu", [last], index, "a", alpha=0.1)
            elif v["activation"] == "relu":
                last = add("Relu", [last], index, "a")
            elif v["activation"] == "relu6":
                last = add("Clip", [last, zero, six], index, "a")
            elif v["activation"] != "linear":
                raise SystemExit(f"cannot export activation={v['activation']}")
            last_channels = n
        elif kind == "maxpool":
            stride = number("stride", 1)
            size = number("size", stride)
            begin = (size - 1) // 2
            last = add("MaxPool", [last], index, kernel_shape=[size] * 2, strides=[stride] * 2,
                       pads=[begin, begin, size - 1 - begin, size - 1 - begin])
        elif kind == "route":
            which = [int(x) if int(x) >= 0 else index + int(x) for x in v["layers"].split(",")]
            last = names[which[0]] if len(which) == 1 else add("Concat", [names[i] for i in which], index, axis=1)
            last_channels = sum(channels[i] for i in which)
        elif kind == "shortcut":
            last = add("Add", [last, names[index + int(v["from"])]], index)
        elif kind == "upsample":
            scales = constant(f"s{index}", numpy.array([1, 1, 2, 2], "f4"))
            last = add("Resize", [last, "", scales], index, mode="nearest",
                       coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        elif kind == "reorg3d":
            last = add("SpaceToDepth", [last], index, blocksize=number("stride", 1))
            last_channels *= number("stride", 1) ** 2
        elif kind in ("region", "yolo"):
            outputs.append(last)
        else:
            raise SystemExit(f"cannot export [{kind}]")
        names.append(last)
        channels.append(last_channels)
    assert at == len(data), (at, len(data))
    shape = [1, 3, int(net["height"]), int(net["width"])]
    graph = helper.make_graph(
        nodes, "net", [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), shape


class Pictures:
    """What ONNX Runtime's tool finds its scales with."""

    def __init__(self, folder, shape, most=120):
        import cv2
        self.cv2, self.size = cv2, (shape[3], shape[2])
        names = sorted(name for name in os.listdir(folder) if name.lower().endswith((".jpg", ".jpeg", ".png")))
        self.paths = iter([os.path.join(folder, name) for name in names[::max(1, len(names) // most)][:most]])

    def get_next(self):
        path = next(self.paths, None)
        if path is None:
            return None
        picture = self.cv2.cvtColor(self.cv2.resize(self.cv2.imread(path), self.size), self.cv2.COLOR_BGR2RGB)
        return {"input": (picture.astype("f4") / 255).transpose(2, 0, 1)[None]}


def quantised(model, shape, folder):
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process
    with tempfile.TemporaryDirectory() as work:
        plain, ready, small = (os.path.join(work, name) for name in ("a.onnx", "b.onnx", "c.onnx"))
        onnx.save(model, plain)
        quant_pre_process(plain, ready, skip_symbolic_shape=True)
        quantization.quantize_static(
            ready, small, Pictures(folder, shape), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
            activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8)
        with open(small, "rb") as file:
            return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cfg")
    parser.add_argument("weights")
    parser.add_argument("--farmtop", default=".build/release/farmtop")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--int8", metavar="PICTURES", help="a folder of pictures to find ONNX Runtime's scales with")
    options = parser.parse_args()
    model, shape = export(options.cfg, options.weights)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    opened = lambda stored: onnxruntime.InferenceSession(stored, settings, providers=["CPUExecutionProvider"])
    sessions = {"float32": opened(model.SerializeToString())}
    if options.int8:
        sessions["int8"] = opened(quantised(model, shape, options.int8))
    image = numpy.random.default_rng(1).random(shape, dtype="f4")

    def theirs(session):
        times = []
        for _ in range(10):
            start = time.process_time()
            session.run(None, {"input": image})
            times.append((time.process_time() - start) * 1e3)
        return statistics.median(times)

    def ours():
        out = subprocess.run(
            [options.farmtop, "model", "bench", "--model", options.cfg, "--threads", "1", "--json",
             "--precision", "int8" if options.int8 else "float32"],
            capture_output=True, text=True, check=True, env=dict(os.environ, NO_COLOR="1"))
        return json.loads(out.stdout)["processor_ms"]

    for session in sessions.values():
        theirs(session)
    rounds = [({name: theirs(session) for name, session in sessions.items()}, ours()) for _ in range(options.rounds)]
    for name in sessions:
        pairs = [(found[name], own) for found, own in rounds]
        for a, b in pairs:
            print(f"ONNX Runtime, {name} {a:8.2f} ms   farmtop {b:8.2f} ms   ratio {a / b:.2f}")
        print(f"median ratio, {name}: {statistics.median(a / b for a, b in pairs):.2f}")


if __name__ == "__main__":
    main()
