"""Odd targets, inputs and standard streams."""
import gzip
import os
import pathlib
import signal
import socket
import stat
import subprocess
import threading

from oddity import Skipped, oddity
from weights import matrix, safetensors

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WEIGHTS = safetensors({"w": matrix()})


def factors(place, path, **settings):
    """Writes the factors of a small matrix to `path`."""
    place.write("w.safetensors", WEIGHTS)
    return place.accepts("svd", "w.safetensors", "--output", path, **settings)


def expected_factors(place):
    factors(place, "expected.safetensors")
    return (place.folder / "expected.safetensors").read_bytes()


def device(path, minor):
    """Makes a device as in /dev: 3 for null, 7 for full."""
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
        with open(path, "wb"):
            pass
    except PermissionError:
        raise Skipped("devices can be made and used by an administrator only")


def sizes(place, table):
    return ["svd-sizes", "--sizes", "4", "--runs", "1", "--output", table]


@oddity
def devices(place):
    """a device stays a device, whatever writes to it"""
    device(place.folder / "null.csv", 3)
    device(place.folder / "full.csv", 7)
    factors(place, "null.csv")
    place.accepts(*sizes(place, "null.csv"))
    assert (place.folder / "null.json").is_file(), "found no manifest beside the table"
    place.refuses("svd", "w.safetensors", "--output", "full.csv", words=["full.csv: found No space left on device"])
    place.refuses(*sizes(place, "full.csv"), words=["full.csv: found No space left on device"])
    for name in ["null.csv", "full.csv"]:
        assert stat.S_ISCHR(os.lstat(place.folder / name).st_mode), f"{name} is no longer a device"
    # Of files that are written together, none is replaced if one cannot be written.
    assert not (place.folder / "full.json").exists(), "found a manifest without its table"
    names = {path.name for path in place.folder.iterdir()}
    assert names == {"null.csv", "null.json", "full.csv", "w.safetensors"}, f"found {names}"


@oddity
def named_pipe(place):
    """a named pipe gets the bytes, also if its reader comes late"""
    expected, path, got = expected_factors(place), place.folder / "pipe", []
    os.mkfifo(path)
    reader = threading.Timer(0.3, lambda: got.append(path.read_bytes()))
    reader.start()
    factors(place, "pipe")
    reader.join()
    assert got == [expected], "found other bytes in the pipe"
    assert stat.S_ISFIFO(os.lstat(path).st_mode), "the pipe is no longer one"


@oddity
def reader_gone(place):
    """a named pipe whose reader goes away is an error in one line"""
    side = 400  # 1.3 MB of factors: more than a pipe holds.
    place.write("w.safetensors", safetensors({"w": matrix(side, side)}))
    os.mkfifo(place.folder / "pipe")
    reader = threading.Thread(target=lambda: open(place.folder / "pipe", "rb").read(1))
    reader.start()
    place.refuses("svd", "w.safetensors", "--output", "pipe", words=["pipe: found Broken pipe after"])
    reader.join()


@oddity
def refused_targets(place):
    """a socket, a folder and the name of a folder are refused as outputs, before the work"""
    place.write("w.safetensors", WEIGHTS)
    (place.folder / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place.folder / "socket"))
        place.refuses("svd", "w.safetensors", "--output", "socket", words=["socket: found a socket, expected a file"])
        assert stat.S_ISSOCK(os.lstat(place.folder / "socket").st_mode), "the socket is no longer one"
    place.refuses("svd", "w.safetensors", "--output", "folder", words=["folder: found a folder, expected a file"])
    place.refuses("svd", "w.safetensors", "--output", "new/", words=["new/: found the name of a folder"])
    place.refuses("svd", "w.safetensors", "--output", "w.safetensors/new/f",
                  words=["w.safetensors: found a file, expected a folder"])


@oddity
def standard_output(place):
    """--output to standard output goes to a pipe, a socket and a file as they are open"""
    expected = expected_factors(place)
    # As /dev/stdout, which a program that goes wrong here would replace.
    os.symlink("/proc/self/fd/1", place.folder / "stdout")
    command = [place.program, "svd", "w.safetensors", "--output"]
    settings = {"cwd": place.folder, "stderr": subprocess.PIPE, "timeout": 60}
    for path in ["stdout", "/dev/fd/1"]:
        result = subprocess.run(command + [path], stdout=subprocess.PIPE, **settings)
        assert (result.returncode, result.stdout) == (0, expected), f"{path}: found {result.stderr}"
        assert b"algorithm: lapack" in result.stderr, "found no text on standard error"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert subprocess.run(command + ["stdout"], stdout=theirs, **settings).returncode == 0
        assert ours.recv(1 << 20) == expected, "found other bytes in the socket"
    with open(place.folder / "log", "wb") as log:
        log.write(b"before ")
        log.flush()
        subprocess.run(command + ["stdout"], stdout=log, check=True, **settings)
        log.seek(0, os.SEEK_END)
        log.write(b" after")
    assert (place.folder / "log").read_bytes() == b"before " + expected + b" after", "found other bytes in the file"


