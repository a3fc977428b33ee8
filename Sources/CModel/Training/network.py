"""The network: a table of layers, the same layers in PyTorch, and Darknet's .cfg and .weights.

The body is EfficientNet-Lite2's (Tan and Le 2019, arXiv:1905.11946; Lite: without squeeze and excitation, relu6 for swish),
without its last stage and the last block of the one before. A block is an inverted residual: 1x1 up, depthwise, 1x1 down.
Two heads (stride 32, then 16) of three anchors each predict x, y, width, height, objectness and one class.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 1
VALUES = 5 + CLASSES  # of one anchor: x, y, width, height, objectness, class
ANCHORS = [(20, 20), (40, 36), (52, 66), (100, 62), (110, 120), (220, 200)]  # at ANCHOR_SIZE pixels
NO_BIASES = (0.0,) * len(ANCHORS)
ANCHOR_SIZE = 352
MASKS = [(3, 4, 5), (0, 1, 2)]  # the anchors of the coarse head, then of the fine one
CLASS_LOGIT = 12.0  # constant, so that the confidence is the objectness
BATCH_NORM_EPSILON = 1e-5
IMAGENET_EPSILON = 1e-3  # of the norms of the checkpoint that the body starts from

# Stages: (widening, kernel of the depthwise layers, filters out, stride of the first block, blocks).
BODY = [(1, 3, 16, 1, 1), (6, 3, 24, 2, 3), (6, 5, 48, 2, 3), (6, 3, 88, 2, 4), (6, 5, 120, 1, 4), (6, 5, 208, 2, 4)]
FINE_STAGE = 4  # of BODY: what the finer head sees
NECK = 96  # channels of the neck and the heads
BODY_CONVOLUTIONS = 1 + sum(blocks * (3 if widening > 1 else 2) for widening, _, _, _, blocks in BODY)
FIXED_CONVOLUTIONS = 6  # of the body, which do not learn: up to a quarter of the input's resolution


def layers(size):
    """The network for `size` x `size` pixels as a list of (section, options), in Darknet's order."""
    table = []

    def convolution(filters, kernel, activation, groups=None, stride=None):
        options = {"filters": filters, "size": kernel}
        if groups:
            options["groups"] = groups
        if kernel > 1:
            options |= {"stride": stride or 1, "pad": 1}
        table.append(("convolutional", options | {"activation": activation}))

    def head(filters, mask):
        for _ in range(2):
            convolution(filters, 5, "leaky", groups=filters)
            convolution(filters, 1, "linear")
        convolution(3 * VALUES, 1, "linear")
        anchors = ", ".join(f"{side * size / ANCHOR_SIZE:g}" for anchor in ANCHORS for side in anchor)
        table.append(("yolo", {"mask": ",".join(map(str, mask)), "anchors": anchors, "classes": CLASSES,
                               "num": len(ANCHORS), "scale_x_y": "1.0"}))

    channels, fine = 32, None
    convolution(channels, 3, "relu6", stride=2)
    for stage, (widening, kernel, out, stride, blocks) in enumerate(BODY):
        for block in range(blocks):
            inside = channels * widening
            if widening > 1:
                convolution(inside, 1, "relu6")
            convolution(inside, kernel, "relu6", groups=inside, stride=stride if block == 0 else 1)
            convolution(out, 1, "linear")
            if block > 0:
                table.append(("shortcut", {"from": -4, "activation": "linear"}))
            channels = out
        if stage == FINE_STAGE:
            fine = len(table) - 1
    convolution(NECK, 1, "leaky")
    # Spatial pyramid: the largest of 3x3, 5x5 and 9x9 neighbours beside the map itself.
    for kernel, back in ((3, -2), (5, -4), (9, None)):
        table.append(("maxpool", {"size": kernel, "stride": 1}))
        table.append(("route", {"layers": back or "-1,-3,-5,-6"}))
    convolution(NECK, 1, "leaky")
    head(NECK, MASKS[0])
    # The finer head sees the pyramid, twice as large, beside the last map of twice its resolution.
    table.append(("route", {"layers": -7}))
    table.append(("upsample", {"stride": 2}))
    table.append(("route", {"layers": f"-1,{fine}"}))
    convolution(NECK, 1, "leaky")
    head(NECK, MASKS[1])
    return table


