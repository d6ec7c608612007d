import Files
import Foundation
import LinearAlgebra
import Models

/// What the commands about models print.
enum ModelText {
  /// One line about the whole.
  static func summary(of model: Model) -> String {
    let files = model.files.count == 1 ? "" : " in \(model.files.count) files"
    return
      "\(printable(model.path)): \(model.tensors.count) tensors, \(model.parameters) parameters, \(Sizes.text(model.size))\(files)"
  }

  /// What is selected, before the work: a row a matrix.
  /// - Parameter fits: whether the others are fitted to data.
  static func selection(_ selection: Selection, fits: Bool = false) -> [String] {
    var table = TextTable([("matrix", false), ("shape", false), ("type", false), ("break-even", true)])
    table.rows = selection.selected.map {
      [$0.name, "\($0.rows)×\($0.columns)", $0.type.rawValue, "\($0.breakEvenRank)"]
    }
    let others = selection.matrices.count - table.rows.count
    let verb = fits ? "stay dense" : "copied as \(others == 1 ? "it is" : "they are")"
    let copied = "\(verb), \(others == 1 ? "1 matrix" : "\(others) matrices"): \(printable(selection.reasons))"
    return table.lines + (others > 0 ? [copied] : [])
  }

  /// The ranks: a row a matrix.
  /// - Parameter codeBits: the bits of codes, where all layers are stored as such.
  static func plan(_ layers: [CompressionPlan.Layer], codeBits: Int? = nil) -> [String] {
    var table = TextTable([("matrix", false), ("rank", true), ("type", false), ("bytes", true), ("", false)])
    for layer in layers {
      let matrix = layer.matrix.matrix
      let elements = layer.rank.map { $0 * (matrix.rows + matrix.columns) } ?? matrix.rows * matrix.columns
      let type = layer.rank == nil ? matrix.type : layer.stored
      table.rows.append([
        matrix.name, layer.rank.map { "\($0)" } ?? "dense", codeBits.map { "\($0) bits" } ?? type.rawValue,
        Sizes.percent(elements * (codeBits ?? type.bits), of: matrix.rows * matrix.columns * matrix.type.bits),
        layer.reason ?? "",
      ])
    }
    return table.lines
  }

  /// The size of the whole before and after.
  static func sizes(of size: Int, _ model: Model) -> String {
    "the file: \(Sizes.text(model.size)) → \(Sizes.text(size)), \(Sizes.percent(size, of: model.size))"
  }

  /// The report of a compression.
  static func report(_ report: CompressionReport) -> [String] {
    let errors = report.calibration == nil ? [("error", true), ("predicted", true)] : [("error of outputs", true)]
    var table = TextTable(
      [("matrix", false), ("rank", true)] + errors + [("parameters", true), ("bytes", true), ("MACs", true), ("", false)])
    for layer in report.layers {
      func ratio(_ now: Int, _ before: Int) -> String { Sizes.percent(now, of: before) }
      func error(_ value: Double?) -> String { value.map(number) ?? "" }
      let errors =
        report.calibration != nil
        ? [error(layer.outputError)]
        : [layer.measuredError, layer.predictedError].map { layer.rank == nil ? "" : error($0) }
      table.rows.append(
        [layer.tensor, layer.rank.map { "\($0)" } ?? "dense"] + errors + [
          ratio(layer.parameters, layer.parametersBefore), ratio(layer.bytes, layer.bytesBefore),
          ratio(layer.parameters, layer.parametersBefore), layer.reason ?? "",
        ])
    }
    let (before, after) = (report.before, report.after)
    var totals = TextTable([("the whole", false), ("before", true), ("after", true), ("", true)])
    for (name, value) in [
      ("parameters", \CompressionReport.Totals.parameters), ("bytes", \.bytes),
      ("MACs of these matrices, one vector", \.macs),
    ] {
      totals.rows.append(
        [
          name, "\(before[keyPath: value])", "\(after[keyPath: value])",
          Sizes.percent(after[keyPath: value], of: before[keyPath: value]),
        ])
    }
    let meaning =
      report.calibration == nil
      ? "errors: ‖W − Ŵ‖ / ‖W‖ in the Frobenius norm, of the factors as they are stored"
      : "errors: √(Σ ‖y − ŷ‖² / Σ ‖y − E y‖²) of each layer's outputs, with the errors of those before it, on samples held out"
    return table.lines + [meaning, ""] + totals.lines + (report.calibration.map(calibration) ?? [])
  }

