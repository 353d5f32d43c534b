"""`python -m sandbox`: a small, strict Slack on this machine."""

import argparse
import sys
from pathlib import Path

from sandbox.company_channels import CompanyError
from sandbox.manifest import ManifestError
from sandbox.server import SandboxServer

HERE = Path(__file__).parent


def main() -> int:
    """Serve until it is interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A small, strict Slack on this machine.")
    parser.add_argument("--company", type=Path, default=HERE / "company", help="folder with the company's files")
    parser.add_argument("--manifest", type=Path, default=Path("manifest.yaml"), help="the app's manifest")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--host", default="127.0.0.1")
    told = parser.parse_args()
    try:
        server = SandboxServer(told.company, told.manifest, told.port, told.host)
        server.start()
    except (OSError, RuntimeError, CompanyError, ManifestError) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)
        return 1
    print(f"The sandbox is open at {server.url}/")
    print(f"For an app: SLACK_API_URL={server.url}/api/  SLACK_BOT_TOKEN=xoxb-sandbox  SLACK_APP_TOKEN=xapp-sandbox")
    try:
        server.wait()
    except KeyboardInterrupt:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
