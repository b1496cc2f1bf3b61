"""Texts in the templates of Markdown."""

from django import template

from profiles.exports.markdown import escape

register = template.Library()
register.filter("md", escape)
