"""Faults in truncation, dynamic SVD, and the sizes of networks."""
from switched import Fault

C, D, M, T = (f"Compression/{name}.swift" for name in ["Cost", "DynamicSVD", "MeasuredSVD", "Truncation"])
P = "Compression/TrainableDynamicPeriodic.swift"

FAULTS = [
    Fault(C, "biases are not counted", "products + layer.outputs", "products"),
    Fault(C, "the diagonal of S is not counted", "(factors.singularValues?.count ?? 0)", "0"),
    Fault(C, "a bias is a multiply–accumulate", "      macs += products\n", "      macs += products + layer.outputs\n"),
    Fault(C, "inputs and outputs multiplied for factors", "factors.rank * (factors.u.rows + factors.vT.columns)",
          "factors.rank * factors.u.rows * factors.vT.columns"),
    Fault(D, "all layers start dynamic SVD from one stream", r'"subspace/\(index)"', '"subspace/0"'),
    Fault(D, "one layer more is compressed", "index < count", "index <= count"),
    Fault(D, "the finished layer has full rank", "try LAPACKSVD.decompose(weights).truncated(to: rank)",
          "try LAPACKSVD.decompose(weights)"),
    Fault(M, "the rank is ignored", "whole.truncated(to: rank)", "whole"),
    Fault(M, "ranks above the full one are shown", "$0 <= full", "$0 <= 2 * full"),
    Fault(P, "renewed one step late", "step % period == 0", "step % period == 1 % period"),
    Fault(P, "what is dropped stays in R with what is kept", "full - kept", "full"),
    Fault(P, "R's momentum is lost", "dropped.map { $0 * scaleMomentum[0] }", "dropped.map { $0 * 0 }"),
    Fault(P, "R does not decay", "    rule.update(weights: &scale, momentum: &scaleMomentum, gradient: [0])\n", ""),
    Fault(P, "R's decay is not in W", "$0 * scale[0]", "$0"),
    Fault(T, "one rank less", "min(rank, layers[index].rank)", "max(1, min(rank, layers[index].rank) - 1)"),
    Fault(T, "the last layer is not compressed", "index < layers.count", "index < layers.count - 1"),
]
