"""What must hold in a conversation of any format before it is worth a model's time."""

from collections.abc import Sequence

from ..domain.chat import INSTRUCTION_ROLES, Message, Tool, ToolChoice
from ..domain.content import ToolCall, ToolResult
from .parsing import refused


def check_turns(messages: Sequence[Message]) -> None:
    """Refuse a conversation in which nothing is asked or a result answers no call."""
    if not any(message.role in {"user", "tool"} for message in messages):
        raise refused("messages", "no message has the role 'user'")
    spoken = [message for message in messages if message.role not in INSTRUCTION_ROLES]
    if spoken[-1].role == "assistant":
        raise refused("messages", "the last message is the assistant's: there is nothing to answer")
    called: set[str] = set()
    for message in messages:
        for part in message.parts:
            if isinstance(part, ToolCall):
                called.add(part.id)
            elif isinstance(part, ToolResult) and part.call_id not in called:
                raise refused("messages", f"a tool result answers no call: {part.call_id!r}")


def check_choice(tools: Sequence[Tool], choice: ToolChoice | None) -> None:
    """Refuse a demand for a tool that is not there."""
    if choice is None or choice.mode in ("auto", "none"):
        return
    if not tools:
        raise refused("tool_choice", "no tools are given")
    if choice.mode == "named" and choice.name not in {tool.name for tool in tools}:
        raise refused("tool_choice", f"there is no tool {choice.name!r}")
