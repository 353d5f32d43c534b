"""The Web API's users.*, usergroups.* and auth.test."""

from sandbox.arguments import Arguments
from sandbox.model import APP_ID, BOT_ID, BOT_USER_ID, Json, SlackError
from sandbox.shapes import bots_to_slack, person_to_slack, username_of
from sandbox.workspace import Workspace


def auth_test(space: Workspace, _args: Arguments) -> Json:
    """auth.test: who the app is."""
    return {
        "ok": True,
        "url": f"{space.base_url}/",
        "team": space.company.team_name,
        "user": username_of(space.manifest.bot_name),
        "team_id": space.team_id,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": False,
    }


def api_test(_space: Workspace, args: Arguments) -> Json:
    """api.test: says back what it was told."""
    if args.text("error"):
        raise SlackError(args.text("error"), args=args.given)
    return {"ok": True, "args": args.given}


def list_users(space: Workspace, args: Arguments) -> Json:
    """users.list: everybody, bots too, in one answer or page by page."""
    rows = [person_to_slack(space, one) for one in space.people.values()] + bots_to_slack(space)
    page, cursor = args.page(rows, default=len(rows), most=1000)
    now = space.clock.seconds()
    return {"ok": True, "members": page, "cache_ts": now, "response_metadata": {"next_cursor": cursor}}


def user_info(space: Workspace, args: Arguments) -> Json:
    """users.info: one person or bot."""
    user_id = args.text("user", required=True)
    for bot in bots_to_slack(space):
        if bot["id"] == user_id:
            return {"ok": True, "user": bot}
    return {"ok": True, "user": person_to_slack(space, space.person(user_id))}


def list_groups(space: Workspace, args: Arguments) -> Json:
    """usergroups.list: at first one for each role that several people of the company have."""
    with_users = args.flag("include_users")
    rows = []
    for group_id, (name, members) in space.user_groups.items():
        handle = "-".join(name.lower().split())
        row = {"id": group_id, "team_id": space.team_id, "is_usergroup": True, "name": name, "handle": handle}
        rows.append(row | {"date_delete": 0, "user_count": len(members)} | ({"users": members} if with_users else {}))
    return {"ok": True, "usergroups": rows}


def list_group_users(space: Workspace, args: Arguments) -> Json:
    """usergroups.users.list: who is in one group."""
    found = space.user_groups.get(args.text("usergroup", required=True))
    if found is None:
        raise SlackError("no_such_subteam")
    return {"ok": True, "users": found[1]}
