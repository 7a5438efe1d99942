from __future__ import annotations

import pytest
from pxr import Gf

from engine import carb
from engine.carb.events import type_from_string
from engine.carb.settings import Settings, parse_value
from engine.kit.extension_manager import bare_name, get_extension_manager


def test_settings_take_paths_with_and_without_a_slash():
    settings = Settings()
    settings.set("rtx/post/dlss/execMode", 2)
    assert settings.get("/rtx/post/dlss/execMode") == 2
    assert settings.get("/rtx/post") == {"dlss/execMode": 2}
    assert settings.get("/none") is None


def test_typed_getters_of_missing_and_present_values():
    settings = Settings()
    assert settings.get_as_bool("/a") is False and settings.get_as_int("/a") == 0
    assert settings.get_as_float("/a") == 0.0 and settings.get_as_string("/a") == ""
    settings.set("/a", "true")
    assert settings.get_as_bool("/a") is True
    settings.set_int("/a", 3.7)
    assert settings.get("/a") == 3
    settings.set_default("/a", 9)
    assert settings.get("/a") == 3


def test_watchers_and_subscriptions_hear_a_change():
    settings, seen = Settings(), []
    settings.watch("a/b", seen.append)
    subscription = settings.subscribe_to_node_change_events("/a/b", lambda value, kind: seen.append((value, kind)))
    settings.set("/a/b", 1)
    settings.unsubscribe_to_change_events(subscription)
    settings.set("/a/b", 2)
    assert seen == [1, (1, 1), 2]


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("3", 3), ("0.5", 0.5), ('"Z"', "Z"), ("[1,2.5]", [1, 2.5]), ("PathTracing", "PathTracing")],
)
def test_command_line_values(text, value):
    assert parse_value(text) == value


def test_log_lines_reach_listeners_and_the_threshold_filters(capsys):
    lines = []
    logging = carb.logging.acquire_logging()
    listener = logging.add_logger(lambda source, level, file, line, text: lines.append((level, text)))
    carb.log_info("quiet")
    carb.log_warn("loud")
    logging.remove_logger(listener)
    assert lines == [(-1, "quiet"), (0, "loud")]
    printed = capsys.readouterr().err
    assert "loud" in printed and "quiet" not in printed


def test_vectors_count_their_components():
    assert carb.Float3(1, 2, 3).y == 2.0
    assert carb.Float3(Gf.Vec3d(1, 2, 3)) == carb.Float3((1, 2, 3)) == (1.0, 2.0, 3.0)
    with pytest.raises(TypeError, match=r"carb.Float3 takes 3 numbers, 2 were given"):
        carb.Float3(1, 2)


def test_event_names_have_stable_numbers():
    assert type_from_string("") == 0xCBF29CE484222325
    assert type_from_string("a") == 0xAF63DC4C8601EC8C


def test_tokens_resolve_what_is_set():
    tokens = carb.tokens.get_tokens_interface()
    tokens.set_value("herd", "cows")
    assert tokens.resolve("/x/${herd}/${unknown}") == "/x/cows/${unknown}"


def test_extension_ids_and_unknown_extensions():
    assert bare_name("omni.usd-1.2.3") == "omni.usd" and bare_name("omni.kit.loop-isaac") == "omni.kit.loop-isaac"
    manager = get_extension_manager()
    assert manager.set_extension_enabled_immediate("omni.usd", True)
    assert not manager.set_extension_enabled_immediate("omni.nothing", True)
    assert manager.is_extension_enabled("omni.replicator.core")