@oddity
def symbolic_links(place):
    """an output through symbolic links replaces what they point to"""
    expected = expected_factors(place)
    place.write("real/old", b"old")
    (place.folder / "links").mkdir()
    for link, target in [("links/first", "second"), ("links/second", "../real/old"), ("links/dangling", "../real/new"),
                         ("links/circle", "circle")]:
        os.symlink(target, place.folder / link)
    factors(place, "links/first")
    factors(place, "links/dangling")
    place.refuses("svd", "w.safetensors", "--output", "links/circle", words=["links/circle: found ", "symbolic links"])
    for name in ["old", "new"]:
        assert (place.folder / "real" / name).read_bytes() == expected, f"{name} has other bytes"
    names = sorted(path.name for path in place.folder.glob("*/*"))
    assert names == ["circle", "dangling", "first", "new", "old", "second"], f"found {names}"
    assert all(path.is_symlink() for path in place.folder.glob("links/*")), "a link was replaced"


@oddity
def permissions(place):
    """a file keeps its mode and owner; new files and folders have those of the umask"""
    old = place.write("old", b"old")
    old.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(old, 12345, 23456)
    umask = {"before": lambda: os.umask(0o002)}
    factors(place, "old", **umask)
    factors(place, "folder/new", **umask)
    found = os.stat(old)
    assert stat.S_IMODE(found.st_mode) == 0o600, f"found mode {found.st_mode:o}"
    assert os.geteuid() != 0 or (found.st_uid, found.st_gid) == (12345, 23456), "found another owner"
    for name, mode in [("folder", 0o775), ("folder/new", 0o664)]:
        found = stat.S_IMODE(os.stat(place.folder / name).st_mode)
        assert found == mode, f"{name}: found mode {found:o}"


def printing(place):
    """Commands that print to standard output."""
    place.write("w.safetensors", WEIGHTS)
    place.write("study.yaml", (ROOT / "experiments/quick.yaml").read_bytes())
    return [["svd", "w.safetensors"], ["--help"], ["svd", "--help"], ["--version"], ["sources"],
            ["--generate-completion-script", "bash"], ["locate", "dataset", "--study", "study.yaml", "--data", "digits"]]


@oddity
def lost_output(place):
    """text that standard output does not take is an error, for every command"""
    for command in printing(place):
        with open("/dev/full", "w") as full:
            place.refuses(*command, stdout=full, words=["standard output: found No space left on device"])
    place.refuses(*command, before=lambda: os.close(1), words=["standard output: found Bad file descriptor"])


@oddity
def closed_pipe(place):
    """a closed pipe, as after `| head`, ends the program quietly"""
    for index, command in enumerate(printing(place)):
        setting = signal.SIG_IGN if index == 0 else signal.SIG_DFL  # What the parent process made of the signal.
        reader, writer = os.pipe()
        os.close(reader)
        result = place.run(*command, stdout=writer, before=lambda: signal.signal(signal.SIGPIPE, setting))
        os.close(writer)
        assert (result.returncode, result.stderr) == (-signal.SIGPIPE, ""), f"found {result.returncode}: {result.stderr}"


@oddity
def closed_streams(place):
    """what is printed does not go into a file that got the number of a closed stream"""
    expected = expected_factors(place)
    place.refuses("svd", "w.safetensors", "--output", "f", before=lambda: (os.close(0), os.close(1)))
    assert (place.folder / "f").read_bytes() == expected, "found other bytes"
    assert place.run("svd", "none", before=lambda: os.close(2)).returncode == 1


@oddity
def standard_input(place):
    """weights and study files are read from pipes, sockets and /dev/stdin"""
    plain = place.write("w.safetensors", WEIGHTS)
    with open(plain) as file:
        assert "6 × 4" in place.accepts("svd", "/dev/stdin", stdin=file)
    for ends in [os.pipe(), [end.detach() for end in socket.socketpair()]]:
        os.write(ends[1], WEIGHTS)
        os.close(ends[1])
        assert "6 × 4" in place.accepts("svd", "/dev/stdin", stdin=ends[0])
        os.close(ends[0])
    os.mkfifo(place.folder / "pipe")
    writer = threading.Timer(0.2, lambda: (place.folder / "pipe").write_bytes(WEIGHTS))
    writer.start()
    assert "6 × 4" in place.accepts("svd", "pipe")
    writer.join()
    reader, writer = os.pipe()
    os.write(writer, (ROOT / "experiments/quick.yaml").read_bytes())
    os.close(writer)
    assert place.accepts("locate", "dataset", "--study", "/dev/stdin", "--data", "digits", stdin=reader) == "digits\n"
    os.close(reader)


