"""Draws one chart: `python -I assessments/renderers/vega.py <bytes of memory> <seconds>` reads a Vega-Lite
specification from standard input and writes a bare SVG to standard output.

A process of its own: the engine behind vl-convert is a JavaScript machine, whose memory and time end with this process.
It knows nothing of the portal. What it writes has neither style nor script, and asks for nothing from outside.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys

import vl_convert

VERSION = "5.20"  # of Vega-Lite: a drawing does not change with the package
_ATTRIBUTES = re.compile(r' (?:aria-[a-z]+|role|class|version|xmlns:xlink|style|pointer-events)="[^"]*"')
_BACKGROUND = re.compile(r'<path class="background"[^>]*/>')
_HIDDEN = re.compile(r' display="none"| (?:fill-)?opacity="1"')


def bare(svg: str) -> str:
    """Presentation attributes only: what screen readers hear and what styles it is said by the page around it."""
    return _HIDDEN.sub("", _ATTRIBUTES.sub("", _BACKGROUND.sub("", svg)))


def main(memory: int, seconds: int) -> None:
    # The machine reserves address space by the gigabyte and uses little of it: what is bounded is what it may write to.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    specification = json.load(sys.stdin)
    svg = vl_convert.vegalite_to_svg(specification, vl_version=VERSION, allowed_base_urls=[])
    with os.fdopen(os.dup(1), "wb") as pipe:
        pipe.write(bare(svg).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
