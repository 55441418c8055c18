"""`workload.toml`, read strictly: every fault is told, with the table, the key and what belongs there."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.errors import WorkloadError
from harness.workloads.description import Images, RandomTensors, Texts, read_description

_TOP = """schema = 2
name = "mine"
"""
_TABLES = """
[model]
file = "model.onnx"

[preprocessing]
kind = "image"
height = 8
width = 8

[data]
test = "test.npz"
classes = ["cat", "dog", "horse"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def _refusal(file: Path, content: str | bytes) -> str:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(WorkloadError) as refusal:
        read_description(file)
    text = str(refusal.value)
    assert text.startswith(str(file))
    return text.removeprefix(str(file))


def _with(old: str, new: str) -> str:
    assert old in _TOP + _TABLES
    return (_TOP + _TABLES).replace(old, new, 1)


def test_a_description_is_read_with_its_defaults(file: Path) -> None:
    file.write_text(_TOP + _TABLES)

    described = read_description(file)

    assert described.preprocessing == Images(height=8, width=8)
    assert described.data.classes == ("cat", "dog", "horse")
    assert (described.task, described.quality.metric) == ("classification", "top-1")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("height", "heigth", ": [preprocessing] has no key 'heigth' (did you mean height?); there are: kind, height, "),
        ("width = 8", "width = 8\ncolor = 'RGB'", "[preprocessing] has no key 'color' (did you mean colour?)"),
        ("[data]", "[dta]", "the file has no key 'dta' (did you mean data?); there are: schema, name, model, "),
        ("test =", "task = 'none'\ntest =", "no key 'task' (it stands at the top, above the first [table])"),
        ("test =", "min_worst_class = 0.9\ntest =", "[data] has no key 'min_worst_class' (it belongs to [quality])"),
        ("width = 8", "width = 8\nclasses = []", "[preprocessing] has no key 'classes'; there are"),  # of two tables
        ("width = 8", "", "[preprocessing] lacks width, which is needed"),
        ("schema = 2\n", "", ": the file lacks schema, which is needed"),
        ("width = 8", "width = '8'", "[preprocessing] width: a whole number is needed, not the text '8'"),
        ("width = 8", "width = 8.5", "[preprocessing] width: a whole number is needed, not 8.5"),
        ("width = 8", "width = true", "[preprocessing] width: a whole number is needed, not true"),
        ("width = 8", "width = 8\nmean = 127.0", "[preprocessing] mean: a list in [ ] is needed, not 127.0"),
        ("width = 8", "width = 8\nmean = [1, 'x']", "[preprocessing] mean number 2: a number is needed, not the text"),
        ("width = 8", "width = 1000000000", "[preprocessing] width is 1000000000: a number from 1 to 8,192 is needed"),
        ("width = 8", "width = 0", "[preprocessing] width is 0: a number from 1 to 8,192 is needed"),
        ("width = 8", f"width = 0x{'f' * 400}", "[preprocessing] width is a huge number"),
        ("width = 8", "width = 8\nscale = nan", "[preprocessing] scale is nan: a finite number is needed"),
        ("width = 8", "width = 8\nmean = [-inf]", "[preprocessing] mean number 1 is -inf: a finite number is needed"),
        ("width = 8", "width = 8\nstd = [0.0]", "[preprocessing] std number 1 is 0.0: a number above 0 to 1,000,000"),
        ("width = 8", "width = 8\nstd = [1, 2]", "[preprocessing] std has 2 numbers: give one, or 3, one a channel"),
        ("width = 8", "width = 8\nshorter_side = 9", 'shorter_side belongs to resize = "crop"'),
        ("width = 8", "width = 8\nresize = 'crop'\nshorter_side = 7", "shorter_side 7 leaves less than 8 x 8 to crop"),
        ('"image"', '"imgae"', "kind: no 'imgae' (did you mean image?); there are: image, text, none, random"),
        ('kind = "image"', "", "[preprocessing] lacks kind, which is needed"),
        ("width = 8", "width = 8\nresize = 'crp'", "resize: no 'crp' (did you mean crop?); there are: stretch, crop"),
        ("width = 8", "width = 8\ncolour = 'rgb'", "colour: no 'rgb' (did you mean RGB?); there are: RGB, BGR, grey"),
        ("width = 8", "width = 8\nlayout = 'NHCW'", "layout: no 'NHCW' (did you mean N"),
        ("width = 8", "width = 8\ndtype = 'float'", "dtype: no 'float' (did you mean float"),
        ("schema = 2", "schema = 2\ntask = 'translation'", "task: no 'translation'; there are: classification, none"),
        ("test.npz", "", "[data] test is empty"),
        ("test.npz", "a\\u0000b", "[data] test holds control characters"),
        ('"mine"', '"mi\\nne"', "name holds control characters or line breaks"),
        ('"mine"', f'"{"m" * 101}"', "name has 101 characters: at most 100 are taken"),
        ('"dog"', '"cat"', "[data] classes name 'cat' twice"),
        ('["cat", "dog", "horse"]', "[]", "[data] classes is empty"),
        ('test = "test.npz"', "", '[data] names no test data: write test = "test.npz"'),
        ('"test.npz"', '{ file = "test.npz", sha256 = "abc" }', "[data] test sha256 is 'abc': what `sha256sum` prints"),
        ('"test.npz"', '["test.npz"]', "[data] test: a table or text in quotes is needed, not a list"),
        ('file = "model.onnx"', "", "[model] names no model"),
        ('file = "model.onnx"', "torch = 'model'", "[model] torch is 'model': package.module:function is needed"),
        ("[data]", "[quality]\nclasses = ['dgo']\n[data]", "[quality] classes: no class 'dgo' (did you mean dog?)"),
        ("[data]", "[quality]\nmin_worst_class = 90\n[data]", "min_worst_class is 90: a number from 0 to 1 is needed"),
        ("[data]", "[quality]\nmetric = 'top-3'\n[data]", "[quality] metric: no 'top-3' (did you mean top-"),
        ("[data]", "[quality]\nmetric = 'top-5'\n[data]", '"top-5" of 3 classes cannot be wrong'),
        (
            "[data]",
            "[variants]\ndefault = ['fp23']\n[data]",
            "[variants] default: no variant 'fp23' (did you mean fp32",
        ),
        ("[data]", "[variants]\ndefault = ['fp32', 'fp32']\n[data]", "[variants] default names fp32 twice"),
        ("[data]", "[sensitivity]\nkeep_fp32 = 2\nnodes = []\n[data]", "keep_fp32 is 2, but 0 nodes are ranked"),
        ("[data]", "[[candidates]]\nfile = 'a'\nvariant = 'fp32'\n[data]", "variant: no 'fp32'"),
        ("[data]", "[[candidates]]\nfile = 'a,b'\n[data]", "a name without commas is needed"),
        (
            "[data]",
            "[[candidates]]\nfile = 'a/x'\n[[candidates]]\nfile = 'b/a/x'\n[data]",
            "int8-static:file=a-x twice",
        ),
        ("schema = 2", "schema = ", " cannot be read: Invalid value"),
        ("schema = 2", "schema = 9e9999999", " has schema inf, this planner reads 2"),
        ("schema = 2", f"schema = {'9' * 5000}", " cannot be read: a number has thousands of digits"),
        ("schema = 2", "schema = 3", " has schema 3, this planner reads 2: update planner"),
        ("schema = 2", "schema = 1", " has schema 1, this planner reads 2: [input] became [preprocessing]"),
    ],
)
def test_a_fault_is_told_with_its_table_its_key_and_what_belongs_there(
    file: Path, old: str, new: str, says: str
) -> None:
    told = _refusal(file, _with(old, new))

    assert says in told
    assert "\n" not in told


