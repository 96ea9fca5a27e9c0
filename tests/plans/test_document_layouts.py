"""The same seed in another layout says the same: wrapped lines, no blank lines, columns side by side."""

from __future__ import annotations

import itertools
import textwrap
from pathlib import Path

import pytest

from plans.document import read_document, to_json

DATA = Path(__file__).parents[2] / "plans" / "data"
SEEDS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DATA.glob("kh-*.txt"))}
ORGANS = {
    "kh-231-thua-thien-hue-2023": ("ỦY BAN NHÂN DÂN", "TỈNH THỪA THIÊN HUẾ"),
    "kh-bcd-bac-giang-2024": ("UBND TỈNH BẮC GIANG", "BAN CHỈ ĐẠO ISO TỈNH"),
}


def _wrapped(text: str, width: int) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        is_row = "\t" in line
        lines += (
            [line] if is_row else textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
        )
    return "\n".join(lines)


def _without_blank_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("width", [60, 66, 72, 80, 84, 90, 100, 120])
@pytest.mark.parametrize("blank_lines", [True, False])
def test_lines_wrapped_by_the_page_are_joined(seed, width, blank_lines):
    text = _wrapped(SEEDS[seed], width)

    assert to_json(read_document(text if blank_lines else _without_blank_lines(text))) == to_json(
        read_document(SEEDS[seed])
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("gap", ["\t", "\t\t", "        ", " | "])
def test_head_in_two_columns(seed, gap):
    text, (upper, lower) = SEEDS[seed], ORGANS[seed]
    number, date = [line for line in text.split("\n") if line.strip()][:2]
    head = [
        f"{upper}{gap}CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        f"{lower}{gap}Độc lập - Tự do - Hạnh phúc",
        f"--------{gap}---------------",
        f"{number}{gap}{date}",
    ]

    document = to_json(read_document("\n".join([*head, "", text[text.index("KẾ HOẠCH") :]])))

    expected = to_json(read_document(text))
    assert document.pop("issuer").casefold() == expected.pop("issuer").casefold()
    assert document == expected


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", ["spaces", "tab", "signature first"])
def test_recipients_and_signature_side_by_side(seed, layout):
    text = SEEDS[seed].replace("**", "")
    begin = text.index("Nơi nhận:")
    end = [line for line in text[begin:].split("\n") if line.strip()]
    left = [line for line in end if line.startswith(("Nơi nhận", "-"))]
    right = end[len(left) :]
    pairs = itertools.zip_longest(left, right, fillvalue="")
    tails = {
        "spaces": [f"{one:<75}{other}" for one, other in pairs],
        "tab": [f"{one}\t{other}" for one, other in itertools.zip_longest(left, right, fillvalue="")],
        "signature first": [*right, "", *left],
    }

    document = to_json(read_document(text[:begin] + "\n".join(tails[layout])))

    assert document == to_json(read_document(SEEDS[seed]))


@pytest.mark.parametrize("seed", SEEDS)
def test_page_numbers_and_drawn_rules_disturb_nothing(seed):
    lines = SEEDS[seed].split("\n")
    middle = next(place for place, line in enumerate(lines) if line.endswith("để")) if "hue" in seed else 20
    text = "\n".join([*lines[: middle + 1], "", "2", "", *lines[middle + 1 :]]).replace(
        "KẾ HOẠCH", "_____\nKẾ HOẠCH", 1
    )

    assert to_json(read_document(text)) == to_json(read_document(SEEDS[seed]))
