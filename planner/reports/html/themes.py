"""The colours of the page, light and dark: by the reader's system, or as chosen. Charts use the same variables."""

_LIGHT = {
    "ink": "#1b2430",
    "muted": "#586474",
    "faint": "#667183",
    "grid": "#e1e5ea",
    "rule": "#cfd6de",
    "paper": "#ffffff",
    "desk": "#f4f6f8",
    "tint": "#f0f3f7",
    "accent": "#0b4f8a",
    "good": "#17744a",
    "caution": "#8a5a00",
    "bad": "#b3261e",
    "good-tint": "#e8f5ee",
    "caution-tint": "#fdf3dd",
    "bad-tint": "#fceceb",
    "measured": "#17744a",
    "published": "#0b5cad",
    "projected": "#8a5a00",
    "assumed": "#a03a6d",
    "series-1": "#0072b2",
    "series-2": "#d55e00",
    "series-3": "#009e73",
    "series-4": "#cc79a7",
    "series-5": "#e69f00",
    "series-6": "#56b4e9",
}
_DARK = {
    "ink": "#e6eaf0",
    "muted": "#a3adba",
    "faint": "#8a95a5",
    "grid": "#2b333e",
    "rule": "#3a4452",
    "paper": "#171c23",
    "desk": "#0f1318",
    "tint": "#1f262f",
    "accent": "#7fb8ee",
    "good": "#5cc795",
    "caution": "#e3b04b",
    "bad": "#f28b82",
    "good-tint": "#14281f",
    "caution-tint": "#2b2312",
    "bad-tint": "#331b1a",
    "measured": "#5cc795",
    "published": "#7fb8ee",
    "projected": "#e3b04b",
    "assumed": "#e59abf",
    "series-1": "#4aa8e0",
    "series-2": "#f08a3c",
    "series-3": "#2bb58a",
    "series-4": "#dd93ba",
    "series-5": "#f0c24b",
    "series-6": "#9ad0f5",
}


def themes() -> str:
    """CSS: light on paper and by default, dark where the system asks for it, and as the radio buttons say."""
    light, dark = (_block(one, scheme) for one, scheme in ((_LIGHT, "light"), (_DARK, "dark")))
    return (
        f":root{{{light}}}\n"
        f"@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
        f"@media screen{{:root:has(#theme-light:checked){{{light}}}:root:has(#theme-dark:checked){{{dark}}}}}"
    )


def _block(colours: dict[str, str], scheme: str) -> str:
    return f"color-scheme:{scheme};" + "".join(f"--{name}:{colour};" for name, colour in colours.items())
