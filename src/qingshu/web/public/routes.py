"""The residents' pages: report, follow, rate."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader

from qingshu.intake import service as intake
from qingshu.intake import store as intake_store
from qingshu.intake.model import LIFE, Category, Channel, Command, Report, Said
from qingshu.kernel.errors import Conflict, NotFound, QingshuError, TooManyRequests
from qingshu.kernel.instants import from_ms, local, to_ms
from qingshu.registry import store as registry
from qingshu.runtime.db import Database
from qingshu.runtime.http import DbDep, VaultDep
from qingshu.verify import service as verify
from qingshu.verify.model import Outcome
from qingshu.web.public.limits import Limiter
from qingshu.web.public.progress import has_rated, progress_of, rating_note
from qingshu.web.public.texts import words

router = APIRouter(tags=["public"], default_response_class=HTMLResponse)

_pages = Environment(
    loader=PackageLoader("qingshu.web.public"), autoescape=True, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
RESIDENT = "resident"
KINDS = (Category.OVERFLOW, Category.BLOCKAGE, Category.ODOUR, Category.LID)
NEIGHBOURS_WITHIN = timedelta(hours=24)
# A phone tail has 10,000 values; this many looks in a window make guessing useless.
LOOKS, LOOK_WINDOW = 30, timedelta(minutes=10)


def _page(name: str, db: Database, lang: str, status: int = 200, **values: Any) -> HTMLResponse:
    texts = words(lang)
    html = _pages.get_template(name).render(
        t=texts, lang="en" if lang == "en" else "zh", station=db.settings.station, **values
    )
    return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


def _limiter(request: Request, name: str) -> Limiter:
    limiters: dict[str, Limiter] = request.app.state.__dict__.setdefault("public_limits", {})
    return limiters.setdefault(name, Limiter())


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


@router.get("/r")
def form(db: DbDep, tank: str = "", lang: str = "zh") -> HTMLResponse:
    """The report form; a scanned card brings the tank's code."""
    return _form(db, lang, tank)


def _form(
    db: Database, lang: str, code: str, *, error: str = "", status: int = 200, **said: str
) -> HTMLResponse:
    with db.read() as conn:
        tank = registry.tank_by_code(conn, code) if code else None
        since = to_ms(db.clock.now() - NEIGHBOURS_WITHIN)
        same = len(intake_store.of_tank(conn, tank.id, since)) if tank else 0
    return _page(
        "report.html", db, lang, status, tank=tank, same=same, kinds=KINDS, error=error, said=said
    )


@router.post("/r")
def send(
    request: Request,
    db: DbDep,
    *,
    text: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    tank: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    website: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = "zh",
) -> Response:
    """Take the form in; programs that fill the hidden field get a page and nothing else."""
    if website:
        return _page("thanks.html", db, lang, report=None)
    params = intake.params_of(db.settings)
    category = Category(kind) if kind in set(KINDS) else None
    chosen = words("zh")[category.value] if category else ""
    said = Said(
        Channel.WEB, f"{chosen}。{text}" if chosen and text else chosen or text, place=place,
        category=category, reporter_name=name, reporter_phone=phone, tank_code=tank,
    )  # fmt: skip
    try:
        _limiter(request, "form").take(
            _address(request), db.clock.now(), limit=params.form_limit,
            window=timedelta(minutes=params.form_window_min),
        )  # fmt: skip
        with db.write(RESIDENT) as tx:
            report = intake.receive(tx, said)
    except TooManyRequests as error:
        return _form(db, lang, tank, error=words(lang)["busy"], status=error.status,
                     text=text, place=place, kind=kind, name=name, phone=phone)  # fmt: skip
    except QingshuError as error:
        return _form(db, lang, tank, error=error.message, status=error.status,
                     text=text, place=place, kind=kind, name=name, phone=phone)  # fmt: skip
    return _thanks(db, lang, report, phone)


def _thanks(db: Database, lang: str, report: Report, phone: str) -> HTMLResponse:
    due = ""
    if report.due_ms is not None:
        due = f"{local(from_ms(report.due_ms), db.settings.station.zone):%m-%d %H:%M}"
    tail = "".join(c for c in phone if c.isdigit())[-4:]
    return _page("thanks.html", db, lang, report=report, due=due, tail=tail)


@router.get("/t/{number}")
def follow(
    request: Request, number: str, db: DbDep, vault: VaultDep, *, tail: str = "", lang: str = "zh"
) -> HTMLResponse:
    """Where a report stands, for whoever knows its number and phone tail."""
    try:
        _limiter(request, "look").take(
            _address(request), db.clock.now(), limit=LOOKS, window=LOOK_WINDOW
        )
        with db.read() as conn:
            report = intake.by_number_and_tail(conn, vault, number, tail)
            progress = progress_of(conn, db.settings, report, db.clock.now())
    except (NotFound, TooManyRequests) as error:
        key = "busy" if isinstance(error, TooManyRequests) else "unknown"
        shown = words(lang)[key] if tail or key == "busy" else ""
        status = error.status if shown else 200
        return _page("ask.html", db, lang, status, number=number, error=shown)
    return _page("track.html", db, lang, report=report, progress=progress, tail=tail)


@router.post("/t/{number}/rating")
def rate(
    request: Request,
    number: str,
    db: DbDep,
    vault: VaultDep,
    *,
    satisfaction: Annotated[int, Form(ge=1, le=5)],
    solved: Annotated[str, Form()] = "",
    tail: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = "zh",
) -> Response:
    """A resident's rating; "not solved" opens the case again."""
    _limiter(request, "look").take(
        _address(request), db.clock.now(), limit=LOOKS, window=LOOK_WINDOW
    )
    with db.write(RESIDENT) as tx:
        report = intake.by_number_and_tail(tx.conn, vault, number, tail)
        if report.incident_id is None or has_rated(tx.conn, report):
            msg = "Expected a finished report that was not rated yet."
            raise Conflict(msg, number=number)
        is_solved = {"yes": True, "no": False}.get(solved)
        verify.call_back(
            tx, report.incident_id, Outcome.REACHED, solved=is_solved,
            satisfaction=satisfaction, note=rating_note(report),
        )  # fmt: skip
        if is_solved is False and (report.status, Command.REOPEN) in LIFE:
            intake.reopen(tx, report.id, "居民评价：没有解决 / rated not solved")
    target = f"/t/{report.number}?tail={tail}&lang={lang if lang == 'en' else 'zh'}"
    return RedirectResponse(target, status_code=303)
