"""Faults in images, IDX and gzip files, downloads, and the built-in digits."""
from switched import Fault

I, S = (f"Datasets/{name}.swift" for name in ["Images", "DatasetSource"])
X, G = (f"Datasets/IDX/{name}.swift" for name in ["IDX", "Gzip"])
P, F, D, M, T = (f"Datasets/MNIST/{name}.swift" for name in [
    "PublishedFiles", "StoredFile", "Download", "Mirrors", "Transfer"])
N, O, L, Y = (f"Datasets/Digits/{name}.swift" for name in ["DrawnDigits", "Distortion", "Glyphs", "Pen"])

FAULTS = [
    Fault(I, "the last images are the first", "self[self.count - count..<self.count]", "self[0..<count]"),
    Fault(I, "labels of the first images, whatever the range", "Array(labels[range])", "Array(labels.prefix(range.count))"),
    Fault(I, "pixels of the first images, whatever the range", "range.lowerBound * size..<range.upperBound * size",
          "0..<range.count * size"),
    Fault(X, "more labels than images are accepted", "labels.count == count", "labels.count >= count"),
    Fault(X, "a file may be longer than it says", "file.count == expected", "file.count >= expected"),
    Fault(X, "the label 10 is a digit", "$0 >= Images.classes", "$0 > Images.classes"),
    Fault(X, "any images of 784 pixels", "dimensions[1] == Images.rows && dimensions[2] == Images.columns",
          "dimensions[1] * dimensions[2] == Images.pixelsPerImage"),
    Fault(X, "numbers have their low byte first", "$0 << 8 | UInt32($1)", "$0 >> 8 | UInt32($1) << 24"),
    Fault(G, "no limit for what is unpacked", "output.count <= limit", "output.count >= 0"),
    Fault(G, "what follows the first gzip member is left out", "consumed == file.count", "consumed > 0"),
    Fault(F, "any file of the right length", "found == file.sha256 || found == file.decompressedSHA256",
          "bytes.count == file.bytes || found == file.decompressedSHA256"),
    Fault(F, "any contents of the right length", "SHA256.hexDigest(of: contents) == file.decompressedSHA256",
          "contents.count == file.decompressedBytes"),
    Fault(F, "of several wrong files the last is named", "first ?? error", "error"),
    Fault(F, "copies with a dot are not found", '[name, plain, dotted + ".gz", dotted]', "[name, plain]"),
    Fault(P, "the test set is the training set", "load(files.testImages, files.testLabels)",
          "load(files.trainingImages, files.trainingLabels)"),
    Fault(P, "the digests are those of the unpacked files", "($0.name, $0.sha256)", "($0.name, $0.decompressedSHA256)"),
    Fault(S, "digits in place of MNIST without being asked", "choice == .auto", "choice != .digits"),
    Fault(S, "an empty MNIST_DIR is a folder", "!path.isEmpty", "true"),
    Fault(S, "digits have seed 1, whatever is asked",
          ".digits(seed: seed, training: digitsTraining, test: digitsTest, workers: workers)",
          ".digits(seed: 1, training: digitsTraining, test: digitsTest, workers: workers)"),
    Fault(D, "a download is not checked", "found == file.sha256", "!found.isEmpty"),
    Fault(D, "a wrong download is not tried again from its beginning", "before > 0", "before < 0"),
    Fault(D, "patience for silence before the answer", "state.hasAnswered ? patience.silence : patience.answer",
          "patience.silence"),
    Fault(M, "a wrong file is overwritten", "fileExists(path)", "false", then=' { log("\\(path): the wrong'),
    Fault(T, "any part of a file is appended", 'range.hasPrefix("bytes \\(offset)-")', 'range.hasPrefix("bytes ")'),
    Fault(T, "a server may send more than the file", "state.bytes + data.count <= expected", "expected > 0"),
    Fault(T, "a file that ends early is a whole one", "state.bytes < expected", "state.bytes < 0"),
    Fault(T, "what a server without ranges sends is appended", "start != state.bytes", "start > state.bytes"),
    Fault(N, "test digits are training digits", '"digits/" + split', '"digits/training"'),
    Fault(N, "no nines", "stream.below(Images.classes)", "stream.below(Images.classes - 1)"),
    Fault(N, "each digit is written in one way", "ways[stream.below(ways.count)]", "ways[min(0, stream.below(ways.count))]"),
    Fault(N, "the digest of test labels is that of training labels", "SHA256.hexDigest(of: test.labels)",
          "SHA256.hexDigest(of: training.labels)"),
    Fault(O, "digits do not lean", "-cosine * shear - sine", "-sine"),
    Fault(O, "no elastic distortion", "point + field.displacement(at: point) - Glyph.centre", "point - Glyph.centre"),
    Fault(Y, "digits fill the frame to its edge", "(extent - 2 * radius) / max(size.x, size.y)",
          "(extent + 8) / max(size.x, size.y)"),
    Fault(Y, "ink has no noise", "covered * (1 - unevenness * stream.uniform())", "covered"),
]
