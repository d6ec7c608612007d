"""The peers' training: the study's network and recipe in PyTorch."""
import math

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional


class ThroughFactors(torch.autograd.Function):
    """x F^T + b with F = left right, run as factors. The gradient with respect to F is taken as that of the weights."""

    @staticmethod
    def forward(context, x, weight, bias, left, right):
        context.save_for_backward(x, left, right)
        return torch.addmm(bias, x @ right.T, left.T)

    @staticmethod
    def backward(context, gradient):
        x, left, right = context.saved_tensors
        below = (gradient @ left) @ right if context.needs_input_grad[0] else None
        return below, gradient.T @ x, gradient.sum(0), None, None


class DynamicLinear(nn.Linear):
    """A linear layer whose forward pass sees its weights truncated by an SVD of its own."""

    factors = None  # weight -> U S, Vᵀ

    def forward(self, x):
        with torch.no_grad():
            left, right = self.factors(self.weight)
        return ThroughFactors.apply(x, self.weight, self.bias, left, right)


class LowRankLinear(nn.Module):
    """W = U Vᵀ, both trained."""

    def __init__(self, u, vt, bias):
        super().__init__()
        self.u, self.vt, self.bias = nn.Parameter(u), nn.Parameter(vt), nn.Parameter(bias)

    def forward(self, x):
        return functional.linear(functional.linear(x, self.vt), self.u, self.bias)


def network(weights, dropout, factors=None):
    """Linear layers with ReLU and dropout between them, dense or low-rank, as in a file that this package has written.

    With `factors`, which makes a layer's `weight -> U S, Vᵀ` from its first weights, all layers but the last are under
    dynamic SVD.
    """
    tensors, modules = load_file(weights), []
    count = sum(name.endswith(".bias") for name in tensors)
    for index in range(count):
        parts = {name.split(".")[2]: tensor for name, tensor in tensors.items() if name.startswith(f"layers.{index}.")}
        last = index == count - 1
        if "u" in parts:
            layer = LowRankLinear(**parts)
        else:
            outputs, inputs = parts["weight"].shape
            kind = nn.Linear if last or factors is None else DynamicLinear
            layer = kind(inputs, outputs, dtype=parts["weight"].dtype)
            layer.load_state_dict(parts)
        if isinstance(layer, DynamicLinear):
            layer.factors = factors(layer.weight.detach())
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

    def __init__(self, model, plan, images, labels, order=None, compiled=False, **ways):
        self.model, self.plan, self.images, self.labels, self.order = model.train(), plan, images, labels, order
        # For whole batches. The last one of an epoch is smaller, and would be compiled again.
        self.whole = torch.compile(model, dynamic=False) if compiled else model
        self.steps_per_epoch = math.ceil(len(labels) / plan["batch_size"])
        self.done = 0
        weights = [p for p in model.parameters() if p.ndim == 2]
        biases = [p for p in model.parameters() if p.ndim == 1]
        momentum = plan["momentum"]
        self.optimizer = torch.optim.SGD(
            [{"params": weights, "weight_decay": plan["weight_decay"]}, {"params": biases, "weight_decay": 0.0}],
            lr=plan["learning_rate"], momentum=momentum, nesterov=momentum > 0, **ways)

    def step(self):
        """One step. Returns the loss before its update, as a tensor: what is not looked at costs nothing."""
        place = self.done % self.steps_per_epoch
        if place == 0 and (self.done or self.order is None):
            self.order = torch.randperm(len(self.labels))
        batch = self.order[place * self.plan["batch_size"]:(place + 1) * self.plan["batch_size"]]
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.plan, self.done, self.steps_per_epoch)
        self.optimizer.zero_grad(set_to_none=True)
        model = self.whole if len(batch) == self.plan["batch_size"] else self.model
        logits = model(self.images.index_select(0, batch))
        loss = functional.cross_entropy(logits, self.labels.index_select(0, batch))
        loss.backward()
        self.optimizer.step()
        self.done += 1
        return loss.detach()

    def zeros(self):
        """The share of zeros among the activations of the hidden layers, for one batch."""
        outputs = []
        hooks = [m.register_forward_hook(lambda _, __, y: outputs.append((y == 0).float().mean().item()))
                 for m in self.model if isinstance(m, nn.Dropout)]
        with torch.no_grad():
            self.model(self.images[:self.plan["batch_size"]])
        for hook in hooks:
            hook.remove()
        return sum(outputs) / len(outputs)
