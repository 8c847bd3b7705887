"""What the sidecar shows over HTTP: two listeners of uvicorn, in one thread of their own.

How a command uses it (nothing here is imported by any other command):

    from probe.serve.http.addresses import PRIVATE, PUBLIC, address, loopback_address   # light: for its arguments
    from probe.serve.http.server import HttpServer, Listeners                           # imports uvicorn

    with HttpServer(sidecar, Listeners(public=…, private=…), log=log) as server:        # raises ListenError: exit 64
        …the loop, until a signal tells it to end; `server.public` and `server.private` are the bound addresses…

Leaving the block closes both listeners and every connection within a second. It installs no signal handlers.

Who may ask what: `/metrics`, `/healthz` and `/readyz` are for everybody (Prometheus and the kubelet come from outside).
The page, the report and `POST /walk` are on loopback only and reached through `kubectl port-forward`. A browser on the
engineer's laptop can be made to send requests through that forward by any web site, so the private listener answers to
names of loopback only (against DNS rebinding), and `POST /walk` needs `Content-Type: application/json` or the header
`X-Credential-Probe`, neither of which a browser sends to another site unasked.
"""
