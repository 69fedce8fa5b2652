"""Telegram's side is itself checked: with a real client, and against the Bot API's types."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    MessageEntity,
    Update,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.playground.requests import Upload, read_multipart
from tests.support.telegram import TOKEN, TelegramServer
from tests.support.updates import (
    BOT,
    channel,
    channel_post_update,
    chat,
    contact_update,
    document_update,
    edited,
    forwarded,
    from_channel,
    from_chat,
    from_hidden_user,
    from_user,
    inline_update,
    labels,
    message_update,
    person,
    photo_update,
    press,
    press_update,
    reply_update,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.playground.schema import BotApi
    from tests.support.updates import Json

KEYBOARD = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("✅ Апублікаваць", callback_data="dr:p:1"),
            InlineKeyboardButton("Дата", callback_data="dr:d:1"),
        ],
        [
            InlineKeyboardButton("Дата праверкі", callback_data="dr:c:1"),
            InlineKeyboardButton("Адкрыць", url="https://example.org"),
        ],
    ]
)
SENT: dict[str, Any] = {"message_id": 5, "date": 1, "chat": chat(77), "from": BOT, "text": "Так"}


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    async with Bot(
        TOKEN, base_url=telegram.base_url, base_file_url=telegram.base_file_url
    ) as client:
        yield client


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("1", (width, height)).save(written, kind)
    return written.getvalue()


def kept(telegram: TelegramServer, message: Message) -> Json:
    return telegram.message(message.chat_id, message.message_id)


class TestRequests:
    def test_wrong_one_is_refused_and_remembered(self, bot_api: BotApi) -> None:
        with TelegramServer() as server:
            status, body = server.answer(TOKEN, "sendMessage", {"chat_id": "1"})
            assert (status, body["error_code"]) == (400, 400)
            assert server.faults == ["sendMessage.text: missing"]

    def test_wrong_one_with_a_file_is_refused_and_remembered(self, bot_api: BotApi) -> None:
        with TelegramServer() as server:
            files = {"dokument": ("a.txt", b"a")}
            url = f"{server.base_url}{TOKEN}/sendDocument"
            response = httpx.post(url, data={"chat_id": "1"}, files=files, trust_env=False)
            assert response.status_code == 400
            assert server.faults == [
                "sendDocument.document: missing",
                "sendDocument: the file dokument is not named by any parameter",
            ]

    def test_one_that_is_not_served_is_a_fault(self, bot_api: BotApi) -> None:
        with TelegramServer() as server:
            status, body = server.answer(TOKEN, "getMyStarBalance", {})
            assert (status, body["ok"]) == (400, False)
            assert server.faults == ["getMyStarBalance: this server does not know what to answer"]

    def test_only_the_token_opens(self, bot_api: BotApi) -> None:
        with TelegramServer() as server:
            path = server.add_file(b"a")
            assert server.answer("1:x", "getMe", {})[0] == 401
            assert server.file("1:x", f"documents/{path}") is None
            assert server.file(TOKEN, f"documents/{path}") == b"a"

    def test_second_answer_to_a_press_is_a_fault(self, bot_api: BotApi) -> None:
        with TelegramServer() as server:
            form = {"callback_query_id": "1"}
            assert server.answer(TOKEN, "answerCallbackQuery", form)[0] == 200
            assert server.answer(TOKEN, "answerCallbackQuery", form)[0] == 400
            assert server.faults == ["answerCallbackQuery: 1 is answered twice"]

    @given(
        content=st.binary() | st.text("\r\n-a ").map(str.encode),
        name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
        caption=st.text(st.characters(exclude_categories=["Cs"])),
    )
    def test_multipart_arrives_whole(self, content: bytes, name: str, caption: str) -> None:
        request = httpx.Request(
            "POST",
            "http://127.0.0.1/",
            data={"chat_id": "5", "caption": caption},
            files={"document": (name, content, "application/octet-stream")},
        )
        form, uploads = read_multipart(request.headers["Content-Type"], request.read())
        assert form == {"chat_id": "5", "caption": caption}
        assert uploads == [Upload("document", name, content)]


class TestFiles:
    async def test_sent_document_is_kept_and_can_be_downloaded(
        self, telegram: TelegramServer, bot: Bot, bot_api: BotApi
    ) -> None:
        content = bytes(range(256)) + b"\r\n--\r\n"
        message = await bot.send_document(
            5,
            content,
            filename="Даведка «1».pdf",
            caption="🎓 Усё тут",
            caption_entities=[MessageEntity("bold", 3, 3)],
            reply_markup=KEYBOARD,
        )
        assert telegram.uploads == [
            Upload("document", "Даведка «1».pdf", content),
        ]
        assert message.document is not None
        assert message.document.file_name == "Даведка «1».pdf"
        assert message.document.mime_type == "application/pdf"
        assert message.document.file_size == len(content)
        assert message.parse_caption_entities() == {MessageEntity("bold", 3, 3): "Усё"}
        assert bot_api.misfits("Message", kept(telegram, message)) == []
        file = await bot.get_file(message.document)
        assert bytes(await file.download_as_bytearray()) == content

    async def test_sent_document_can_be_sent_again_by_its_id(
        self, telegram: TelegramServer, bot: Bot
    ) -> None:
        first = await bot.send_document(5, b"a", filename="a.md")
        assert first.document is not None
        second = await bot.send_document(5, first.document.file_id)
        assert second.document == first.document
        assert len(telegram.uploads) == 1
        with pytest.raises(BadRequest, match="Wrong file identifier"):
            await bot.send_document(5, "nothing")

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    async def test_sent_photo_has_its_size(
        self, telegram: TelegramServer, bot: Bot, bot_api: BotApi, kind: str
    ) -> None:
        message = await bot.send_photo(5, picture(640, 480, kind), caption="Тыдзень")
        assert [(size.width, size.height) for size in message.photo] == [(640, 480)]
        assert bot_api.misfits("Message", kept(telegram, message)) == []

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"GIF89", "Image_process_failed"),
            (b"", "File must be non-empty"),
            (picture(6000, 4001), "Photo_invalid_dimensions"),
            (picture(2100, 100), "Photo_invalid_dimensions"),
        ],
        ids=["no picture", "empty", "large", "narrow"],
    )
    async def test_wrong_photo_is_refused(self, bot: Bot, content: bytes, problem: str) -> None:
        with pytest.raises(BadRequest, match=problem):
            await bot.send_photo(5, content)

    async def test_added_file_can_be_downloaded(self, telegram: TelegramServer, bot: Bot) -> None:
        whole = bytes(20 << 20)
        file = await bot.get_file(telegram.add_file(whole, "guide one"))
        assert file.file_size == len(whole)
        assert await file.download_as_bytearray() == whole

    async def test_file_over_twenty_megabytes_is_not_served(
        self, telegram: TelegramServer, bot: Bot
    ) -> None:
        with pytest.raises(BadRequest, match="File is too big"):
            await bot.get_file(telegram.add_file(bytes((20 << 20) + 1)))

    async def test_unknown_file_is_not_served(self, telegram: TelegramServer, bot: Bot) -> None:
        with pytest.raises(BadRequest, match="Wrong file_id or the file is temporarily"):
            await bot.get_file("nothing")
        async with httpx.AsyncClient(trust_env=False) as client:
            response = await client.get(f"{telegram.base_file_url}{TOKEN}/documents/nothing")
        assert response.status_code == 404

    def test_upload_over_fifty_megabytes_is_refused(self, bot_api: BotApi) -> None:
        with TelegramServer() as server:
            upload = Upload("document", "a.zip", bytes((50 << 20) + 1))
            assert server.answer(TOKEN, "sendDocument", {"chat_id": "5"}, [upload])[0] == 413


class TestEdits:
    async def test_text_and_buttons(self, telegram: TelegramServer, bot: Bot) -> None:
        message = await bot.send_message(5, "Адзін", reply_markup=KEYBOARD)
        await bot.edit_message_text("Два", 5, message.message_id)
        assert kept(telegram, message)["text"] == "Два"
        assert labels(kept(telegram, message)) == []
        await bot.edit_message_reply_markup(5, message.message_id, reply_markup=KEYBOARD)
        assert kept(telegram, message)["text"] == "Два"
        assert len(labels(kept(telegram, message))) == 4
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_reply_markup(5, message.message_id, reply_markup=KEYBOARD)

    async def test_caption(self, telegram: TelegramServer, bot: Bot) -> None:
        message = await bot.send_document(5, b"a", filename="a.md", caption="Адзін")
        await bot.edit_message_caption(5, message.message_id, caption="Два")
        assert kept(telegram, message)["caption"] == "Два"
        await bot.edit_message_caption(5, message.message_id)
        assert "caption" not in kept(telegram, message)
        assert kept(telegram, message)["document"]["file_name"] == "a.md"

    @pytest.mark.parametrize("media", [InputMediaDocument, InputMediaPhoto])
    async def test_media(
        self,
        telegram: TelegramServer,
        bot: Bot,
        media: type[InputMediaDocument | InputMediaPhoto],
    ) -> None:
        message = await bot.send_message(5, "Пачакайце…")
        chart = picture(640, 480)
        await bot.edit_message_media(media(chart, caption="Тыдзень"), 5, message.message_id)
        assert [upload.content for upload in telegram.uploads] == [chart]
        shown = kept(telegram, message)
        assert ("document" in shown, "photo" in shown) == (
            media is InputMediaDocument,
            media is InputMediaPhoto,
        )
        assert shown["caption"] == "Тыдзень"
        assert "text" not in shown

    async def test_what_is_not_there_cannot_be_edited(self, bot: Bot) -> None:
        text = await bot.send_message(5, "Так")
        document = await bot.send_document(5, b"a")
        with pytest.raises(BadRequest, match="no text in the message"):
            await bot.edit_message_text("Не", 5, document.message_id)
        with pytest.raises(BadRequest, match="no caption in the message"):
            await bot.edit_message_caption(5, text.message_id, caption="Не")
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("Не", 6, text.message_id)

    async def test_deleted_message_is_gone(self, telegram: TelegramServer, bot: Bot) -> None:
        kept_one = await bot.send_message(5, "Застаецца")
        message = await bot.send_message(5, "Так")
        await bot.delete_message(5, message.message_id)
        assert [one["text"] for one in telegram.messages(5)] == ["Застаецца"]
        assert telegram.last_message() == kept(telegram, kept_one)
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await bot.delete_message(5, message.message_id)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("Не", 5, message.message_id)

    async def test_message_of_a_person_can_be_deleted(self, bot: Bot) -> None:
        update = message_update("Так")
        assert await bot.delete_message(77, update["message"]["message_id"])

    async def test_inline_message_is_edited_out_of_sight(self, bot: Bot) -> None:
        assert await bot.edit_message_text("Так", inline_message_id="1") is True

    async def test_forward_and_copy(self, telegram: TelegramServer, bot: Bot) -> None:
        message = await bot.send_document(5, b"a", filename="a.md", reply_markup=KEYBOARD)
        forward = await bot.forward_message(6, 5, message.message_id)
        assert forward.forward_origin is not None
        assert forward.document == message.document
        copy = await bot.copy_message(7, 5, message.message_id)
        assert telegram.message(7, copy.message_id)["document"]["file_name"] == "a.md"
        with pytest.raises(BadRequest, match="Message to forward not found"):
            await bot.forward_message(6, 5, 1)

    async def test_reply_keyboard_is_no_part_of_the_message(
        self, telegram: TelegramServer, bot: Bot
    ) -> None:
        message = await bot.send_message(5, "Загаловак?", reply_markup=ForceReply())
        assert telegram.calls("sendMessage")[0]["reply_markup"]["force_reply"] is True
        assert "reply_markup" not in kept(telegram, message)


class TestChats:
    @pytest.mark.parametrize(
        "status", ["creator", "administrator", "member", "restricted", "left", "kicked"]
    )
    async def test_member_has_the_status_that_was_set(
        self, telegram: TelegramServer, bot: Bot, bot_api: BotApi, status: str
    ) -> None:
        telegram.set_member(-100, 77, status)
        member = await bot.get_chat_member(-100, 77)
        assert (member.status, member.user.id) == (status, 77)
        administrators = await bot.get_chat_administrators(-100)
        assert bool(administrators) == (status in {"creator", "administrator"})
        assert (await bot.get_chat_member(-100, 78)).status == "left"

    async def test_status_that_is_taken_away_is_gone(
        self, telegram: TelegramServer, bot: Bot
    ) -> None:
        telegram.set_member(-100, 77, "administrator")
        telegram.set_member(-100, 77, "member")
        assert (await bot.get_chat_member(-100, 77)).status == "member"

    def test_status_that_there_is_not_cannot_be_set(self, telegram: TelegramServer) -> None:
        with pytest.raises(ValueError, match="admin"):
            telegram.set_member(-100, 77, "admin")

    async def test_unknown_chat_is_not_found(self, bot: Bot) -> None:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.get_chat_member(-100, 77)
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.get_chat_administrators(-100)
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message("@naviny", "Так")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.get_chat(902)

    async def test_added_chat_is_described(self, telegram: TelegramServer, bot: Bot) -> None:
        telegram.add_chat(chat(902))
        telegram.add_chat(channel())
        assert (await bot.get_chat(902)).first_name == "Алеся"
        assert (await bot.get_chat("@naviny")).title == "Навіны"

    async def test_chat_is_known_by_its_name(self, telegram: TelegramServer, bot: Bot) -> None:
        telegram.add_chat(channel())
        message = await bot.send_message("@Naviny", "Так")
        assert message.chat.id == channel()["id"]
        assert (await bot.get_chat_member("@naviny", 77)).status == "left"

    async def test_blocked_bot_cannot_send(self, telegram: TelegramServer, bot: Bot) -> None:
        telegram.block(77)
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(77, "Так")
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_document(77, b"a")
        await bot.send_message(78, "Так")
        assert telegram.messages(77) == []

    async def test_commands_are_shown_by_scope_and_language(
        self, telegram: TelegramServer, bot: Bot
    ) -> None:
        chat_scope, private = BotCommandScopeChat(901), BotCommandScopeAllPrivateChats()
        await bot.set_my_commands([BotCommand("help", "Help")])
        await bot.set_my_commands([BotCommand("start", "Пачаць")], private, "be")
        await bot.set_my_commands([BotCommand("add", "Add")], chat_scope)
        assert set(telegram.commands) == {
            ("default", ""),
            ("all_private_chats", "be"),
            ("chat:901", ""),
        }

        def shown(user_id: int, language: str) -> list[str]:
            return [one["command"] for one in telegram.commands.shown(user_id, user_id, language)]

        assert shown(77, "be") == ["start"]
        assert shown(77, "pl") == ["help"]
        assert shown(901, "be") == ["add"]
        assert await bot.get_my_commands(chat_scope) == (BotCommand("add", "Add"),)
        await bot.delete_my_commands(chat_scope)
        assert shown(901, "be") == ["start"]


class TestUpdates:
    @pytest.mark.parametrize(
        "update",
        [
            message_update("/add@daviedka_bot"),
            message_update("Так", chat_id=-100, media_group_id="1"),
            document_update("file-1", caption="Так", size=5, media_group_id="1"),
            document_update("file-1", "даведка", caption="/add"),
            photo_update(caption="Так"),
            contact_update(902),
            contact_update(None, sender=person(900)),
            reply_update(SENT, "Новы загаловак"),
            reply_update({**SENT, "reply_to_message": SENT}, sender=person(901)),
            channel_post_update("Навіна", posted_in=channel(username=None), message_id=5),
            channel_post_update(
                photo=photo_update()["message"]["photo"], caption="Навіна", author_signature="А."
            ),
            edited(message_update("Так"), text="Не"),
            edited(channel_post_update("Навіна"), text=None, caption="Навіна"),
            forwarded(message_update("Так"), from_user(person(5))),
            forwarded(message_update("Так"), from_hidden_user()),
            forwarded(document_update("file-1"), from_chat(chat(-5))),
            forwarded(photo_update(), from_channel(channel(), author_signature="А.")),
            press_update(SENT, "dr:p:1"),
            inline_update("PESEL"),
        ],
    )
    def test_update_is_as_telegram_sends_it(
        self, bot_api: BotApi, telegram: TelegramServer, update: Json
    ) -> None:
        assert bot_api.misfits("Update", update) == []
        read = Update.de_json(update, Bot(TOKEN)).to_dict()
        # The library leaves out empty lists, and adds what is missing of them.
        assert {name for name in read if read[name]} == update.keys()

    def test_update_that_is_wrong_is_found(self, bot_api: BotApi) -> None:
        update = message_update("Так", forward_from=person())
        del update["message"]["date"]
        assert set(bot_api.misfits("Update", update)) == {
            "Update.message.forward_from: there is no such field",
            "Update.message.date: missing",
        }

    def test_every_update_is_another(self) -> None:
        first = message_update("Так")
        second = edited(first, text="Не")
        assert second["update_id"] > first["update_id"]
        assert second["edited_message"]["message_id"] == first["message"]["message_id"]
        assert first["message"]["text"] == "Так"
        post = edited(edited(channel_post_update("Так", message_id=5)))
        assert post["edited_channel_post"]["message_id"] == 5

    async def test_press_finds_the_button_by_its_label(
        self, telegram: TelegramServer, bot: Bot
    ) -> None:
        message = kept(telegram, await bot.send_message(5, "Так", reply_markup=KEYBOARD))
        assert labels(message) == ["✅ Апублікаваць", "Дата", "Дата праверкі", "Адкрыць"]
        for label, pressed in [
            ("Апублікаваць", "dr:p:1"),
            ("Дата", "dr:d:1"),
            ("праверкі", "dr:c:1"),
        ]:
            query = press(message, label, sender=person(901))["callback_query"]
            assert (query["data"], query["from"]["id"]) == (pressed, 901)

    @pytest.mark.parametrize("label", ["Выдаліць", "Дат", "Адкрыць"])
    async def test_press_of_no_one_button_fails(
        self, telegram: TelegramServer, bot: Bot, label: str
    ) -> None:
        message = kept(telegram, await bot.send_message(5, "Так", reply_markup=KEYBOARD))
        with pytest.raises(AssertionError):
            press(message, label)

    async def test_update_of_a_kind_that_is_not_asked_for_is_not_delivered(
        self, telegram: TelegramServer, bot: Bot
    ) -> None:
        telegram.send(channel_post_update("Навіна"), message_update("Так"))
        got = await bot.get_updates(allowed_updates=[Update.MESSAGE])
        assert [update.message is not None for update in got] == [True]


async def test_refusal_that_a_test_asks_for_comes_once(telegram: TelegramServer, bot: Bot) -> None:
    telegram.refuse_next("sendMessage", "Forbidden: user is deactivated", 403)
    with pytest.raises(TelegramError, match="deactivated"):
        await bot.send_message(5, "Так")
    await bot.send_message(5, "Так")
