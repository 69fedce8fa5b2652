"""Who is there at the start, and where they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.playground.world import World

OWNER: Final = 1001
MODERATOR: Final = 1002
MODERATOR_CHAT: Final = -4001
CHANNEL: Final = -1004000000003

# Id, name, user name, language, and what they are to the bot.
_PEOPLE: Final = (
    (OWNER, "Ганна", "hanna", "be", "owner"),
    (MODERATOR, "Максім", "maksim", "be", "moderator"),
    (1003, "Алеся", "alesia", "be", "member"),
    (1004, "Иван", "ivan", "ru", "member"),
    (1005, "Олена", "olena", "uk", "member"),
    (1006, "Jan", "jan", "pl", "member"),
    (1007, "Rūta", "ruta", "lt", "member"),
    (1008, "Alex", "alex", "en", "member"),
    (1009, "Lena", "lena", "de", "member"),
)
_TOPICS: Final = ("Дакументы", "Школа", "Флуд")


def gather(world: World) -> None:
    """Let the cast be there: nine people, two groups, a forum and a channel."""
    for user_id, first_name, username, language, role in _PEOPLE:
        user = {
            "id": user_id,
            "is_bot": False,
            "first_name": first_name,
            "username": f"{username}_playground",
            "language_code": language,
        }
        world.add_person(user, role)
    # What BotFather was told.
    world.profile["name", ""] = world.bot["first_name"]
    everybody = list(world.people)
    bot = world.bot["id"]

    moderators = world.add_chat({"id": MODERATOR_CHAT, "type": "group", "title": "Мадэратары"})
    world.set_member(moderators, OWNER, "creator")
    world.set_member(moderators, MODERATOR, "administrator")
    world.set_member(moderators, bot, "member")

    forum = world.add_chat(
        {
            "id": -1004000000001,
            "type": "supergroup",
            "title": "Беларусы Вільні",
            "username": "vilnia_playground",
            "is_forum": True,
        }
    )
    neighbours = world.add_chat({"id": -4002, "type": "group", "title": "Суседзі"})
    channel = world.add_chat(
        {
            "id": CHANNEL,
            "type": "channel",
            "title": "Навіны дыяспары",
            "username": "naviny_playground",
        }
    )
    for chat in (forum, neighbours, channel):
        world.set_member(chat, OWNER, "creator")
        for user_id in everybody[1:]:
            world.set_member(chat, user_id, "member")
    for name in _TOPICS:
        world.add_topic(forum, name, world.user(OWNER))
    world.set_member(forum, bot, "administrator")
    world.set_member(neighbours, bot, "member")
    world.set_member(channel, bot, "administrator")
