"""The shortest way through everything."""

from tests.support import DaemonProcess, Peer


def test_a_prompt_becomes_a_turn(peer: Peer) -> None:
    thread = peer.call("thread/create", title="hello")["thread"]
    admitted = peer.call("sessionInput/admit", threadId=thread["id"], prompt=" hi ", promote=True)
    assert admitted["input"]["status"] == "promoted"
    assert admitted["promotion"]["items"][0]["detail"] == "hi"


def test_the_real_program_answers_and_drains(process: DaemonProcess) -> None:
    with process.peer() as peer:
        assert peer.call("daemon/ping")["atMs"] > 0
    assert process.terminate() == 0
