"""Headers that are odd, given to the safetensors library and to lowrank: what one accepts, the other must accept.

Prints a line for each disagreement. `--write` keeps what the library finds in Tests/Headers/safetensors.tsv, where the tests
of lowrank find it: the tensors (name, type and shape) or `refused`, then the case, the length that the file claims for its
header, the header, and the number of zeros behind it. Bytes that are not printable are percent-encoded.
"""
import argparse
import pathlib
import struct
import subprocess
import sys
import tempfile
import urllib.parse

import safetensors

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "Tests/Headers/safetensors.tsv"
LIMIT = 100_000_000
TYPES = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
         "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
         "C64": 64, "F64": 64, "I64": 64, "U64": 64}
UNKNOWN = ["F9", "f32", "", " F32", "F32 ", "F128", "C128", "I4", "U4", "Q8", "F8", "float32"]


def entry(kind="F32", shape="[1]", offsets="[0,4]", more=""):
    return f'{{"dtype":"{kind}","shape":{shape},"data_offsets":{offsets}{more}}}'


def cases():
    """Name, header (text or bytes), bytes behind it, and the length that is claimed for the header (none: its own)."""
    w = entry()
    yield "plain", f'{{"w":{w}}}', 4, None

    for text in ["{}", "{ }", "[]", "null", "true", "1", '""', "", " ", "{", "}", "{}{}", "{},", "{null}", "[{}]",
                 "[null,{}]"]:
        yield f"the header {text}", text, 0, None
    yield "no tensors, bytes behind", "{}", 4, None
    for name, around in {"spaces before": "  {}", "line feed and tab before": "\n\t{}", "spaces behind": "{}   ",
                         "all white space behind": "{} \t\r\n", "NUL behind": "{}\0", "form feed before": "\f{}",
                         "no-break space before": "\u00a0{}", "byte order mark": "\ufeff{}", "a comment": "/**/{}"}.items():
        yield name, around.replace("{}", f'{{"w":{w}}}'), 4, None
    yield "UTF-16", f'{{"w":{w}}}'.encode("utf-16-le"), 4, None
    yield "single quotes", f"{{'w':{w}}}", 4, None
    yield "a comma at the end", f'{{"w":{w},}}', 4, None
    yield "a comma at the end of an entry", '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],}}', 4, None

    whole = f'{{"w":{w}}}'
    for name, length in {"length 0": 0, "length 1": 1, "length one short": len(whole) - 1,
                         "length to the end": len(whole) + 4,
                         "length beyond the end": len(whole) + 5, "length at the limit": LIMIT, "length above it": LIMIT + 1,
                         "length 2^31": 2**31, "length 2^63": 2**63, "length 2^64 - 1": 2**64 - 1,
                         "length in big-endian": len(whole) << 56}.items():
        yield name, whole, 4, length
    yield "cut short by a byte", whole, 3, None
    yield "cut short, all data", whole, 0, None
    yield "a byte too many", whole, 5, None

    for kind, bits in TYPES.items():
        for count in (8, 4, 3, 2, 1, 0):
            if count == 8 or bits % 8:
                size = -(-count * bits // 8)
                yield f"{count} of {kind}", f'{{"w":{entry(kind, f"[{count}]", f"[0,{size}]")}}}', size, None
    for kind in UNKNOWN:
        yield f"type '{kind}'", f'{{"w":{entry(kind)}}}', 4, None
        yield f"type '{kind}' beside", f'{{"v":{entry(kind, offsets="[4,8]")},"w":{w}}}', 8, None
    for kind in ["null", "3", '["F32"]', '{"F32":null}', '{"F32":[]}', '{"F32":null,"F64":null}', '{"F9":null}', "{}",
                 '"\\u0046\\u00332"']:
        yield f"type as {kind}", f'{{"w":{{"dtype":{kind},"shape":[1],"data_offsets":[0,4]}}}}', 4, None

    for shape in ["[]", "[1]", "[1,1]", "[1,1,1,1,1,1,1,1,1]", "[2]", "[0]", "[-1]", "[1.0]", "[1e0]", "[-0]", "[01]",
                  "[+1]",
                  '["1"]', "[true]", "[null]", "[[1]]", "[1,]", "null", "1", '"1"', "{}", "[ 1 ]", "[1\n]", "[0x1]",
                  "[4294967297]",
                  "[18446744073709551615]", "[18446744073709551616]", "[18446744073709551617]", "[4611686018427387904,4]",
                  "[9223372036854775808,2]", "[1e999]", "[NaN]", "[1_0]"]:
        yield f"shape {shape}", f'{{"w":{entry(shape=shape)}}}', 4, None
    for shape in ["[0]", "[0,0]", "[0,3]", "[3,0]", "[-0]", "[0.0]", "[0,9223372036854775807]", "[9223372036854775807,0]",
                  "[9223372036854775807,2,0]", "[9223372036854775807,3,0]", "[4611686018427387904,8,0]",
                  "[0,9223372036854775807,9223372036854775807]", "[1]", "[]",
                  "[0,9223372036854775808]", "[18446744073709551615,0]"]:
        yield f"empty, shape {shape}", f'{{"w":{entry(shape=shape, offsets="[0,0]")}}}', 0, None

    for offsets in ["[0,4]", "[4,0]", "[4,8]", "[0,3]", "[0,5]", "[-4,0]", "[-0,4]", "[0.0,4]", "[0,4.0]", "[0,4e0]",
                    "[0]", "[]",
                    "[0,4,4]", "[0,null]", "null", "4", '"0,4"', '{"0":0,"1":4}', "[0,18446744073709551615]",
                    "[18446744073709551615,3]", "[0,18446744073709551620]", "[9223372036854775807,9223372036854775811]"]:
        yield f"offsets {offsets}", f'{{"w":{entry(offsets=offsets)}}}', 4, None

    for name, fields in {"none": "", "no type": '"shape":[1],"data_offsets":[0,4]',
                         "no shape": '"dtype":"F32","data_offsets":[0,4]',
                         "no offsets": '"dtype":"F32","shape":[1]', "in another order":
                         '"data_offsets":[0,4],"shape":[1],"dtype":"F32"', "names in capitals":
                         '"DType":"F32","shape":[1],"data_offsets":[0,4]', "names with escapes":
                         '"d\\u0074ype":"F32","shape":[1],"data_offsets":[0,4]'}.items():
        yield f"fields: {name}", f'{{"w":{{{fields}}}}}', 4, None
    for more in [',"x":null', ',"x":1,"x":2', ',"x":{"y":[1,{"z":null}],"y":0}', ',"x":1e999', ',"x":-1e999', ',"x":1e-999',
                 ',"x":' + "9" * 400, ',"x":"\\ud800"', ',"\\ud800":1', ',"x":NaN', ',"x":"\t"', ',"":0', ',"x"', ',"x":',
                 ',"x":tru', ',"dtype":"F32"', ',"shape":[1]', ',"data_offsets":[0,4]', ',"d\\u0074ype":"F32"',
                 ',"x":' + "[" * 125 + "]" * 125, ',"x":' + "[" * 126 + "]" * 126, ',"x":' + '{"":' * 125 + "0" + "}" * 125,
                 ',"x":' + '{"":' * 126 + "0" + "}" * 126]:
        yield f"another field {more[1:20]} ({len(more)})", f'{{"w":{entry(more=more)}}}', 4, None
    for value in ["null", "1", '"F32"', "true", "[]", "{}", '["F32",[1],[0,4]]', '["F32",[1],[0,4],0]', '["F32",[1]]',
                  f"[{w}]"]:
        yield f"entry {value}", f'{{"w":{value}}}', 4, None
        yield f"entry {value} beside", f'{{"v":{value},"w":{w}}}', 4, None
    yield "nested too deep", "[" * 200, 0, None

    for value in ["null", "{}", '{"a":"b"}', '{"a":null}', '{"a":1}', '{"a":{}}', '{"a":["b"]}', '{"a":"b","a":"c"}',
                  '{"":""}',
                  '{"a":"\\ud800"}', '{"a":"\\ud83d\\ude00"}', '{"a":"\\u0000"}', '{"a":"b",}', "[]", "1", '"a"', w,
                  '{"é":"1","e\u0301":"2"}', '{"a":"\n"}']:
        yield f"metadata {value}", f'{{"__metadata__":{value},"w":{w}}}', 4, None
        yield f"metadata {value} at the end", f'{{"w":{w},"__metadata__":{value}}}', 4, None
    yield "metadata twice", f'{{"__metadata__":{{}},"__metadata__":{{}},"w":{w}}}', 4, None
    yield "metadata twice, null", f'{{"__metadata__":null,"__metadata__":null,"w":{w}}}', 4, None
    yield "metadata with an escape", f'{{"\\u005f_metadata__":{{"a":"b"}},"w":{w}}}', 4, None
    yield "metadata in capitals", f'{{"__METADATA__":{{"a":"b"}},"w":{w}}}', 4, None
    yield "only metadata", '{"__metadata__":{"a":"b"}}', 0, None

    for name in ["", " ", ".", "a/b", "w" * 1000, "é", "e\u0301", "\u0301w", "重み", "\U0001f600", "\u2028", "\u202ew", "\x7f",
                 "\ufeffw", "\ufffe", "\\u0000", "\\n", "\\/", "\\u00e9", "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\ud800",
                 "\\udc00",
                 "\\ud800\\ud800", "\\ud800x", "\\x41", "\\u12", "\\", "\\u{41}", "\x00", "\x1f", "\n", "\t",
                 "__metadata", "%41"]:
        yield f"name {name[:20]}", f'{{"{name}":{w}}}', 4, None
    for name in [b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x9f\x98"]:
        yield f"name in bytes {name.hex()}", b'{"' + name + b'":' + w.encode() + b"}", 4, None
    yield "bytes that are not UTF-8 outside of names", b'{\xff"w":' + w.encode() + b"}", 4, None
    second = entry(offsets="[4,8]")
    for one, other in [("é", "e\u0301"), ("\u212a", "K"), ("\u1100\u1161", "\uac00"), ("w", "W"), ("w", "w "), ("w", "v")]:
        yield f"names {one} and {other}", f'{{"{one}":{w},"{other}":{second}}}', 8, None
    for name, first in {"the same": w, "another shape": entry(shape="[9]", offsets="[0,36]"), "unknown type": entry("F9"),
                        "a number": "1", "wrong offsets": entry(offsets="[7,5]"),
                        "negative offsets": entry(offsets="[-1,3]"),
                        "type twice": entry(more=',"dtype":"F32"')}.items():
        yield f"twice, first {name}", f'{{"w":{first},"w":{w}}}', 4, None
        yield f"twice, last {name}", f'{{"w":{w},"\\u0077":{first}}}', 4, None
    yield "twice, both parts", f'{{"w":{w},"w":{second}}}', 8, None

    def two(first, second):
        return f'{{"a":{entry(shape=f"[{first[2]}]", offsets=f"[{first[0]},{first[1]}]")},' \
               f'"b":{entry(shape=f"[{second[2]}]", offsets=f"[{second[0]},{second[1]}]")}}}'
    for name, first, last, size in [
            ("in order", (0, 4, 1), (4, 8, 1), 8), ("turned round", (4, 8, 1), (0, 4, 1), 8),
            ("a hole", (0, 4, 1), (8, 12, 1), 12),
            ("a hole before", (4, 8, 1), (8, 12, 1), 12), ("overlap", (0, 8, 2), (4, 12, 2), 12),
            ("the same bytes", (0, 4, 1), (0, 4, 1), 4),
            ("one inside", (0, 12, 3), (4, 8, 1), 12), ("a hole behind", (0, 4, 1), (4, 8, 1), 12),
            ("empty before", (0, 0, 0), (0, 4, 1), 4),
            ("empty behind", (0, 4, 1), (4, 4, 0), 4), ("empty inside", (0, 8, 2), (4, 4, 0), 8),
            ("empty beyond", (0, 4, 1), (8, 8, 0), 4),
            ("both empty", (0, 0, 0), (0, 0, 0), 0), ("overlap and hole", (0, 8, 2), (4, 8, 1), 12),
            ("unaligned", (0, 4, 1), (4, 8, 1), 8)]:
        yield f"two, {name}", two(first, last), size, None


# Where lowrank refuses what the library accepts, and why.
KNOWN = {
    "empty, shape [0,9223372036854775808]": "extents are signed integers",
    "empty, shape [18446744073709551615,0]": "extents are signed integers",
}


def contents(header, size, length):
    header = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(header) if length is None else length) + header + bytes(size)


def library(path):
    """The tensors that the library finds, sorted; none if it refuses the file."""
    try:
        with safetensors.safe_open(path, "np") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}
            return sorted(f"{name} {part.get_dtype()} {part.get_shape()}" for name, part in slices.items())
    except safetensors.SafetensorError:
        return None


