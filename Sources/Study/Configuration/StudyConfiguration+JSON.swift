import NeuralNetwork
import Results

// The configuration as it goes into the manifest, under the keys of the study file. What a run depends on is digested from
// the same values.

extension StudyConfiguration {
  /// The whole configuration.
  public var json: JSONValue {
    .object([
      "dataset": .string(dataset.rawValue), "digits": digitsJSON, "validation_images": .number(Double(validationImages)),
      "normalisation": .object(["mean": .number(mean), "deviation": .number(deviation)]), "seed": .number(Double(seed)),
      "network": .object(["hidden": .array(hidden.map { .number(Double($0)) })]), "baseline": json(of: .baseline),
      "part1": json(of: .part1), "part2": json(of: .part2), "part3": json(of: .part3),
    ])
  }

  /// The section of one experiment.
  func json(of experiment: Experiment) -> JSONValue {
    switch experiment {
    case .baseline: .object(baseline.json)
    case .part1: .object(["ranks": json(part1.ranks)])
    case .part2: .object(part2.plan.json.merging(["ranks": json(part2.ranks)]) { $1 })
    case .part3:
      .object(
        part3.plans.reduce(into: ["ranks": json(part3.ranks)]) { values, next in
          var plan = next.plan.json
          if next.cadence == .step { plan["oversampling"] = .number(Double(part3.oversampling)) }
          values[next.cadence.rawValue] = .object(plan)
        })
    }
  }

  /// What every experiment depends on: the images and the network's shape.
  func commonJSON(dataset name: String) -> JSONValue {
    var values: [String: JSONValue] = [
      "dataset": .string(name), "validation_images": .number(Double(validationImages)),
      "normalisation": .object(["mean": .number(mean), "deviation": .number(deviation)]),
      "hidden": .array(hidden.map { .number(Double($0)) }),
    ]
    if name == "digits" { values["digits"] = digitsJSON }
    return .object(values)
  }

  private var digitsJSON: JSONValue {
    .object([
      "training": .number(Double(digits.training)), "test": .number(Double(digits.test)),
      "seed": .number(Double(digits.seed)),
    ])
  }

  private func json(_ ranks: [Rank]) -> JSONValue {
    .array(
      ranks.map { rank in
        switch rank {
        case .of(let number): .number(Double(number))
        case .full: .string("full")
        }
      })
  }
}

extension TrainingPlan {
  fileprivate var json: [String: JSONValue] {
    [
      "epochs": .number(Double(epochs)), "batch_size": .number(Double(batchSize)), "learning_rate": .number(learningRate),
      "warmup_epochs": .number(warmupEpochs), "momentum": .number(momentum), "weight_decay": .number(weightDecay),
      "dropout": .number(dropout),
    ]
  }
}
