"""The peers' training: the study's network and recipe in PyTorch."""
import math

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional


class StraightThrough(torch.autograd.Function):
    """The weights' approximation in the forward pass; its gradient is taken as the weights' own."""

    @staticmethod
    def forward(context, weight, approximation):
        return approximation

    @staticmethod
    def backward(context, gradient):
        return gradient, None


class DynamicLinear(nn.Linear):
    """A linear layer whose forward pass sees its weights truncated by an SVD of its own."""

    factors = None  # weight -> U S, Vᵀ

    def forward(self, x):
        with torch.no_grad():
            left, right = self.factors(self.weight)
            approximation = left @ right
        return functional.linear(x, StraightThrough.apply(self.weight, approximation), self.bias)


def network(widths, weights, dropout, dtype=torch.float32, factors=None):
    """Linear layers with ReLU and dropout between them, and the weights of a file that this package has written.

    With `factors`, all layers but the last are under dynamic SVD.
    """
    tensors, modules = load_file(weights), []
    for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        last = index == len(widths) - 2
        layer = (nn.Linear if last or factors is None else DynamicLinear)(inputs, outputs, dtype=dtype)
        if isinstance(layer, DynamicLinear):
            layer.factors = factors
        layer.load_state_dict({name: tensors[f"layers.{index}.{name}"] for name in ("weight", "bias")})
        modules += [layer] if last else [layer, nn.ReLU(inplace=True), nn.Dropout(dropout)]
    return nn.Sequential(*modules)


def learning_rate(plan, step, steps_per_epoch):
    """A linear warm-up, then half a cosine that would reach zero with one step more."""
    warmup = plan["warmup_epochs"] * steps_per_epoch
    if step + 1 <= warmup:
        return plan["learning_rate"] * (step + 1) / warmup
    total = plan["epochs"] * steps_per_epoch
    return plan["learning_rate"] * (1 + math.cos(math.pi * (step + 1 - warmup) / max(1, total - warmup + 1))) / 2


class Training:
    """A training on images in memory, a step at a time. `ways`: how torch.optim.SGD is to work."""

    def __init__(self, model, plan, images, labels, order=None, **ways):
        self.model, self.plan, self.images, self.labels, self.order = model.train(), plan, images, labels, order
        self.steps_per_epoch = math.ceil(len(labels) / plan["batch_size"])
        self.done = 0
        weights = [p for p in model.parameters() if p.ndim == 2]
        biases = [p for p in model.parameters() if p.ndim == 1]
        self.optimizer = torch.optim.SGD(
            [{"params": weights, "weight_decay": plan["weight_decay"]}, {"params": biases, "weight_decay": 0.0}],
            lr=plan["learning_rate"], momentum=plan["momentum"], nesterov=True, **ways)

    def step(self):
        """One step. Returns the loss before its update, as a tensor: what is not looked at costs nothing."""
        place = self.done % self.steps_per_epoch
        if place == 0 and (self.done or self.order is None):
            self.order = torch.randperm(len(self.labels))
        batch = self.order[place * self.plan["batch_size"]:(place + 1) * self.plan["batch_size"]]
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.plan, self.done, self.steps_per_epoch)
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.model(self.images.index_select(0, batch))
        loss = functional.cross_entropy(logits, self.labels.index_select(0, batch))
        loss.backward()
        self.optimizer.step()
        self.done += 1
        return loss.detach()