def test_all_faults_are_told_at_once_each_on_its_line(file: Path) -> None:
    content = _with("width = 8", "widht = 8\nresize = 'crp'\nmean = 3") + "[quality]\nmin_worst_class = -1\n"

    told = _refusal(file, content)

    assert told.startswith(" has 4 faults:\n  [preprocessing] has no key 'widht' (did you mean width?)")
    assert told.count("\n") == 4


def test_faults_between_tables_are_told_at_once_too(file: Path) -> None:
    told = _refusal(file, _with('"dog"', '"cat"') + "[quality]\nclasses = ['cow']\n[variants]\ndefault = ['x']\n")

    assert told.startswith(" has 3 faults:")


def test_a_flood_of_faults_is_cut_short(file: Path) -> None:
    told = _refusal(file, "".join(f"k{number} = 1\n" for number in range(50_000)))

    assert told.startswith(" has 20 faults and more:")
    assert len(told) < 10_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x" * 2_000_001, "is not read: a description has at most 2,000,000 bytes"),
        (b"a" + b".a" * 100_000 + b" = 1", "is not read: a key has more than 32 parts"),
        (b'["a"' + b" . 'b'" * 100_000 + b"]", "is not read: a key has more than 32 parts"),
        (b"x = " + b"[" * 100_000, "nested too deeply"),
        (b"x = " + b"{a = " * 100_000, "nested too deeply"),
        (b"\xff\xfe", "byte 0 is not UTF-8 text"),
        (b"\0", "cannot be read: Invalid statement"),
        (b"x = 1\nx = 2", "cannot be read: Cannot overwrite a value"),
    ],
)
@pytest.mark.timeout(60)  # without the limits: minutes to hours
def test_a_hostile_file_costs_a_sentence_and_no_time(file: Path, content: bytes, says: str) -> None:
    assert says in _refusal(file, content)