def accepts(program, path):
    """Whether lowrank reads the file: then its only error is about a tensor that is not there."""
    result = subprocess.run([program, "svd", path, "--tensor", "?"], capture_output=True, text=True)
    return "found no tensor '?'" in result.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/lowrank")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines, disagreements, accepted, names = [], 0, 0, set()
    for name, header, size, length in cases():
        assert name not in names, name
        names.add(name)
        with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
            file.write(contents(header, size, length))
            file.flush()
            theirs, ours = library(file.name), accepts(options.program, file.name)
        accepted += theirs is not None
        if (theirs is not None) != ours:
            disagreements += name not in KNOWN
            reason = f" ({KNOWN[name]})" if name in KNOWN else ""
            print(f"{name}: {'lowrank' if ours else 'the library'} alone accepts it{reason}")
        raw = header.encode() if isinstance(header, str) else header
        verdict = "refused" if theirs is None else "; ".join(theirs)
        safe = "".join(chr(code) for code in range(33, 127) if chr(code) != "%") + " "
        lines.append("\t".join([urllib.parse.quote(verdict, safe=safe), urllib.parse.quote(name, safe=safe),
                                "" if length is None else str(length), urllib.parse.quote_from_bytes(raw, safe=safe),
                                str(size)]))
    print(f"{len(lines)} headers, {accepted} accepted by safetensors {safetensors.__version__}, "
          f"{disagreements} disagreements")
    if options.write:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text("\n".join(lines) + "\n")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
