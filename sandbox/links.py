"""Web addresses in a message's text."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

FOUND = re.compile(r"https?://[^\s<>|]+")
MOST = 100  # links in one event


def links_in(text: str, domains: Iterable[str]) -> list[dict[str, str]]:
    """The links whose host is one of the domains or below one, each once, as link_shared lists them."""
    wanted = tuple(domains)
    found: dict[str, str] = {}
    for url in FOUND.findall(text):
        host = urlsplit(url).hostname or ""
        for domain in wanted:
            if host == domain or host.endswith("." + domain):
                found.setdefault(url.replace("&amp;", "&"), domain)
    return [{"url": url, "domain": domain} for url, domain in list(found.items())[:MOST]]
