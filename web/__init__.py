"""The web face: the chat page, the pages of articles, and the API. `web.app.create_app` puts it together."""
