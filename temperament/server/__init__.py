"""The service: readings, advice and checks over HTTP, and the pages for agents and team leads.

``app.build`` makes an ASGI application from ``Settings``. It needs the extra ``temperament[server]``.
"""