def cfg_text(size, resize, comments):
    """The network with its batch normalisation folded in, as the text of a Darknet .cfg with farmtop's `resize` key."""
    net = ("net", {"width": size, "height": size, "channels": 3, "resize": resize})
    lines = [f"# {comment}" for comment in comments]
    for section, options in [net] + layers(size):
        lines += [f"[{section}]"] + [f"{key}={value}" for key, value in options.items()] + [""]
    return "\n".join(lines) + "\n"


class FixedDepthwise(torch.autograd.Function):
    """A depthwise convolution whose weights do not learn; its gradient is a convolution with the kernel turned round.

    PyTorch's own gradient of such layers takes most of the training time on a processor.
    """

    @staticmethod
    def forward(context, x, weight, stride):
        context.save_for_backward(weight)
        context.stride, context.size = stride, x.shape[2:]
        return F.conv2d(x, weight, None, stride, weight.shape[2] // 2, groups=len(weight))

    @staticmethod
    def backward(context, gradient):
        weight, = context.saved_tensors
        if context.stride > 1:
            spread = gradient.new_zeros(*gradient.shape[:2], *context.size).contiguous(memory_format=torch.channels_last)
            spread[:, :, ::context.stride, ::context.stride] = gradient
            gradient = spread
        turned = weight.flip(2, 3).to(gradient.dtype)
        return F.conv2d(gradient, turned, None, 1, weight.shape[2] // 2, groups=len(weight)), None, None


class Convolution(nn.Module):
    """Convolution, batch normalisation unless it is `plain`, activation."""

    def __init__(self, channels, options, plain):
        super().__init__()
        kernel = options["size"]
        self.activation = options["activation"]
        self.weights = nn.Conv2d(channels, options["filters"], kernel, options.get("stride", 1), kernel // 2,
                                 groups=options.get("groups", 1), bias=plain)
        self.norm = None if plain else nn.BatchNorm2d(options["filters"], eps=BATCH_NORM_EPSILON)
        self.fixed = False  # its norm keeps its statistics, too

    def train(self, mode=True):
        return super().train(mode and not self.fixed)

    def forward(self, x):
        weight = self.weights.weight
        if self.training and self.weights.groups > 1 and not weight.requires_grad:
            if torch.is_autocast_cpu_enabled():
                x, weight = x.bfloat16(), weight.bfloat16()
            x = FixedDepthwise.apply(x, weight, self.weights.stride[0])
        else:
            x = self.weights(x)
        if self.norm is not None:
            x = self.norm(x)
        if self.activation == "leaky":
            return F.leaky_relu(x, 0.1, inplace=True)
        return F.relu6(x, inplace=True) if self.activation == "relu6" else x


class Network(nn.Module):
    """pictures (batch, 3, height, width), 0...1 -> raw heads [(batch, 18, height / 32, width / 32), (... / 16)]."""

    def __init__(self, folded=False):
        super().__init__()
        self.table = layers(ANCHOR_SIZE)
        self.folded = folded
        self.convolutions = nn.ModuleDict()
        self.sources = {}  # layer -> the layers it reads besides the one before
        channels, widths = 3, []
        for number, (section, options) in enumerate(self.table):
            if section == "convolutional":
                ends = self.table[number + 1][0] == "yolo"
                self.convolutions[str(number)] = Convolution(channels, options, plain=folded or ends)
                channels = options["filters"]
            elif section == "shortcut":
                self.sources[number] = [number + options["from"]]
            elif section == "route":
                named = [int(layer) for layer in str(options["layers"]).split(",")]
                self.sources[number] = [layer if layer >= 0 else number + layer for layer in named]
                channels = sum(widths[layer] for layer in self.sources[number])
            widths.append(channels)
        self.kept = {layer for layers in self.sources.values() for layer in layers}

    def forward(self, x):
        kept, heads = {}, []
        for number, (section, options) in enumerate(self.table):
            if section == "convolutional":
                x = self.convolutions[str(number)](x)
            elif section == "shortcut":
                x = x + kept[self.sources[number][0]]
            elif section == "route":
                read = [kept[layer] for layer in self.sources[number]]
                x = read[0] if len(read) == 1 else torch.cat(read, 1)
            elif section == "upsample":
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            elif section == "maxpool":
                x = F.max_pool2d(x, options["size"], 1, options["size"] // 2)
            else:
                heads.append(x)
            if number in self.kept:
                kept[number] = x
        return heads

    def fix_body(self):
        """Keep the first layers, and the weights of the body's depthwise layers, as they are.

        They find edges and textures of any kind, and learning them would cost three quarters of the time.
        """
        for number, convolution in enumerate(list(self.convolutions.values())[:BODY_CONVOLUTIONS]):
            if number < FIXED_CONVOLUTIONS:
                convolution.fixed = True
                convolution.requires_grad_(False)
            elif convolution.weights.groups > 1:
                convolution.weights.requires_grad_(False)

    def body_parameters(self):
        """The parameters of the layers before the neck."""
        for convolution in list(self.convolutions.values())[:BODY_CONVOLUTIONS]:
            yield from convolution.parameters()

    def outputs(self):
        """The convolution before each [yolo] section, coarse head first."""
        ends = [number - 1 for number, (section, _) in enumerate(self.table) if section == "yolo"]
        return [self.convolutions[str(number)].weights for number in ends]

    def tensors(self):
        """Every tensor in the order of a .weights file."""
        for convolution in self.convolutions.values():
            norm = convolution.norm
            if norm is None:
                yield convolution.weights.bias
            else:
                yield from (norm.bias, norm.weight, norm.running_mean, norm.running_var)
            yield convolution.weights.weight

    def read(self, path):
        """Fill the network from a .weights file, which must hold exactly its values."""
        data = open(path, "rb").read()
        major, minor = np.frombuffer(data, "<i4", 2)
        values = np.frombuffer(data, "<f4", offset=20 if major * 10 + minor >= 2 else 16)
        place = 0
        with torch.no_grad():
            for tensor in self.tensors():
                part = values[place:place + tensor.numel()]
                if len(part) < tensor.numel():
                    raise ValueError(f"{path} ends after {len(values)} values; this network needs more")
                tensor.copy_(torch.from_numpy(part.copy()).view_as(tensor))
                place += tensor.numel()
        if place != len(values):
            raise ValueError(f"{path} holds {len(values)} values; this network needs {place}")

    def write(self, path, samples_seen):
        with open(path, "wb") as file:
            np.array([0, 2, 5], "<i4").tofile(file)
            np.array([samples_seen], "<i8").tofile(file)
            for tensor in self.tensors():
                tensor.detach().contiguous().float().numpy().astype("<f4").tofile(file)

    def start_from_imagenet(self, path):
        """Take the body from EfficientNet-Lite2's ImageNet checkpoint (a PyTorch file); the rest starts at random.

        That network reads (pixel - 127) / 128 of 0...255, ours 0...1: the first convolution and its norm take the change.
        """
        theirs = torch.load(path, map_location="cpu", weights_only=True)
        names, number = [("_conv_stem", "_bn0")], 0
        for widening, _, _, _, blocks in BODY:
            for index in range(blocks):
                block = f"_blocks.{number + index}."
                names += [(block + "_expand_conv", block + "_bn0")] if widening > 1 else []
                names += [(block + "_depthwise_conv", block + "_bn1"), (block + "_project_conv", block + "_bn2")]
            number += blocks
        with torch.no_grad():
            for ours, (convolution, norm) in zip(self.convolutions.values(), names):
                ours.weights.weight.copy_(theirs[convolution + ".weight"])
                for tensor in ("weight", "bias", "running_mean", "running_var"):
                    getattr(ours.norm, tensor).copy_(theirs[f"{norm}.{tensor}"])
                ours.norm.running_var += IMAGENET_EPSILON - BATCH_NORM_EPSILON
            first = next(iter(self.convolutions.values()))
            first.norm.running_mean += first.weights.weight.sum((1, 2, 3)) * (127 / 128)
            first.weights.weight *= 255 / 128
            for output in self.outputs():  # "nothing here"
                nn.init.normal_(output.weight, 0, 0.01)
                weight, bias = output.weight.view(3, VALUES, -1), output.bias.view(3, VALUES)
                bias.zero_()
                bias[:, 4] = -4.5
                weight[:, 5:] = 0
                bias[:, 5:] = CLASS_LOGIT

    def start_from_folded(self, path, pictures, scale=1.0, biases=NO_BIASES):
        """Take a folded .weights file, and give every convolution a norm that changes nothing on `pictures`.

        Each norm's mean, variance, scale and shift are those of its convolution's output there, so that training goes
        on from the same function. The calibration baked into the file, as `with_folded_norms` has it, is taken out again.
        """
        folded = Network(folded=True)
        folded.read(path)

        def measure(norm, shift):
            def hook(_, __, output):
                variance, mean = torch.var_mean(output.double(), (0, 2, 3))
                norm.running_mean.copy_(mean)
                norm.running_var.copy_(variance)
                norm.weight.copy_(torch.sqrt(variance + norm.eps))
                norm.bias.copy_(mean + shift)
            return hook

        hooks = []
        with torch.no_grad():
            for ours, theirs in zip(self.convolutions.values(), folded.convolutions.values()):
                ours.weights.weight.copy_(theirs.weights.weight)
                if ours.norm is None:
                    ours.weights.bias.copy_(theirs.weights.bias)
                else:
                    hooks.append(ours.weights.register_forward_hook(measure(ours.norm, theirs.weights.bias)))
            self.eval()
            self(pictures)
            calibrate_objectness(self.outputs(), 1 / scale, [-bias / scale for bias in biases])
        for hook in hooks:
            hook.remove()

    def with_folded_norms(self, scale=1.0, biases=NO_BIASES):
        """A copy without batch normalisation whose objectness logit is `scale` x ours + the bias of its anchor."""
        folded = Network(folded=True).eval()
        with torch.no_grad():
            for ours, theirs in zip(self.convolutions.values(), folded.convolutions.values()):
                weight, norm = ours.weights.weight.double(), ours.norm
                if norm is None:  # an output, or folded already
                    shift = ours.weights.bias
                else:
                    factor = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
                    weight = weight * factor.view(-1, 1, 1, 1)
                    shift = norm.bias.double() - norm.running_mean.double() * factor
                theirs.weights.weight.copy_(weight)
                theirs.weights.bias.copy_(shift)
            calibrate_objectness(folded.outputs(), scale, biases)
        return folded


def numbers(text):
    """Of an option: "1,-2.5" -> [1.0, -2.5]."""
    return [float(part) for part in text.split(",")]


def calibrate_objectness(outputs, scale, biases):
    """Makes each objectness logit `scale` times what it was, plus the bias of its anchor."""
    for output, mask in zip(outputs, MASKS):
        weight, shift = output.weight.view(3, VALUES, -1), output.bias.view(3, VALUES)
        weight[:, 4] *= scale
        shift[:, 4] = shift[:, 4] * scale + torch.tensor([biases[anchor] for anchor in mask])


def anchors_of(head):
    """(3, 2) float32: widths and heights of a head's anchors as fractions of the picture."""
    return torch.tensor([ANCHORS[anchor] for anchor in MASKS[head]], dtype=torch.float32) / ANCHOR_SIZE
