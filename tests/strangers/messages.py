"""Protocol buffers by their .proto files: bytes to JSON as protobuf maps it, and back to canonical bytes."""
import base64
import datetime
import pathlib
import re

from public_log import Wrong, demand, fields, unbase64

PROTOS = pathlib.Path(__file__).resolve().parent.parent.parent / "proto"
NUMBERS = {"int32", "int64", "uint32", "uint64", "bool"}
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
EPOCH = datetime.datetime(1970, 1, 1)


def read_time(text):
    """(seconds, nanos) since 1970."""
    found = TIME.fullmatch(text)
    demand(found, "not a time")
    whole = datetime.datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S") - EPOCH
    return whole.days * 86400 + whole.seconds, int((found[2] or "").ljust(9, "0"))


def milliseconds(text):
    seconds, nanos = read_time(text)
    return seconds * 1000 + nanos // 1_000_000


def write_time(seconds, nanos):
    demand(-62_135_596_800 <= seconds <= 253_402_300_799 and 0 <= nanos < 10**9, "not a time")
    text = (EPOCH + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    text = text.rjust(19, "0")
    if not nanos:
        return text + "Z"
    digits = f"{nanos:09}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z"


class Field:
    def __init__(self, label, kind, number, in_oneof):
        self.kind, self.number = kind, int(number)
        self.repeated, self.present = label == "repeated", label == "optional" or in_oneof


class Messages:
    """The messages and enums of a directory of .proto files, by their full names."""

    def __init__(self, directory=PROTOS):
        self.messages, self.enums = {}, {}
        for path in sorted(directory.rglob("*.proto")):
            text = re.sub(r"//[^\n]*", "", path.read_text("utf-8"))
            self.read(re.search(r"package ([\w.]+);", text)[1], text)

    def read(self, package, text):
        for found in re.finditer(r"\b(message|enum) (\w+) \{", text):
            at = depth = found.end()
            depth = 1
            while depth:
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            body, name = text[found.end():at - 1], package + "." + found[2]
            if found[1] == "enum":
                pairs = re.findall(r"(\w+) = (\d+)", body)
                self.enums[name] = {word: int(number) for word, number in pairs}
            else:
                self.messages[name] = self.read_fields(body)

    @staticmethod
    def read_fields(body):
        result = {}
        oneofs = [(m.start(), m.end()) for m in re.finditer(r"oneof \w+ \{[^}]*\}", body)]
        for found in re.finditer(r"(?:\b(repeated|optional) )?([\w.]+) (\w+) = (\d+)", body):
            in_oneof = any(start < found.start() < end for start, end in oneofs)
            result[found[3]] = Field(found[1], found[2], found[4], in_oneof)
        return result

    def resolve(self, kind, within):
        """The full name of a type that a message of the name `within` speaks of."""
        scope = within.split(".")[:-1]
        while scope:
            name = ".".join(scope) + "." + kind
            if name in self.messages or name in self.enums:
                return name
            scope.pop()
        return kind

    # -- Bytes to JSON ----------------------------------------------------------------------------

    def decode(self, name, data, strict):
        """As protobuf's JSON has it, with the names of the fields. Strict: no unknown field."""
        if name == "google.protobuf.Timestamp":
            said = dict(fields(data))
            return write_time(signed(said.get(1, 0)), said.get(2, 0))
        numbered = {field.number: (key, field) for key, field in self.messages[name].items()}
        result = {}
        for number, value in fields(data):
            if number not in numbered:
                demand(not strict, "a field that is not told of")
                continue
            key, field = numbered[number]
            kind = self.resolve(field.kind, name)
            scalar = kind in NUMBERS or kind in self.enums
            demand(isinstance(value, int) == scalar or field.repeated and scalar,
                   "another kind of field")
            values = [value]
            if scalar and not isinstance(value, int):
                values = unpacked(value)
            for each in values:
                if field.repeated:
                    result.setdefault(key, []).append(self.value(kind, each, strict))
                else:
                    result[key] = self.value(kind, each, strict)
        return {key: value for key, value in result.items()
                if self.messages[name][key].present or not self.is_default(name, key, value)}

    def value(self, kind, value, strict):
        if kind == "bool":
            return value != 0
        if kind in ("int64", "uint64"):
            return str(signed(value) if kind == "int64" else value)
        if kind in ("int32", "uint32"):
            return signed(value) if kind == "int32" else value
        if kind in self.enums:
            return next((word for word, n in self.enums[kind].items() if n == value), value)
        if kind == "string":
            return value.decode("utf-8")
        if kind == "bytes":
            return base64.b64encode(value).decode()
        return self.decode(kind, value, strict)

    def is_default(self, name, key, value):
        kind = self.resolve(self.messages[name][key].kind, name)
        if isinstance(value, list):
            return not value
        if kind in self.enums:
            return self.enums[kind].get(value, value) == 0
        return value == ("0" if kind in ("int64", "uint64") else "") or kind in NUMBERS and not value

    # -- JSON to canonical bytes ------------------------------------------------------------------

    def encode(self, name, said):
        """Fields in rising order, defaults left out; a field that is not told of is refused."""
        if name == "google.protobuf.Timestamp":
            seconds, nanos = read_time(said)
            return number_field(1, seconds) + number_field(2, nanos)
        known = self.messages[name]
        demand(isinstance(said, dict) and set(said) <= set(known), "a field that is not told of")
        result = b""
        for key in sorted(said, key=lambda key: known[key].number):
            field, value = known[key], said[key]
            kind = self.resolve(field.kind, name)
            if kind in NUMBERS or kind in self.enums:
                numbers = [self.number(kind, each)
                           for each in (value if field.repeated else [value])]
                if field.repeated:
                    packed = b"".join(varint(each) for each in numbers)
                    result += bytes_field(field.number, packed) if packed else b""
                elif field.present and not numbers[0]:
                    result += varint(field.number << 3) + b"\0"
                else:
                    result += number_field(field.number, numbers[0])
                continue
            for each in value if field.repeated else [value]:
                if kind == "string":
                    each = each.encode()
                elif kind == "bytes":
                    each = unbase64(each)
                else:
                    result += bytes_field(field.number, self.encode(kind, each))
                    continue
                if each or field.repeated or field.present:
                    result += bytes_field(field.number, each)
        return result

    def number(self, kind, value):
        if kind in self.enums:
            return self.enums[kind][value] if isinstance(value, str) else int(value)
        return int(value)


def signed(number):
    return number - (1 << 64) if number >> 63 else number


def unpacked(data):
    numbers, value, shift = [], 0, 0
    for byte in data:
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte < 128:
            numbers.append(value)
            value = shift = 0
    if shift:
        raise Wrong("a torn message")
    return numbers


def varint(number):
    number &= (1 << 64) - 1
    data = b""
    while number > 127:
        data, number = data + bytes([number & 127 | 128]), number >> 7
    return data + bytes([number])


def number_field(number, value):
    return varint(number << 3) + varint(value) if value else b""


def bytes_field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value
