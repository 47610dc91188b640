"""The screen of `tankerwatch top`, drawn by Textual: the extra `tankerwatch[top]`, imported here alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from tankerwatch.cli.calling import Line
from tankerwatch.cli.top.desk import Seen, answer, attend, look_for_ships
from tankerwatch.cli.top.lines import (
    ALERT_COLUMNS,
    FEED_COLUMNS,
    SHIP_COLUMNS,
    alert_row,
    chosen,
    counts,
    details,
    feed_row,
    head,
    ship_row,
    troubles,
)
from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import SEVERITIES

try:
    from rich.text import Text
    from textual import on, work
    from textual.app import App, ComposeResult
    from textual.binding import Binding, BindingType
    from textual.containers import Horizontal, VerticalScroll
    from textual.coordinate import Coordinate
    from textual.widgets import DataTable, Footer, Input, Static
except ImportError as error:
    help = "install the extra: pip install 'tankerwatch[top]', or add --once"
    raise InputFault("the terminal's page needs Textual, which is not installed", where="top", help=help) from error

DRAW_S: Final = 0.5
COLOURS: Final = {"notice": "", "caution": "yellow", "danger": "bold red", "distress": "bold reverse red"}
ASKED: Final = {"acknowledge": "Words for the record (may be empty), Enter: acknowledge", "note": "The note, Enter: into its history"}
MOST_ROWS: Final = 500
FILTER: Final = "Words that alerts must hold, Enter: filter"
STYLE: Final = """
#head { height: 1; background: $surface; text-style: bold; }
#troubles { height: auto; max-height: 5; background: $error; color: $text; }
#troubles.none { display: none; }
.title { height: 1; color: $text-muted; }
#alerts { height: 2fr; }
#below { height: 1fr; }
#ships { width: 3fr; }
#feeds { width: 2fr; }
#details { height: 2fr; border-top: solid $primary; padding: 0 1; display: none; }
#details.shown { display: block; }
#asked { display: none; }
#asked.shown { display: block; }
.old DataTable { opacity: 50%; }
"""


class Top(App[None]):
    """Three tables that keep their place, details, and a line to type into. Cells are text: what ships send is no markup."""

    CSS = STYLE
    TITLE = "Tankerwatch"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "ask('acknowledge')", "Acknowledge"),
        Binding("n", "ask('note')", "Note"),
        Binding("enter,d", "details", "Details", priority=False),
        Binding("slash,f", "ask('filter')", "Filter"),
        Binding("s", "severity", "Least severity"),
        Binding("o", "over", "Over too"),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        Binding("tab", "app.focus_next", "Next table", show=True),
        Binding("escape", "close", "Close", show=False),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, desk: Line, *, by: str = "", least: str = "notice", seen: Seen | None = None) -> None:
        super().__init__()
        self.desk, self.by, self.least, self.words, self.over = desk, by, least, "", False
        self.seen = seen or Seen()
        self._dirty, self._asked, self._about = True, "", ""
        self._rows: dict[str, list[tuple[str, tuple[str, ...]]]] = {}

    def compose(self) -> ComposeResult:
        """The parts, from above."""
        yield Static("", id="head", markup=False)
        yield Static("", id="troubles", classes="none", markup=False)
        yield Static("", id="alerts-title", classes="title", markup=False)
        yield DataTable(id="alerts", cursor_type="row", zebra_stripes=False)
        with VerticalScroll(id="details", can_focus=True):
            yield Static("", id="told", markup=False)
        yield Static("", id="ships-title", classes="title", markup=False)
        with Horizontal(id="below"):
            yield DataTable(id="ships", cursor_type="row")
            yield DataTable(id="feeds", cursor_type="row")
        yield Input(id="asked")
        yield Footer()

    def on_mount(self) -> None:
        """Begin to listen and to draw."""
        for name, columns in (("alerts", ALERT_COLUMNS), ("ships", SHIP_COLUMNS), ("feeds", FEED_COLUMNS)):
            self._table(name).add_columns(*columns)
        self._table("alerts").focus()
        self.run_worker(attend(self.desk, self.seen, self._changed))
        self.run_worker(look_for_ships(self.desk, self.seen, self._changed))
        self.set_interval(DRAW_S, self._draw)

    def _table(self, name: str) -> DataTable[Text]:
        return self.query_one(f"#{name}", DataTable)

    def _changed(self) -> None:
        self._dirty = True

    def _draw(self) -> None:
        if not self._dirty and self.seen.connected:
            return
        self._dirty = False
        try:
            self._draw_all(self.seen)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            self.query_one("#troubles", Static).update(
                f"the desk told what this program cannot read ({type(fault).__name__}): another version?"
            )
            self.query_one("#troubles").remove_class("none")

    def _draw_all(self, seen: Seen) -> None:
        now_s = seen.health.get("clock_s")
        self.query_one("#head", Static).update(head(seen))
        said = troubles(seen)
        self.query_one("#troubles", Static).update("\n".join(said))
        self.query_one("#troubles").set_class(not said, "none")
        self.set_class(not seen.connected, "old")
        shown = chosen(seen.alerts.values(), least=self.least, words=self.words, over=self.over)
        limits = [f"{self.least} and worse"] if self.least != "notice" else []
        limits += [f"with “{self.words}”"] if self.words else []
        limits += ["over too"] if self.over else []
        hidden = sum(alert["state"] == "open" for alert in seen.alerts.values()) - sum(alert["state"] == "open" for alert in shown)
        limits += [f"{hidden} open hidden"] if hidden else []
        limits += [f"the first {MOST_ROWS} shown"] if len(shown) > MOST_ROWS else []
        shown = shown[:MOST_ROWS]
        self.query_one("#alerts-title", Static).update(f"ALERTS  {' · '.join([counts(seen), *limits])}")
        self.query_one("#ships-title", Static).update(f"SHIPS in alerts, own, guarded: {len(seen.ships)} of {seen.ships_in_all} · FEEDS")
        styles = {alert["id"]: COLOURS.get(alert["severity"], "") for alert in shown if alert["state"] == "open"}
        self._fill("alerts", [(alert["id"], alert_row(alert, now_s)) for alert in shown], styles)
        self._fill("ships", [(str(ship["id"]), ship_row(ship, now_s)) for ship in seen.ships], {})
        self._fill("feeds", [(str(feed["feed"]), feed_row(feed)) for feed in seen.health.get("feeds", ())], {})
        self._tell()

    def _fill(self, name: str, rows: list[tuple[str, tuple[str, ...]]], styles: dict[str, str]) -> None:
        """Draw a table anew when something in it changed; the cursor stays on what it was on."""
        if rows == self._rows.get(name):
            return
        table, before, old = self._table(name), self._under(name), self._rows.get(name, [])
        self._rows[name] = rows
        if [key for key, _ in rows] == [key for key, _ in old]:
            for at, ((key, cells), (_, cells_before)) in enumerate(zip(rows, old, strict=True)):
                # What gives a row its colour stands in its cells, too.
                for column, cell in enumerate(_texts(cells, styles.get(key, "")) if cells != cells_before else ()):
                    table.update_cell_at(Coordinate(at, column), cell)
            return
        top = table.scroll_y
        table.clear()
        for key, cells in rows:
            table.add_row(*_texts(cells, styles.get(key, "")), key=key)
        keys = [key for key, _ in rows]
        if before in keys:
            table.move_cursor(row=keys.index(before), scroll=False)
            table.scroll_to(y=top, animate=False)

    def _under(self, name: str) -> str:
        """What the cursor of a table is on, "" for nothing."""
        rows, at = self._rows.get(name, []), self._table(name).cursor_row
        return rows[at][0] if 0 <= at < len(rows) else ""

    def _alert(self) -> dict[str, Any] | None:
        return self.seen.alerts.get(self._about or self._under("alerts"))

    def _tell(self) -> None:
        """The details, while they are shown, of the alert under the cursor."""
        alert = self.seen.alerts.get(self._under("alerts"))
        if alert is not None and self.query_one("#details").has_class("shown"):
            self.query_one("#told", Static).update("\n".join(details(alert, self.seen.health.get("clock_s"))))

    @on(DataTable.RowHighlighted, "#alerts")
    def _moved(self) -> None:
        self._tell()

    @on(DataTable.RowSelected, "#alerts")
    def _opened(self) -> None:
        self.action_details()

    def action_details(self) -> None:
        """Show all of the alert under the cursor, or no longer."""
        self.query_one("#details").toggle_class("shown")
        self._tell()

    def action_move(self, by: int) -> None:
        """One row up or down in the table that has the focus."""
        if isinstance(self.focused, DataTable):
            self.focused.move_cursor(row=self.focused.cursor_row + by)

    def action_severity(self) -> None:
        """The next least severity."""
        self.least = SEVERITIES[(SEVERITIES.index(self.least) + 1) % len(SEVERITIES)]
        self._now()

    def action_over(self) -> None:
        """Show what is over too, or no longer."""
        self.over = not self.over
        self._now()

    def action_ask(self, what: str) -> None:
        """Open the line to type into."""
        if what != "filter" and self._alert() is None:
            self.notify("There is no alert under the cursor", severity="warning", markup=False)
            return
        self._asked, self._about = what, "" if what == "filter" else self._under("alerts")
        line = self.query_one("#asked", Input)
        line.placeholder, line.value = ASKED.get(what, FILTER), self.words if what == "filter" else ""
        line.add_class("shown")
        line.focus()

    def action_close(self) -> None:
        """Close the line, else the details."""
        if self._asked:
            self._leave()
        else:
            self.query_one("#details").remove_class("shown")

    def _leave(self) -> None:
        self._asked, self._about = "", ""
        self.query_one("#asked").remove_class("shown")
        self._table("alerts").focus()

    @on(Input.Submitted, "#asked")
    def _typed(self, event: Input.Submitted) -> None:
        what, about, words = self._asked, self._about, event.value.strip()
        self._leave()
        if what == "filter":
            self.words = words
            self._now()
        elif about:
            self._send(about, what, words)

    @work
    async def _send(self, alert: str, verb: str, words: str) -> None:
        """Send an answer, and say whether it is in the journal: what the table shows comes from the desk alone."""
        try:
            await answer(self.desk, alert, verb, words, self.by)
        except InputFault as fault:
            self.notify(str(fault), severity="error", markup=False)
        else:
            self.notify("In the journal", markup=False)

    def _now(self) -> None:
        self._dirty = True
        self._draw()


def _texts(cells: Sequence[str], style: str) -> list[Text]:
    return [Text(cell, style=style) for cell in cells]


def show(desk: Line, *, by: str, least: str) -> None:
    """Show the desk until it is quit."""
    Top(desk, by=by, least=least).run()
