"""Small WordPress exports, written for these tests."""

from html import escape
from typing import Any

SOURCE = "https://blog.example.org"
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>The reading room</title>
<link>{source}</link>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>{source}</wp:base_blog_url>
<wp:author><wp:author_login>ines</wp:author_login><wp:author_email>ines@example.org</wp:author_email>
<wp:author_display_name><![CDATA[Inês Duarte]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>maps</wp:category_nicename><wp:cat_name><![CDATA[Maps & plans]]></wp:cat_name>
<wp:category_description>What is drawn, and what is not.</wp:category_description></wp:category>
"""
TAIL = "</channel>\n</rss>\n"


def blog(*items: str, source: str = SOURCE) -> str:
    """A whole export."""
    return HEAD.format(source=source) + "".join(items) + TAIL


def post(number: int = 1, text: str = "A map is a claim.", *comments: str, **fields: Any) -> str:
    """An item; keywords override its elements: `title`, `at`, `status`, `kind`, `open`, `terms` …"""
    values: dict[str, Any] = {
        "title": f"Post {number}", "link": f"{SOURCE}/{number}/", "creator": "ines", "at": "2012-11-05 03:12:44",
        "local": "2012-11-04 22:12:44", "open": True, "status": "publish", "kind": "post", "password": "", "sticky": 0,
        "terms": [("category", "maps", "Maps & plans")],
    } | fields  # fmt: skip
    terms = "".join(
        f'<category domain="{domain}" nicename="{slug}"><![CDATA[{name}]]></category>\n'
        for domain, slug, name in values["terms"]
    )
    return f"""<item>
<title>{escape(values["title"])}</title>
<link>{values["link"]}</link>
<dc:creator>{escape(values["creator"])}</dc:creator>
<content:encoded><![CDATA[{text}]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id>
<wp:post_date>{values["local"]}</wp:post_date>
<wp:post_date_gmt>{values["at"]}</wp:post_date_gmt>
<wp:comment_status>{"open" if values["open"] else "closed"}</wp:comment_status>
<wp:status>{values["status"]}</wp:status>
<wp:post_type>{values["kind"]}</wp:post_type>
<wp:post_password>{values["password"]}</wp:post_password>
<wp:is_sticky>{values["sticky"]}</wp:is_sticky>
{terms}{"".join(comments)}</item>
"""


def comment(number: int, text: str = "Who paid for it?", **fields: Any) -> str:
    """A comment; keywords: `author`, `at`, `status`, `kind`, `parent`."""
    values = {
        "author": "Tomasz",
        "at": f"2012-11-06 10:12:{number % 60:02}",
        "status": "1",
        "kind": "comment",
        "parent": 0,
    }
    values |= fields
    return f"""<wp:comment>
<wp:comment_id>{number}</wp:comment_id>
<wp:comment_author><![CDATA[{values["author"]}]]></wp:comment_author>
<wp:comment_author_email>secret-{number}@example.net</wp:comment_author_email>
<wp:comment_author_url>https://somebody.example</wp:comment_author_url>
<wp:comment_author_IP>192.0.2.77</wp:comment_author_IP>
<wp:comment_date>{values["at"]}</wp:comment_date>
<wp:comment_date_gmt>{values["at"]}</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{text}]]></wp:comment_content>
<wp:comment_approved>{values["status"]}</wp:comment_approved>
<wp:comment_type>{values["kind"]}</wp:comment_type>
<wp:comment_parent>{values["parent"]}</wp:comment_parent>
</wp:comment>
"""
