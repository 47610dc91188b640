"""What a page looked like, in words, for who has only the log of a test that failed."""

from __future__ import annotations

MOST_LETTERS = 1500
PATIENCE_MS = 5000
SHOWN = """[...document.querySelectorAll("main > *, body > *:not(main, script)")]
    .filter(part => part.checkVisibility() && part.innerText?.trim())
    .map(part => [part.id || part.localName, part.innerText])"""
"""Each part of the page by itself: the long list shall not push out what was opened last."""


def as_it_was(page, picture):
    from playwright.sync_api import Error  # the other tests of this folder run without a browser too

    lines = [page.url]
    try:
        page.screenshot(path=picture, timeout=PATIENCE_MS)
        lines += [f"picture: {picture}", f"focus: {page.evaluate('document.activeElement.cloneNode(false).outerHTML')}"]
        lines += [f"{name}: {' '.join(words.split())[:MOST_LETTERS]}" for name, words in page.evaluate(SHOWN)]
        lines += [f"console: {said.type}: {said.text[:300]}" for said in page.console_messages()[-20:]]
        lines += [f"error: {str(fault)[:300]}" for fault in page.page_errors()[-20:]]
    except Error as fault:
        lines.append(f"it does not answer: {fault}")
    return "\n".join(lines)
