"""The conversations that every real chat template is run on."""

USER = {"role": "user", "content": "Hello, who are you?"}
ANSWER = {"role": "assistant", "content": "I am a small model."}
MORE = {"role": "user", "content": "  What is 2 + 2?\n"}
SYSTEM = {"role": "system", "content": "You are terse."}
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city, \"now\" & <here>",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name of the city"},
                "unit": {"type": "string", "enum": ["°C", "°F"], "default": "°C"},
                "days": {"type": ["integer", "null"], "minimum": 1, "maximum": 7.5},
                "place": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["city"],
        },
        "return": {"type": "string"},
    },
}
CLOCK = {"type": "function", "function": {"name": "clock", "description": "The time", "parameters": {"type": "object", "properties": {}}}}


def call(name, arguments, number="abcdef123"):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


CALLS = [
    SYSTEM,
    {"role": "user", "content": "How is Köln?"},
    {"role": "assistant", "content": "", "tool_calls": [call("get_weather", {"city": "Köln", "days": 2, "tags": ["a", "b"]})]},
    {"role": "tool", "name": "get_weather", "tool_call_id": "abcdef123", "content": "{\"temperature\": 21.5}"},
    {"role": "assistant", "content": "It is 21.5 °C."},
    {"role": "user", "content": "And the time?"},
]

CONVERSATIONS = {
    "one": {"messages": [USER]},
    "system": {"messages": [SYSTEM, USER]},
    "turns": {"messages": [SYSTEM, USER, ANSWER, MORE, {"role": "assistant", "content": "4"}, {"role": "user", "content": "Thanks"}]},
    "unicode": {"messages": [
        {"role": "system", "content": "Réponds en français — «oui» ou «non»."},
        {"role": "user", "content": "e\u0301 é 你好，世界 🙂👩‍👩‍👧 \u2028 مرحبا <|im_end|> {{ x }} {% if %}"}]},
    "special": {"messages": [{"role": "user", "content": "a\\b \"quoted\" 'single' \t tab \r\n<think>no</think> &amp; <b>"}]},
    "empty": {"messages": [{"role": "system", "content": ""}, {"role": "user", "content": ""}, {"role": "assistant", "content": ""}, USER]},
    "none": {"messages": []},
    "parts": {"messages": [
        {"role": "system", "content": [{"type": "text", "text": "Look closely."}]},
        {"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "image", "url": "x.png"}, {"type": "text", "text": " this?"}]}]},
    "twice": {"messages": [USER, MORE]},
    "assistant first": {"messages": [ANSWER, USER]},
    "last is answer": {"messages": [USER, ANSWER]},
    "continue": {"messages": [USER, {"role": "assistant", "content": "I am a  "}], "continue_final_message": True},
    "continue parts": {
        "messages": [USER, {"role": "assistant", "content": [{"type": "text", "text": "I am"}]}], "continue_final_message": True},
    "unknown role": {"messages": [{"role": "narrator", "content": "Once"}, USER]},
    "thinking": {"messages": [
        USER, {"role": "assistant", "content": "<think>\nHm.\n</think>\n\nI am a model."}, MORE,
        {"role": "assistant", "content": "4", "reasoning_content": "2 + 2 = 4\n"}, {"role": "user", "content": "Sure?"}]},
    "thinking off": {"messages": [SYSTEM, USER], "enable_thinking": False, "thinking": False, "reasoning_effort": "low"},
    "thinking on": {"messages": [{"role": "system", "content": "/no_think Be kind. "}, USER], "enable_thinking": True, "thinking": True},
    "tools": {"messages": [SYSTEM, USER], "tools": [WEATHER, CLOCK]},
    "tools, no system": {"messages": [USER], "tools": [CLOCK], "tools_in_user_message": False},
    "calls": {"messages": CALLS, "tools": [WEATHER, CLOCK]},
    "call waits": {"messages": CALLS[:4], "tools": [WEATHER]},
    "two calls": {
        "messages": [USER, {"role": "assistant", "content": None, "reasoning": "I need both.", "tool_calls": [
            call("clock", {}, "000000001"), call("get_weather", {"city": "Oslo"}, "000000002")]},
            {"role": "tool", "tool_call_id": "000000001", "name": "clock", "content": "09:05"},
            {"role": "tool", "tool_call_id": "000000002", "name": "get_weather", "content": [{"type": "text", "text": "cold"}]}],
        "tools": [WEATHER, CLOCK]},
    "arguments as text": {
        "messages": [USER, {"role": "assistant", "tool_calls": [call("clock", "{\"zone\": \"UTC\"}")]},
                     {"role": "tool", "content": "09:05", "tool_call_id": "abcdef123"}], "tools": [CLOCK]},
    "documents": {
        "messages": [USER], "documents": [{"title": "One", "text": "First text."}, {"title": "Two", "text": "Second."}],
        "date_string": "06 Jul 2024"},
}
