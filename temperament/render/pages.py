"""HTML pages: one file that holds everything, with no script and nothing fetched from elsewhere.

The pages are Jinja2 templates in ``html/``. Jinja2 escapes every value by itself; its strict mode turns a
misspelt name into an error, where text put together by hand would lose words or let a customer's ``<script>`` through.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from temperament.language import Language
from temperament.render.words import printable

if TYPE_CHECKING:
    from jinja2 import Environment

PAGES = Path(__file__).parent / "html"


def render_page(template: str, language: Language, **values: object) -> str:
    """Return a page in one language; ``values`` are what the template asks for.

    A template that extends ``base.html.j2`` fills its blocks ``title`` and ``main`` and gets the style sheet
    ``page.css``, a Chinese font stack, and a content policy that forbids scripts and requests. Characters that no page
    can hold, or that would turn the words around them, are replaced in the whole page.
    """
    code = "zh-CN" if language == "zh" else "en"
    page = _environment().get_template(template).render(language=language, code=code, **values)
    return printable(page.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(PAGES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = Markup((PAGES / "page.css").read_text(encoding="utf-8"))
    return environment