  /// What a network answers before and after.
  private static func calibration(_ report: CalibrationReport) -> [String] {
    var table = TextTable([
      ("samples", false), ("number", true), ("accuracy before", true), ("after", true), ("other class", true),
    ])
    for (name, part) in [("held out", report.heldOut as CalibrationReport.Part?), ("test", report.test)] {
      guard let part else { continue }
      func percent(_ value: Double?) -> String { value.map { String(format: "%.2f %%", $0) } ?? "no labels" }
      table.rows.append([
        name, "\(part.samples)", percent(part.accuracyBefore), percent(part.accuracyAfter), "\(part.changed)",
      ])
    }
    return [""] + table.lines + [
      "statistics of \(report.samples) samples of \(report.data), and no labels; those held out may be samples that the network was "
        + "trained on",
      "divergence of the predictions from those before: \(number(report.divergence)) nats; error of the logits: "
        + number(report.logitsError),
    ]
  }

  /// What `inspect` prints.
  static func inspection(_ inspection: Inspection, of model: Model) -> [String] {
    var table = TextTable([
      ("matrix", false), ("shape", false), ("type", false), ("σ₁", true), ("stable rank", true), ("effective", true),
      ("90 %", true),
      ("99 %", true), ("break-even", true), ("", false),
    ])
    for row in inspection.rows {
      table.rows.append([
        row.tensor, "\(row.rows)×\(row.columns)", row.type, row.largest.map(number) ?? "", row.stableRank.map(number) ?? "",
        row.effectiveRank.map { String(format: "%.0f", $0) } ?? "", row.rank90.map { "\($0)" } ?? "",
        row.rank99.map { "\($0)" } ?? "", "\(row.breakEvenRank)", row.reason ?? "",
      ])
    }
    var budgets = TextTable([
      ("lowrank compress", false), ("matrices factored", true), ("size of the whole", true), ("", true),
      ("mean error", true),
    ])
    for budget in inspection.budgets {
      budgets.rows.append([
        budget.option, "\(budget.factored)", Sizes.text(budget.bytes), Sizes.percent(budget.bytes, of: model.size),
        number(budget.error),
      ])
    }
    return [summary(of: model), ""] + table.lines
      + [
        "stable rank ‖A‖² / σ₁²; effective rank (Roy and Vetterli 2007); ranks that keep 90 and 99 % of Σ σ²;",
        "break-even: the largest rank at which two factors are smaller than the matrix",
        "singular values: from the smaller Gram matrix in double precision; of F64 by LAPACK", "",
      ] + budgets.lines + ["mean error: root of the mean square of ‖W − Ŵ‖ / ‖W‖ over the matrices"]
  }

  private static func number(_ value: Double) -> String { String(format: value == 0 ? "%.0f" : "%.4g", value) }
}

/// What `lowrank verify --against` prints.
struct ModelVerificationText {
  let lines: [String]

  /// More differences than these are counted only.
  private static let shown = 20

  init(_ checks: [ModelVerification.Check], path: String) {
    var order: [String] = []
    var counts: [String: (agree: Int, all: Int)] = [:]
    for check in checks {
      if counts[check.compared] == nil { order.append(check.compared) }
      counts[check.compared, default: (0, 0)].all += 1
      if check.difference == nil { counts[check.compared, default: (0, 0)].agree += 1 }
    }
    var table = TextTable([("compared", false), ("agree", true), ("", false)])
    for compared in order {
      let (agree, all) = counts[compared] ?? (0, 0)
      table.rows.append([compared, "\(agree) of \(all)", agree == all ? "yes" : "NO"])
    }
    let differences = checks.filter { $0.difference != nil }
    lines =
      table.lines + (differences.isEmpty ? [] : [""])
      + differences.prefix(Self.shown).map { printable("\($0.subject), \($0.compared): \($0.difference ?? "")") }
      + (differences.count > Self.shown ? ["and \(differences.count - Self.shown) more"] : [])
      + [
        "",
        "\(printable(path)): \(differences.isEmpty ? "all \(checks.count) agree" : "\(checks.count - differences.count) of \(checks.count) agree")",
      ]
  }
}
