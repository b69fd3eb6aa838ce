"""Runtime directories as zagens writes them: `python -m tests.support.zagens DIR TURNS`."""

import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

TURNS_OF_A_THREAD = 100


def moment(seconds: int) -> str:
    """Write a moment of one day as chrono does."""
    hours, rest = divmod(seconds, 3600)
    return f"2026-03-01T{hours % 24:02}:{rest // 60:02}:{rest % 60:02}.250Z"


def write(path: Path, record: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2))


def thread(number: int) -> dict[str, Any]:
    return {
        "schema_version": 2, "id": f"thr_{number:04}", "created_at": moment(0),
        "updated_at": moment(number), "model": "deepseek-chat", "workspace": "/home/me/project",
        "mode": "agent", "allow_shell": True, "trust_mode": False, "auto_approve": False,
        "archived": number % 7 == 6, "title": f"Thread {number}", "task_type": "code",
        "coherence_state": "healthy",
    }  # fmt: skip


def turn(thread_id: str, number: int) -> dict[str, Any]:
    turn_id = f"turn_{number:06}"
    return {
        "schema_version": 2, "id": turn_id, "thread_id": thread_id, "status": "completed",
        "input_summary": f"prompt {number}", "created_at": moment(number % 80_000),
        "started_at": moment(number % 80_000), "ended_at": moment(number % 80_000 + 2),
        "duration_ms": 2000, "item_ids": [f"{turn_id}_{part}" for part in range(3)],
        "steer_count": 0,
        "usage": {"input_tokens": 1200, "output_tokens": 90, "prompt_cache_hit_tokens": 1000,
                  "prompt_cache_miss_tokens": 200},
    }  # fmt: skip


def items(turn_id: str) -> list[dict[str, Any]]:
    kinds = ("user_message", "tool_call", "agent_message")
    return [
        {
            "schema_version": 2, "id": f"{turn_id}_{place}", "turn_id": turn_id, "kind": kind,
            "status": "completed", "summary": f"{kind} of {turn_id}",
            "detail": f"{kind} of {turn_id}: " + "words and words " * 20,
            "artifact_refs": [], "started_at": moment(place), "ended_at": moment(place + 1),
        }
        for place, kind in enumerate(kinds)
    ]  # fmt: skip


def make(root: Path, turns: int) -> None:
    """Write so many turns with their items, a hundred to a thread, and an event for each."""
    seqs = count(1)
    for number in range(turns):
        of_thread, place = divmod(number, TURNS_OF_A_THREAD)
        head = thread(of_thread)
        events = root / "events" / f"{head['id']}.jsonl"
        if place == 0:
            write(root / "threads" / f"{head['id']}.json", head)
            events.parent.mkdir(parents=True, exist_ok=True)
        one = turn(head["id"], number)
        write(root / "turns" / f"{one['id']}.json", one)
        for item in items(one["id"]):
            write(root / "items" / f"{item['id']}.json", item)
        event = {
            "schema_version": 2, "seq": next(seqs), "timestamp": moment(0),
            "thread_id": head["id"], "turn_id": one["id"], "event": "turn.completed",
            "payload": {"turn": {"id": one["id"]}},
        }  # fmt: skip
        with events.open("a") as file:
            file.write(json.dumps(event) + "\n")
    write(root / "state.json", {"schema_version": 2, "next_seq": next(seqs)})


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
