"""The drill as one page that can be filed as evidence, and as a page of Markdown."""

from __future__ import annotations

import html
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

from tankerwatch.drill.command import Drilled, as_json

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tankerwatch: drill of {began}</title>
<style>
body {{ font: 11pt/1.45 sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff; }}
table {{ border-collapse: collapse; margin: 1em 0; }}
th, td {{ padding: .3em .8em .3em 0; text-align: left; vertical-align: top; border-bottom: 1px solid #bbb; }}
td.n, th.n {{ text-align: right; white-space: nowrap; }}
.good {{ color: #0a5c2b; }} .bad {{ color: #a40000; font-weight: bold; }}
small {{ color: #444; }}
code, pre {{ font-size: 9.5pt; white-space: pre-wrap; overflow-wrap: anywhere; }}
@media print {{ body {{ margin: 0; max-width: none; }} tr {{ break-inside: avoid; }} }}
</style>
</head>
<body>
<h1>Drill of {began}</h1>
<p class="{mood}">{verdict}</p>
<h2>Where and with what</h2>
<table>{about}</table>
<h2>What was struck</h2>
<table>
<thead><tr><th>Strike</th><th class="n">Rounds</th><th class="n">Acknowledged</th><th class="n">Lost</th><th>Noticed</th>
<th class="n">Recovery, longest</th><th class="n">median</th></tr></thead>
<tbody>{rows}</tbody>
</table>
<p>{clean}</p>
<h2>How to read this</h2>
<p>Each strike was made on journals that the drill wrote itself, in a folder of its own that is gone now. <em>Acknowledged</em>:
records, of all rounds, that the journal had vouched for when it was struck (of tampering: in the rounds after which all was restored
from the copy). <em>Lost</em>: how many of them could not be had again as they were, from what was left or from a copy.
<em>Noticed</em>: what it says under the strike, in every round. <em>Recovery</em>: until the journal was open again, restored and
verified, or caught up.</p>
<h2>The checkpoint that was kept outside</h2>
<pre>{checkpoint}</pre>
<h2>All of it as JSON</h2>
<p>BLAKE2b-256 of the text below, without white space around it: <code>{digest}</code></p>
<pre>{text}</pre>
</body>
</html>
"""


def page(drilled: Drilled, versions: dict[str, str]) -> str:
    """The report as HTML; it needs nothing from anywhere."""
    values = drilled.to_json(versions)
    text = as_json(drilled, versions)
    about = {
        "Began": values["began"],
        "Took": f"{values['seconds']} s",
        "Machine": ", ".join(f"{name}: {value}" for name, value in values["machine"].items()),
        "Versions": ", ".join(f"{name} {value}" for name, value in versions.items()),
        "Lines of": values["sample"],
        "Seed": values["seed"],
    }
    if published := drilled.sample_checkpoint:
        about["Newest checkpoint there"] = f"record {published.record:,}, chain {published.chain}"
    return _PAGE.format(
        began=_safe(values["began"]),
        mood="good" if drilled.passed else "bad",
        verdict=_safe(verdict(drilled)),
        about="".join(f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>" for name, value in about.items()),
        rows="".join(_row(strike) for strike in values["strikes"]),
        clean=_safe(_clean(drilled)),
        checkpoint=_safe(drilled.checkpoint.to_json().decode().strip()),
        digest=blake2b(text.encode(), digest_size=32).hexdigest(),
        text=_safe(text),
    )


def verdict(drilled: Drilled) -> str:
    """In a sentence."""
    if drilled.passed:
        return "Nothing acknowledged was lost, every strike was noticed, and nothing was accused that was as it was written."
    lost = sum(strike.lost for strike in drilled.strikes)
    missed = [strike.strike for strike in drilled.strikes if strike.missed or not strike.rounds]
    parts = [f"{lost:,} acknowledged records were lost"] if lost else []
    parts += [f"not noticed, or not rightly: {', '.join(missed)}"] if missed else []
    parts += [f"{drilled.clean.missed:,} clean journals were accused"] if drilled.clean.missed else []
    return f"The drill failed: {'; '.join(parts)}."


def markdown(drilled: Drilled, versions: dict[str, str], command: str) -> str:
    """The report as Markdown, for the files of the project."""
    values = drilled.to_json(versions)
    machine = values["machine"]
    lines = [
        "# What the journal survives",
        "",
        f"Written by `{command}` on {values['began']} · tankerwatch {versions.get('tankerwatch', '?')} · seed {values['seed']}.",
        f"Machine: {machine['processor']}, {machine['cores']} CPUs, {machine['system']}, Python {versions.get('python', '?')};"
        f" {values['seconds']:.0f} s in all. {verdict(drilled)}",
        "",
        "| strike | rounds | acknowledged | lost | unnoticed | recovery, longest | median |",
        "|---|---|---|---|---|---|---|",
    ]
    for strike in values["strikes"]:
        cells = [strike["strike"], *(f"{strike[name]:,}" for name in ("rounds", "acknowledged", "acknowledged_lost", "unnoticed"))]
        lines.append(f"| {' | '.join([*cells, *_recovery(strike)])} |")
    lines += ["", _clean(drilled), ""]
    speeds = [f"{s['strike']}: {s['recovery_s_per_gb']} s per GB" for s in values["strikes"] if "recovery_s_per_gb" in s]
    lines += ["Restored and verified, by size: " + "; ".join(speeds) + ".", "", "What each strike is, and when it counts as noticed:", ""]
    lines += [f"- **{s['strike']}**: {s['struck']}. Noticed: {s['noticing']}." for s in values["strikes"]]
    return "\n".join(lines) + "\n"


def _row(strike: dict[str, Any]) -> str:
    lost, noticed, missed = strike["acknowledged_lost"], strike["noticed"], f"no: {strike['unnoticed']:,} rounds"
    fault = f'<br><small class="bad">{_safe(strike["first_fault"])}</small>' if strike.get("first_fault") else ""
    cells: Iterable[str] = (
        f"<td><b>{_safe(strike['strike'])}</b><br><small>{_safe(strike['struck'])}.<br>Noticed: "
        f"{_safe(strike['noticing'])}.</small>{fault}</td>",
        f'<td class="n">{strike["rounds"]:,}</td>',
        f'<td class="n">{strike["acknowledged"]:,}</td>',
        f'<td class="n {"bad" if lost else "good"}">{lost:,}</td>',
        f'<td class="{"good" if noticed else "bad"}">{"yes" if noticed else missed}</td>',
        *(f'<td class="n">{value}</td>' for value in _recovery(strike)),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _recovery(strike: dict[str, Any]) -> list[str]:
    return ["" if strike[name] is None else f"{strike[name]:.3f} s" for name in ("recovery_s", "median_recovery_s")]


def _clean(drilled: Drilled) -> str:
    rounds, missed = drilled.clean.rounds, drilled.clean.missed
    return f"{rounds:,} clean verifications, half of them with a torn end as after a power cut: {missed:,} accused wrongly."


def _safe(value: object) -> str:
    return html.escape(str(value))
