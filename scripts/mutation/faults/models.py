"""Faults in the compression of somebody's model: opening, selection, ranks, the file, its report and its verification."""
from switched import Fault

M, D = (f"Models/Files/{name}.swift" for name in ["Model", "ModelFiles"])
A = "NeuralNetwork/Files/Factorings.swift"
S, G = (f"Models/Selection/{name}.swift" for name in ["Selection", "Glob"])
P, B, O, F, C, V, R, L, N, Z = (
    f"Models/Compress/{name}.swift" for name in ["Plan", "SizeBudget", "OutputFile", "Factors", "Compressor", "ModelVerification",
                                                 "Report", "RankList", "Options", "Sizes"])
K, U, I = (f"Models/Spectra/{name}.swift" for name in ["SpectraFile", "Spectrum+Ranks", "Inspection"])

FAULTS = [
    Fault(M, "a tensor may be in two shards", "owners.updateValue(files.count, forKey: Array(entry.name.utf8))",
          "owners.updateValue(files.count, forKey: Array(entry.name.utf8)).flatMap { _ in Int?.none }"),
    Fault(M, "of two texts, that of the last file", "      metadata.merge(header.metadata) { first, _ in first }\n",
          "      metadata.merge(header.metadata) { _, last in last }\n"),
    Fault(M, "a tensor in another shard than the index has it", "split(owner).name == split(shard).name", "true"),
    Fault(M, "a tensor that is there stands for another one", "!names.contains(Array(alias.utf8))", "true"),
    Fault(M, "matrices without rows", "shape[0] > 0", "true"),
    Fault(D, "a slash is a Character", 'file.utf8.contains(UInt8(ascii: "/"))', 'file.contains("/")'),
    Fault(D, "hidden files are shards", '!$0.hasPrefix(".")', "true"),
    Fault(D, "a shard for each of its tensors", "names.insert(Array($0.utf8)).inserted", "true"),
    Fault(A, "a layer of one factor", "factors.count == 2", "true"),
    Fault(S, "a break-even rank of 8 is too small", "breakEven < least", "breakEven <= least"),
    Fault(S, "patterns take large matrices only", "include.isEmpty ? Self.leastBreakEvenRank : 1", "Self.leastBreakEvenRank"),
    Fault(S, "factors are factored again", "factors.contains(name)", "false"),
    Fault(S, "a pattern may fit other tensors alone", 'option == "--include"', "false"),
    Fault(G, "a star costs each character", "min(row[j], row[j + 1])", "min(row[j] + 1, row[j + 1])"),
    Fault(G, "a name with brackets does not fit itself", "pattern.isIdentical(to: name)", "false"),
    Fault(P, "unusable matrices are always copied", "!keepsUnusable", "false"),
    Fault(P, "multiples below the rank", "(rank + multiple - 1) / multiple * multiple", "max(1, rank / multiple) * multiple"),
    Fault(P, "listed ranks may be larger than the matrix",
          "        if rank <= sizes[index].largestRank { return (rank, nil) }\n", "        return (rank, nil)\n"),
    Fault(P, "factors cost what the matrix does", "factorCost: stored.bits", "factorCost: matrix.type.bits"),
    Fault(B, "the header of the least ranks", "8 * (target - largest) + cost(layers.map { _ in nil })",
          "8 * (target - smallest) + cost(least)"),
    Fault(B, "a size above the whole", "target < most", "true"),
    Fault(O, "the order of the model alone", "(parts[$1].bits, $0) < (parts[$0].bits, $1)", "$0 < $1"),
    Fault(O, "any tensor is the bias", "tensor.shape == [bias.rows]", "true"),
    Fault(O, "two tensors of one name", "!names.insert(Array(tensor.name.utf8)).inserted", "false"),
    Fault(O, "earlier factors are forgotten", "earlier.layers + described", "described"),
    Fault(F, "all of the scale in one factor",
          "(result.svd.vT.scalingRows(by: roots), result.svd.u.scalingColumns(by: roots))",
          "(result.svd.vT.scalingRows(by: result.svd.singularValues), result.svd.u)"),
    Fault(F, "products that overflow", "largest > 0 ? Scalar.powerOfTwo(near: largest) : 1", "Scalar(1)"),
    Fault(F, "a norm that is no number", "result.norm.isFinite", "true"),
    Fault(C, "U before V", "        try append(own.first.bytes)\n        try append(own.second.bytes)\n",
          "        try append(own.second.bytes)\n        try append(own.first.bytes)\n"),
    Fault(C, "Float for F64", "tensor.type == .float64", "false"),
    Fault(V, "other bytes are a copy", 'isSame ? nil : "found other bytes, expected a copy"', "nil"),
    Fault(V, "factors that the report does not have", "row != nil || layer != nil", "row != nil"),
    Fault(V, "factors of a vector", "bytes.shape.count == 2", "true"),
    Fault(R, "parameters before for those after", "model.parameters - dense + now", "model.parameters"),
    Fault(R, "copies have the type of the factors", "layer.rank == nil ? matrix.type : layer.stored", "layer.stored"),
    Fault(L, "a rank of 0", "row[1].isEmpty || (rank ?? 0) >= 1", "true"),
    Fault(N, "the bias of LoRA moves", 'self == .sequential ? $0 + "1.bias" : $0 + "bias"', '$0 + "1.bias"'),
    Fault(Z, "a share beyond all integers", "min(share * Double(before), 1e18)", "share * Double(before)"),
    Fault(K, "spectra once more", "keys.insert(matrix.key).inserted", "true"),
    Fault(K, "a spectrum by the digest alone", r'"\(digest) \(rows) \(columns) \(type.rawValue)"', "digest"),
    Fault(U, "more than the energy", "1 - $0 >= energy", "1 - $0 > energy"),
    Fault(I, "the mean over factored matrices alone", "squares / Double(plan.layers.count)", "squares / Double(factored.count)"),
]
