import ArgumentParser
import Datasets
import Files
import LinearAlgebra
import Models

extension StoredType: ExpressibleByArgument {}
extension FactorNaming: ExpressibleByArgument {}

/// Makes a model smaller.
struct CompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress", abstract: "Make a model smaller: factor its matrices by truncated SVD, or by its data.",
    discussion: """
      Each selected matrix becomes two: NAME.weight (m×n) becomes NAME.0.weight (r×n) and NAME.1.weight (m×r), and NAME.bias becomes \
      NAME.1.bias. All other tensors are copied. A matrix that would not become smaller is copied too.

        lowrank compress model.safetensors --rank 64 -o smaller.safetensors
        lowrank compress model.safetensors --size 60% --dry-run
        lowrank compress shards/ --energy 0.95 --store bf16 --exclude 'lm_head.*' -o smaller.safetensors

      Beside smaller.safetensors lie smaller.lowrank.json and smaller.lowrank.csv: a row a matrix with its rank, errors and sizes. An edited table \
      goes back in by --ranks. With --data, a fully connected network is fitted to what its layers do with data: far fewer errors at \
      the same size, without a label or a step of training. From the first factored layer on, all layers are fitted, also those \
      that stay dense. --rank and --size allow weights or bytes, and --allocation spends them.

        lowrank compress mlp.safetensors --data data/fashion-mnist --rank 20 -o smaller.safetensors
        lowrank compress mlp.safetensors --data train.safetensors --size 1% --store int4 -o smaller.safetensors

      python/lowrank_torch.py loads the file into a PyTorch model.
      """)

  @Argument(help: ModelArguments.help)
  var model: String

  @Option(name: [.short, .long], help: ArgumentHelp("The .safetensors file to write.", valueName: "file"))
  var output: String?

  @OptionGroup var selection: SelectionOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The same rank for each matrix; with --data, ranks that differ and take as many weights.", valueName: "D"))
  var rank: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "For each matrix, the smallest rank that keeps this share of Σ σ², such as 0.95; with --data, of the variance of its outputs.",
      valueName: "share")
  )
  var energy: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The size of the whole file, such as 40% or 12MB: ranks by the errors that they save for a byte.", valueName: "size"))
  var size: String?

  @Option(
    help: ArgumentHelp("Ranks from a .csv file with the columns tensor and rank, as an earlier report.", valueName: "file"))
  var ranks: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Ranks are multiples of this number, rounded up.", valueName: "k"))
  var multipleOf = 1

  @Option(help: "How factors are stored: f32, f16, bf16, or same as the matrix; with --data also int8, int4.")
  var store = StoredType.same

  @Option(
    help: "Names of factors: sequential (NAME.0.weight, NAME.1.weight), or lora (NAME.lora_A.weight, NAME.lora_B.weight).")
  var naming = FactorNaming.sequential

  @Option(help: ArgumentHelp("Read spectra from this .safetensors file, and write them there.", valueName: "file"))
  var spectra: String?

  @Flag(help: "Print ranks and sizes, and write nothing.")
  var dryRun = false

  @Flag(help: "Copy matrices with NaN or infinities as they are.")
  var keepUnusable = false

  @OptionGroup(title: "With data") var calibration: CalibrationArguments

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if calibration.data.data == nil {
      if store.codeBits != nil {
        throw ValidationError("--store: found \(store.rawValue) without --data, expected data, by which codes are chosen")
      }
      if let option = calibration.givenWithoutData {
        throw ValidationError("\(option): found it without --data, expected both")
      }
    } else if keepUnusable || (store.codeBits != nil && naming != .sequential) {
      throw ValidationError(
        keepUnusable
          ? "--keep-unusable: found it beside --data, expected a network of finite elements"
          : "--naming: found \(naming.rawValue) beside --store \(store.rawValue), expected neither: codes have no names")
    } else if let conflict = calibration.conflict(withRank: rank != nil, size: size != nil, multiple: multipleOf) {
      throw ValidationError(conflict)
    } else if spectra != nil {
      throw ValidationError("--spectra: found it beside --data, expected one of them: data decide the ranks")
    }
    let given = [("--rank", rank != nil), ("--energy", energy != nil), ("--size", size != nil), ("--ranks", ranks != nil)]
      .filter(\.1).map(\.0)
    guard given.count == 1 else {
      let found = given.isEmpty ? "none" : given.joined(separator: " and ")
      throw ValidationError("--rank, --energy, --size, --ranks: found \(found), expected one of them")
    }
    if let rank, rank < 1 { throw ValidationError("--rank: found \(rank), expected 1 or more") }
    if let energy, !(energy > 0 && energy <= 1) {
      throw ValidationError("--energy: found \(energy), expected a share above 0, at most 1")
    }
    if let size, FileSize(size) == nil {
      throw ValidationError("--size: found '\(size)', expected a size such as 40%, 12MB or 1.5GiB")
    }
    guard multipleOf >= 1 else { throw ValidationError("--multiple-of: found \(multipleOf), expected 1 or more") }
    if ranks != nil, multipleOf != 1 || !selection.include.isEmpty || !selection.exclude.isEmpty {
      throw ValidationError(
        "--ranks: found --include, --exclude or --multiple-of beside it, expected the ranks of the list alone")
    }
    guard dryRun || output != nil else { throw ValidationError("--output: found nothing, expected a file, or --dry-run") }
    if let output, !output.hasSuffix(".safetensors") {
      throw ValidationError(
        "--output: found \(output.isEmpty ? "nothing" : output), expected a file whose name ends in .safetensors")
    }
    if let spectra { try requireValue(spectra, of: "--spectra", expected: "a file") }
  }

  private func extent() throws(FileError) -> Extent? {
    if let rank { return .rank(rank) }
    if let energy { return .energy(energy) }
    if let size { return FileSize(size).map { .size($0) } }
    return try ranks.map { path throws(FileError) in .listed(try RankList(readingFrom: path)) }
  }

  func run() throws {
    let report = try Interrupts.endingAtOnce { try compress() }
    guard let report, let output else { return }
    try Output.print((["", "\(printable(output)):"] + ModelText.report(report)).joined(separator: "\n"))
  }

  /// - Returns: what was written; `nil` after a dry run.
  private func compress() throws -> CompressionReport? {
    let model = try ModelArguments.open(self.model)
    let data = try calibration.data.open()
    let test = try calibration.test.map { try DataOptions.open($0) }
    guard let extent = try extent() else { preconditionFailure("options were not validated") }
    let selection: Selection
    if case .listed(let list) = extent, let ranks {
      selection = try Selection(of: model, listed: list, path: ranks)
    } else {
      selection = try self.selection.selection(of: model, takesSmall: data != nil)
    }
    try selection.requireSome(of: model)
    let reports = output.map { CompressionReport.paths(beside: $0) }
    let outputs = dryRun ? [] : [("--output", output), ("--output", reports?.json), ("--output", reports?.csv)]
    try ModelArguments.require(
      outputs + [("--spectra", spectra)],
      besides: [("--ranks", ranks)] + (data?.paths ?? []).map { ("--data", $0) }
        + (test?.paths ?? []).map { ("--test", $0) }, of: model)
    Terminal.shared.line(ModelText.summary(of: model))
    try Output.print(ModelText.selection(selection, fits: data != nil).joined(separator: "\n") + "\n")
    if let data {
      return try compress(model, selection, extent, by: data, test: test?.evaluated ?? data.test, reports: reports)
    }
    let needsSpectra = if case .energy = extent { true } else if case .size = extent { true } else { false }
    let surveyed = try Surveying(model, threads: threads, spectra: spectra)
      .matrices(selection.selected, withSpectra: needsSpectra)
    let plan = try CompressionPlan(
      of: model, surveyed: surveyed, extent: extent, multiple: multipleOf, stored: store, naming: naming,
      keepsUnusable: keepUnusable)
    // The report has the ranks too.
    try Output.print(
      ((dryRun ? ModelText.plan(plan.layers) : []) + [ModelText.sizes(of: plan.size, model)]).joined(separator: "\n"))
    guard !dryRun, let output, let reports else { return nil }
    return try write(plan, of: model, to: output, reports: reports)
  }

  /// Compresses a fully connected network by its data.
  private func compress(
    _ model: Model, _ selection: Selection, _ extent: Extent, by data: OwnData, test: OwnData.Source?,
    reports: (json: String, csv: String)?
  ) throws -> CompressionReport? {
    let work = try calibration.compression(
      of: model, selection: selection, extent: extent, data: data, test: test, multiple: multipleOf, stored: store,
      naming: naming,
      workers: threads.workers)
    try Output.print(
      ((dryRun ? ModelText.plan(work.compression.layers, codeBits: store.codeBits) : []) + [
        ModelText.sizes(of: work.compression.size, model)
      ])
      .joined(separator: "\n"))
    guard !dryRun, let output, let reports else { return nil }
    let (bytes, report) = try work.run()
    try Interrupts.afterwards {
      let files = [
        try PendingFile(output, bytes: bytes), try PendingFile(reports.json, text: report.json.prettyText + "\n"),
        try PendingFile(reports.csv, text: report.csv),
      ]
      for file in files { try file.flush() }
      for file in files { try file.commit() }
    }
    return report
  }

  private func write(
    _ plan: CompressionPlan, of model: Model, to output: String, reports: (json: String, csv: String)
  ) throws -> CompressionReport {
    let file = try Interrupts.afterwards {
      let file = try PendingFile(output, size: plan.size)
      Interrupts.remember([file.temporary])
      return file
    }
    let line = ModelProgressLine("compress")
    line.begin(matrices: plan.layers.count { $0.rank != nil }, bytes: model.tensors.reduce(0) { $0 + $1.range.count })
    let report = try Compressor(plan, of: model, workers: threads.workers, progress: line.progress).write(to: file)
    try file.flush()
    // The model and its report appear together.
    try Interrupts.afterwards {
      let json = try PendingFile(reports.json, text: report.json.prettyText + "\n")
      let csv = try PendingFile(reports.csv, text: report.csv)
      for file in [json, csv] { try file.flush() }
      for file in [file, json, csv] { try file.commit() }
    }
    line.end()
    return report
  }
}
