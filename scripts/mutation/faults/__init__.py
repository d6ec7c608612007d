"""The faults, an area a file: Fault(file below Sources, what is wrong, the right text, the wrong one).

Each text occurs once in its file. It is an expression, or whole statements, which end with a line feed.
"""
from types import SimpleNamespace

from . import (
    calibration, command_line, command_line_text, compression, data, export, figures, files, models, network, report, results,
    study)

# Each area with the test target that must notice its faults.
AREAS = {
    name: SimpleNamespace(tests=tests, faults=module.FAULTS)
    for name, tests, module in [
        ("network", "NeuralNetworkTests", network), ("compression", "CompressionTests", compression),
        ("calibration", "CompressionTests", calibration),
        ("data", "DatasetsTests", data), ("study", "StudyTests", study), ("report", "ReportTests", report),
        ("results", "ResultsTests", results), ("figures", "FiguresTests", figures), ("files", "FilesTests", files),
        ("models", "ModelsTests", models), ("export", "ModelsTests", export),
        ("command_line", "CommandLineTests", command_line), ("command_line_text", "LowrankTests", command_line_text)]
}
