"""Faults in layers, training, and the evaluation of networks."""
from switched import Fault

T, E, B = (f"NeuralNetwork/Training/{name}.swift" for name in ["TrainingLoop", "Evaluation", "Backpropagation"])
C, S, P, G = (f"NeuralNetwork/Training/{name}.swift" for name in ["CrossEntropy", "Samples", "TrainingPlan", "TrainingProgress"])
L, N, W, I, D, R = (f"NeuralNetwork/Layers/{name}.swift" for name in [
    "LowRank", "Network", "TrainableWeights", "Inference", "Dense", "TrainableLowRank"])
K, F, Y, Z, X = (f"NeuralNetwork/Files/{name}.swift" for name in [
    "Checkpoint", "Network+File", "SafeTensors", "SafeTensors+Elements", "SafeTensors+Read"])

FAULTS = [
    Fault(T, "the same order of images in each epoch", r'"\(streams)/shuffling/\(epoch)"', r'"\(streams)/shuffling/1"'),
    Fault(T, "the validation accuracy is that of the training images", "evaluated.accuracy(on: validation, workers: workers)",
          "evaluated.accuracy(on: samples, workers: workers)"),
    Fault(T, "the history's loss counts a smaller last batch as a whole one", "      loss += batchLoss * Double(indices.count)\n",
          "      loss += batchLoss * Double(plan.batchSize)\n"),
    Fault(T, "the rate in the history is that of the next step", "plan.learningRate(step: step - 1, stepsPerEpoch: stepsPerEpoch)",
          "plan.learningRate(step: step, stepsPerEpoch: stepsPerEpoch)"),
    Fault(T, "the mean loss so far is over all images", "loss / Double(indices.endIndex)", "loss / Double(samples.count)"),
    Fault(T, "the network of the best epoch by validation is kept", "      network = evaluated\n",
          "      network = network.flatMap { $0.accuracy(on: validation, workers: workers) > accuracy ? $0 : nil } ?? evaluated\n"),
    Fault(B, "dropout masks repeat in each epoch", "Activation.relu(dropout[index], step: step)",
          "Activation.relu(dropout[index], step: step % 3)"),
    Fault(B, "all layers have one dropout mask", r'"\(streams)/dropout/\($0)"', r'"\(streams)/dropout/0"'),
    Fault(B, "the gradient is not scaled by dropout", "dropout[index - 1].scale", "1"),
    Fault(C, "the gradient is over classes, not images", "1 / Double(logits.rows)", "1 / Double(logits.columns)"),
    Fault(C, "large logits overflow", "z.max() ?? 0", "0"),
    Fault(C, "the loss forgets the largest logit", "Elementary.log(sum) - (z[label] - largest)", "Elementary.log(sum) - z[label]"),
    Fault(S, "the mean is ignored", "Scalar(-mean / deviation)", "Scalar(0)"),
    Fault(S, "white is 255/256", "Double($0) / 255 / deviation", "Double($0) / 256 / deviation"),
    Fault(P, "the warm-up begins at rate 0", "Double(step + 1)", "Double(step)"),
    Fault(P, "the cosine ends at the last step", "total - warmup + 1", "total - warmup"),
    Fault(P, "a smaller last batch is left out", "(samples + batchSize - 1) / batchSize", "samples / batchSize"),
    Fault(G, "any position fits a plan", "(epochs * steps...(epochs + 1) * steps).contains(step)", "true"),
    Fault(L, "S instead of √S in both factors", "singularValues.map { $0.squareRoot() }", "singularValues"),
    Fault(N, "all layers start from one stream", r'"initialisation/\(index)"', '"initialisation/0"'),
    Fault(N, "the classes are those of the layer before the last", "layers[layers.count - 1].outputs", "layers[0].outputs"),
    Fault(W, "momentum is not restored",
          '    momentum = PanelMatrix(try state.matrix("\\(name)_momentum", rows: rows, columns: columns))\n', ""),
    Fault(W, "the bias's momentum is not restored", '    momentum = try state.vector("bias_momentum", count: momentum.count)\n', ""),
    Fault(W, "biases decay",
          "    rule.update(weights: &values, momentum: &momentum, gradient: dY.sum(workers: workers), decays: false)\n",
          "    rule.update(weights: &values, momentum: &momentum, gradient: dY.sum(workers: workers), decays: true)\n"),
    Fault(W, "momentum is not added where weights are replaced", "momentum.matrix + added", "momentum.matrix"),
    Fault(I, "no ReLU for a single image", "last ? y : max(y, 0)", "y"),
    Fault(E, "the smallest logit is the answer", "self[row, $0] < self[row, $1]", "self[row, $0] > self[row, $1]"),
    Fault(E, "the second choice is right too", "(0..<indices.count).map { logits.largestColumn(inRow: $0) }",
          "(0..<indices.count).map { row -> Int? in let label = Int(samples.labels[indices[indices.startIndex + row]]); "
          "return (0..<logits.columns).count { logits[row, $0] > logits[row, label] } <= 1 ? label : logits.largestColumn(inRow: row) }"),
    Fault(E, "NaN may be the largest", "!self[row, $0].isNaN", "true"),
    Fault(E, "accuracy over whole batches", "Double(count)", "Double((count + 127) / 128 * 128)"),
    Fault(D, "weights with the variance of Xavier", "2 / Double(inputs)", "2 / Double(inputs + outputs)"),
    Fault(D, "weights with the variance of LeCun", "2 / Double(inputs)", "1 / Double(inputs)"),
    Fault(R, "the factors are trained without S", "layer.folded",
          "LowRank(u: layer.u, singularValues: nil, vT: layer.vT, bias: layer.bias)"),
    Fault(K, "a resumed epoch has no loss so far", "values[0][2]", "0"),
    Fault(K, "a checkpoint is not checked", "SHA256.digest(of: bytes[..<end]) == Array(bytes[end...])", "true"),
    Fault(K, "the seconds of a checkpoint's epochs are those of its end", "row[4]", "values[0][3]"),
    Fault(F, "layers need not fit each other", "layers[index].inputs != layers[index - 1].outputs", "false"),
    Fault(F, "more tensors than those of the network are accepted", "!known.contains { $0.isIdentical(to: tensor.name) }",
          "tensor.name.isEmpty"),
    Fault(Y, "the elements begin anywhere", "(8 - header.count % 8) % 8", "0"),
    Fault(Y, "16 bits are those of BF16", "Float16($0).bitPattern.littleEndian",
          "UInt16(Float($0).bitPattern >> 16).littleEndian"),
    Fault(Z, "BF16 is read as F16", "Float(bitPattern: UInt32(word) << 16)", "Float(Float16(bitPattern: word))"),
    Fault(X, "the first of several matrices is taken", "matrices.count == 1", "!matrices.isEmpty"),
]