@oddity
def inputs_that_cannot_be_read(place):
    """a folder, a device, a circle of links and a closed file are each refused with the reason"""
    (place.folder / "folder").mkdir()
    os.symlink("circle", place.folder / "circle")
    place.write("file", b"")
    for path, words in [("folder", "found a folder, expected a file"), ("/dev/zero", "found a device, expected"),
                        ("circle", "symbolic links"), ("none", "found no such file"), ("file/x", "Not a directory"),
                        ("x" * 300, "File name too long")]:
        place.refuses("svd", path, words=[path, words])
        place.refuses("locate", "dataset", "--study", path, words=[path, words])
    if os.geteuid() != 0:
        (place.folder / "file").chmod(0)
        place.refuses("svd", "file", words=["file: found Permission denied, expected permission to read it"])


@oddity
def pipes_among_results(place):
    """a pipe in place of a result is refused, not waited for"""
    place.write("study.yaml", (ROOT / "experiments/quick.yaml").read_bytes())
    (place.folder / "results/digits/study").mkdir(parents=True)
    os.mkfifo(place.folder / "results/digits/study/manifest.json")
    place.refuses("run", "study.yaml", "--data", "digits", "--results", "results", timeout=20,
                  words=["manifest.json: found a pipe, expected a regular file"])


@oddity
def not_utf8(place):
    """a name that is not UTF-8 is refused and said to be that; a folder around the files may have one"""
    place.write("w.safetensors", WEIGHTS)
    place.refuses("svd", "w.safetensors", "--output", b"f\xff", words=["argument 4: found 'f\ufffd', which is not UTF-8"])
    place.refuses("svd", "w.safetensors", environment={"MNIST_DIR": os.fsdecode(b"/data\xff")},
                  words=["MNIST_DIR: found", "not UTF-8"])
    folder = os.fsencode(place.folder) + b"/\xff"
    os.mkdir(folder)
    os.chdir(folder)  # Not a setting of `run`: its folder is the place's.
    try:
        for arguments in [["svd", "../w.safetensors", "--output", "new/f.safetensors"], ["svd", "new/f.safetensors", "--tensor", "u"]]:
            result = subprocess.run([place.program, *arguments], capture_output=True, timeout=60)
            assert result.returncode == 0, f"found {result.stderr}"
    finally:
        os.chdir(ROOT)
    assert os.listdir(folder) == [b"new"], f"found {os.listdir(folder)}"


def mnist():
    """The four published files, by name."""
    folder = pathlib.Path(os.environ.get("MNIST_DIR") or ROOT / "data/mnist")
    files = {path.name: path.read_bytes() for path in folder.glob("*-ubyte.gz")}
    if len(files) != 4:
        raise Skipped("MNIST is neither in MNIST_DIR nor in data/mnist")
    return files


@oddity
def mnist_packed_otherwise(place):
    """MNIST is taken unpacked, with a dot in its names, and packed anew; wrong contents are refused"""
    files = {name: gzip.decompress(contents) for name, contents in mnist().items()}
    place.write("study.yaml", (ROOT / "experiments/paper.yaml").read_bytes())

    def locate(folder):
        return ["locate", "dataset", "--study", "study.yaml", "--data", "mnist"], {"environment": {"MNIST_DIR": folder}}

    for folder, named, packed in [
            ("plain", lambda name: name[:-3], bytes), ("dot", lambda name: name[:-3].replace("-idx", ".idx"), bytes),
            ("anew", str, lambda contents: gzip.compress(contents, 1)), ("unpacked", str, bytes)]:
        for name, contents in files.items():
            place.write(f"{folder}/{named(name)}", packed(contents))
        arguments, settings = locate(folder)
        assert place.accepts(*arguments, **settings) == "mnist\n"
    wrong = bytearray(files["t10k-labels-idx1-ubyte.gz"])
    wrong[100] ^= 1
    place.write("plain/t10k-labels-idx1-ubyte", bytes(wrong))
    arguments, settings = locate("plain")
    place.refuses(*arguments, **settings, words=["MNIST_DIR: plain/t10k-labels-idx1-ubyte: found 10008 bytes with SHA-256"])
    arguments, settings = locate("none")
    place.refuses(*arguments, **settings, words=["MNIST_DIR: none: found no such folder, expected the folder of MNIST"])


@oddity
def tables_of_spreadsheets(place):
    """a table with a byte order mark is read; one with semicolons, or another header, is refused clearly"""
    place.accepts(*sizes(place, "t.csv"))
    table = place.folder / "t.csv"
    text = table.read_text()
    draw = ["figures", "svd", "--table", "t.csv", "--figures", "figures"]
    header = text.splitlines()[0]
    for changed, words in [
            (text.replace(",", ";"), "t.csv:1: found semicolons between the columns, expected commas"),
            (text.replace("algorithm", "algorithm\u200b", 1), "t.csv:1: column 1: found 'algorithmU+200B', expected 'algorithm'"),
            (header + "\nx\n", "t.csv:2: found 1 field, expected"),
            (header.rsplit(",", 1)[0] + "\n", "found no further column, expected '")]:
        table.write_text(changed)
        place.refuses(*draw, words=[words])
    table.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    place.accepts(*draw)