def test_text_with_many_dots_is_no_long_key(file: Path) -> None:
    dotted = ".".join("abcdefghijklmnopqrstuvwxyz") + "; 0.1 0.2 … 1.2.3"
    file.write_text(_with("schema = 2", f'schema = 2\nsource = """{dotted}\nand a second line"""'))

    assert read_description(file).source.endswith("and a second line")


def test_a_file_that_is_none_is_refused(file: Path) -> None:
    with pytest.raises(WorkloadError, match="No such file"):
        read_description(file)
    with pytest.raises(WorkloadError, match="Is a directory"):
        read_description(file.parent)


def test_texts_and_random_inputs_have_their_own_rules(file: Path) -> None:
    start, end = (_TOP + _TABLES).index('kind = "image"'), (_TOP + _TABLES).index("[data]")
    base, data = (_TOP + _TABLES)[:start], (_TOP + _TABLES)[end:]
    file.write_text(f'{base}kind = "text"\ntokenizer = "t.json"\n{data}')
    assert isinstance(read_description(file).preprocessing, Texts)

    told = _refusal(file, f'{base}kind = "text"\ntokenizer = "t.json"\npad = "longst"\n{data}')
    assert "pad: no 'longst' (did you mean longest?); there are: longest, max-length" in told
    told = _refusal(file, f'{base}kind = "text"\ntokenizer = "t.json"\ntypes = "input_ids"\n{data}')
    assert "name the input 'input_ids' twice" in told
    random = 'kind = "random"\ntensors = [{ name = "x", shape = [3, 8, 8] }]\n'
    assert 'random inputs have no labels: write task = "none"' in _refusal(file, base + random)
    assert '[data] is never read where [preprocessing] kind = "random"' in _refusal(file, base + random + data)
    shape = random.replace("[3, 8, 8]", "[65536, 65536]")
    assert "a sample has over 268,435,456 values" in _refusal(file, base.replace("2", "2\ntask='none'", 1) + shape)
    file.write_text(base.replace("schema = 2", "schema = 2\ntask = 'none'") + random)
    assert isinstance(read_description(file).preprocessing, RandomTensors)


_VALUES = st.sampled_from(
    [
        "-1",
        "nan",
        "1e308",
        "0xffffffffffffffffff",
        "''",
        "'\\'",
        "[]",
        "[[]]",
        "{}",
        "1979-05-27",
        "true",
        '"\\u202e"',
        "x",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(line=st.integers(0, 12), value=_VALUES, junk=st.text(max_size=8))
@example(line=0, value="''", junk="")
def test_any_mutation_of_a_description_is_read_or_refused_in_our_words(
    file: Path, line: int, value: str, junk: str
) -> None:
    lines = (_TOP + _TABLES).splitlines()
    key = lines[line].partition("=")[0]
    lines[line] = f"{key}= {value}" if line % 2 else f"{lines[line]}{junk}"
    file.write_bytes("\n".join(lines).encode(errors="surrogatepass"))

    with contextlib.suppress(WorkloadError):
        assert read_description(file).schema == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(content=st.binary(max_size=80))
def test_any_bytes_in_the_place_of_a_description_are_refused(file: Path, content: bytes) -> None:
    _refusal(file, content)
