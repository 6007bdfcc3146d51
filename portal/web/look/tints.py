"""The colours of subjects: a hue each, as pairs of a tint (paper) and a tone (words on it), light and dark.

Lightness and chroma are fixed in OKLCH, so that every hue has the same weight and its contrast is at least 7 to 1; what
lies outside of sRGB is brought back by less chroma. Source of the transform: Björn Ottosson, "A perceptual color space
for image processing" (2020). Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

LIGHT: Final = ((0.945, 0.035), (0.40, 0.085))  # (lightness, chroma) of tint and tone
DARK: Final = ((0.29, 0.045), (0.86, 0.07))


def css(hues: Mapping[str, float]) -> str:
    """The rules of the classes `s-NAME` for names and hues (degrees)."""
    light = "".join(_rule(name, hue, LIGHT) for name, hue in hues.items())
    dark = "".join(_rule(name, hue, DARK) for name, hue in hues.items())
    return f"{light}@media (prefers-color-scheme: dark) {{ {dark}}}\n" if hues else ""


def spread(names: Iterable[str]) -> dict[str, float]:
    """A hue for each name, evenly round the circle in their order."""
    every = list(names)
    return {name: round(250 + 360 * place / len(every), 1) % 360 for place, name in enumerate(every)}


def _rule(name: str, hue: float, pair: tuple[tuple[float, float], tuple[float, float]]) -> str:
    tint, tone = (_hex(lightness, chroma, hue) for lightness, chroma in pair)
    return f".s-{name} {{ --tint: {tint}; --tone: {tone}; }}\n"


def _hex(lightness: float, chroma: float, hue: float) -> str:
    while True:
        channels = _linear(lightness, chroma, hue)
        if chroma <= 0.001 or all(-0.0005 <= each <= 1.0005 for each in channels):
            return "#" + "".join(f"{round(255 * _gamma(each)):02x}" for each in channels)
        chroma -= 0.002


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Linear sRGB of an OKLCH colour."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _gamma(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
