"""The listener's pages. Each is one view: it takes a form, calls a service, and redirects or renders."""
