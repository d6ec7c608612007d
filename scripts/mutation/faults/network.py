"""Faults in layers, training and the evaluation of networks."""
from switched import Fault

T, E = "NeuralNetwork/Training/TrainingLoop.swift", "NeuralNetwork/Training/Evaluation.swift"

FAULTS = [
    Fault(T, "the same order of images in each epoch", '"\\(streams)/shuffling/\\(epoch)"', '"\\(streams)/shuffling/1"'),
    Fault(E, "the smallest logit is the answer", "self[row, $0] < self[row, $1]", "self[row, $0] > self[row, $1]"),
]
