"""Small templates for every feature of the language, good ones and bad ones; all run on the same variables."""

from itertools import product

VARIABLES = {
    "zero": 0, "one": 1, "seven": 7, "minus": -3, "half": 0.5, "big": 1e16, "small": 0.00001234, "yes": True, "no": False, "nothing": None,
    "empty": "", "word": "Hello World", "padded": "  two  words \n", "lines": "one\ntwo\r\n\nfour", "unicode": "Grüße, ΣΊΣΥΦΟΣ 你好 🙂 ﬁ ß",
    "html": "<a href=\"x\">Tom & 'Jerry'</a>", "digits": "42", "list": [3, 1, 2], "names": ["b", "A", "c", "a", "B"], "mixed": [1, "a", None, 2.5, True],
    "nested": [[1, 2], [3, [4, 5]], []], "none_list": [], "d": {"x": 1, "y": [1, 2], "z": None, "a b": "q", "items": "mine"}, "no_keys": {},
    "users": [{"name": "Ann", "age": 31, "city": "Oslo", "on": True}, {"name": "bob", "age": 9, "city": "Rome", "on": False},
              {"name": "Cyd", "age": 31, "city": "oslo", "on": True}, {"name": "dee", "city": "Rome", "address": {"zip": [7, 8]}}],
    "tree": [{"n": "a", "kids": [{"n": "b", "kids": []}, {"n": "c", "kids": [{"n": "d", "kids": []}]}]}, {"n": "e", "kids": []}],
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}],
}

# Expressions of every type, which tables below cross with operators, tests, filters and methods.
VALUES = ["0", "7", "-3", "2.5", "-0.0", "1e300", "true", "none", "''", "'ab'", "'b'", "'ß Σ\\n'", "[]", "[1, 2]", "['b', 'a']", "(1, 2)", "()", "{}",
          "{'a': 1, 'b': [2]}", "range(3)", "missing", "nested", "d"]
SHORT = ["0", "7", "-3", "2.5", "true", "none", "'ab'", "''", "[1, 2]", "(1,)", "{'a': 1}", "missing", "range(2)"]


def tables():
    for a, op, b in product(SHORT, ["+", "-", "*", "/", "//", "%", "**"], SHORT):
        yield f"{{{{ {a} {op} {b} }}}}"
    for a, op, b in product(SHORT + ["2", "7.0", "'a'", "'abc'", "[1]", "[1, 3]"], ["==", "<", ">=", "in"], SHORT + ["7.0", "'b'", "[1]"]):
        yield f"{{{{ {a} {op} {b} }}}}"
    for a, op in product(SHORT, ["!=", "<=", ">", "not in"]):
        yield f"{{{{ {a} {op} 7 }}}}{{{{ 7 {op} {a} }}}}"
    tests = ["defined", "undefined", "none", "boolean", "true", "false", "integer", "float", "number", "string", "mapping", "sequence", "iterable",
             "callable", "odd", "even", "lower", "upper", "escaped", "filter", "test", "divisibleby 3", "in [1, 7, 'ab']", "eq 7", "sameas none",
             "gt 1", "lt 1", "ge 7", "le 0", "ne 0", "greaterthan(0)", "lessthan 3", "equalto 'ab'"]
    for value, test in product(VALUES, tests):
        yield f"{{{{ {value} is {test} }}}}"
    filters = ["abs", "attr('x')", "batch(2)|list", "capitalize", "center(9)", "count", "d(5)", "default('x', true)", "dictsort", "e", "first", "float",
               "format(1)", "groupby(0)", "indent", "int", "items|list", "join('-')", "last", "length", "list", "lower", "map('string')|list", "max", "min",
               "reject|list", "replace('a', 'x')", "reverse|list", "round", "safe", "select|list", "slice(2)|list", "sort", "string", "sum", "title", "tojson",
               "trim", "truncate(5)", "unique|list", "upper", "urlencode", "wordcount", "wordwrap(3)", "xmlattr", "filesizeformat", "forceescape",
               "tojson(indent=2)", "string|length"]
    for value, name in product(VALUES, filters):
        yield f"{{{{ {value}|{name} }}}}"
    for value in VALUES:
        yield f"{{{{ {value} }}}}|{{{{ [{value}] }}}}|{{{{ not {value} }}}}|{{{{ {value} and 1 }}}}|{{{{ {value} or 'else' }}}}"
        yield f"{{{{ {value} ~ {value} }}}}"
        yield f"{{{{ -{value} }}}}"
        yield f"{{{{ +{value} }}}}"
        yield f"{{{{ ({value})[0] }}}}"
        yield f"{{{{ ({value})['a'] }}}}"
        yield f"{{{{ ({value}).a }}}}"
        yield f"{{{{ ({value})[1:] }}}}"
        yield f"{{{{ ({value})[::-1] }}}}"
        yield f"{{% for x in {value} %}}[{{{{ x }}}}]{{% else %}}none{{% endfor %}}"
        yield f"{{% if {value} %}}T{{% elif not {value} %}}F{{% endif %}}"
        yield f"{{{{ '%s %r' % ({value}, {value}) }}}}"
        yield f"{{{{ '{{0}} {{0!r}}'.format({value}) }}}}"
    texts = ["word", "padded", "lines", "unicode", "empty", "html", "'a,b,,c'", "'aXbXc'", "'--x--'", "'A1 b2'", "'ǅungla ŉ'", "'\\tx\\ty'", "'½²٣'"]
    methods = ["upper()", "lower()", "title()", "capitalize()", "swapcase()", "strip()", "lstrip()", "rstrip()", "strip('-x ')", "split()", "split(',')",
               "split(None, 1)", "rsplit(None, 1)", "split('X', 1)", "rsplit('X', maxsplit=1)", "splitlines()", "splitlines(true)", "find('o')", "rfind('o')",
               "count('')", "count('o')", "startswith('a')", "startswith(('H', 'a'))", "endswith('c')", "replace('', '.')", "replace('o', '0', 1)",
               "partition('X')", "rpartition(',')", "center(20, '*')", "ljust(20)", "rjust(20, '.')", "zfill(15)", "isalpha()", "isalnum()", "isdigit()",
               "isdecimal()", "isnumeric()", "isspace()", "istitle()", "isupper()", "islower()", "isidentifier()", "isprintable()", "isascii()",
               "removeprefix('He')", "removesuffix('c')", "expandtabs(4)", "join(['1', '2'])", "index('o')", "encode", "nope()", "find('o', 5)", "find('', 3, 2)"]
    for text, method in product(texts, methods):
        if method != "encode":
            yield f"{{{{ ({text}).{method} }}}}"
    for text, name in product(texts, ["title", "capitalize", "wordcount", "indent(2, true, true)", "indent('> ')", "wordwrap(6)", "urlencode", "tojson",
                                      "tojson(ensure_ascii=true)", "truncate(6, true)", "truncate(8, false, '…', 0)", "list", "first", "last", "reverse",
                                      "int", "float", "trim('-')", "center(21)", "string", "e", "sort", "unique|join", "replace('a', '')"]):
        yield f"{{{{ ({text})|{name} }}}}"
    bounds = ["", "0", "1", "-1", "2", "-2", "9", "-9", "none"]
    for start, stop in product(bounds, bounds):
        yield f"{{{{ 'abcde'[{start}:{stop}] }}}} {{{{ [1, 2, 3][{start}:{stop}] }}}} {{{{ range(4)[{start}:{stop}:2] }}}} {{{{ 'abcde'[{start}:{stop}:-2] }}}}"
    for spec, value in product(["d", "5d", "05d", "+d", "x", "#X", "b", "o", ",", "_", "c", "e", ".2f", "8.3f", "g", ".3", "%", "s", "10", "<6", ">6", "^7",
                                "*^9", "=+7", ".1s", "010", "n", ",.2f", "z", ".f", "5.5d", " d"], ["65", "-7", "3.14159", "1234567", "0.0", "true", "'text'", "none", "1e22"]):
        yield f"{{{{ '{{:{spec}}}'.format({value}) }}}}"
    for spec, value in product(["d", "5d", "05d", "+d", "-5d|", "x", "#x", "o", "X", "e", ".2f", "8.3f", "g", "s", "10s|", "-6s|", ".1s", "r", "c", "i", "5.3d", "%",
                                "a", " d", "q"], ["65", "-7", "3.14159", "true", "'text'", "none", "'é'", "[1]", "(1, 2)"]):
        yield f"{{{{ '%{spec}' % {value} }}}}"


CASES = r"""
{{ 1 + 2 * 3 - 4 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % -3 }} {{ -7.5 % 2 }} {{ 7.5 // -2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }} {{ -2 ** 2 }}
{{ 0.1 + 0.2 }} {{ 1e16 }} {{ 1e15 }} {{ 123456789012345680.0 }} {{ 1e-5 }} {{ 0.0001 }} {{ 1.0 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ 1e22 }} {{ 100.0 }}
{{ 1_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 0XfF }} {{ 1_0.5_0 }} {{ 1e3 }} {{ 1E-3 }} {{ 2.5e+2 }} {{ 00 }}
{{ 012 }}
{{ 1.foo }}
{{ 1. }}
{{ .5 }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 == true }} {{ 3 > 2 in [2] }} {{ 'a' < 'b' <= 'b' }} {{ not 1 == 2 }} {{ not not 1 }}
{{ 'a' 'b' "c" }} {{ 'it''s' }} {{ "\x41\u00e9\U0001F642\101\n|\t|\\|\'|\"|\q|\é" }} {{ 'a\
b' }}
{{ '\x4' }}
{{ 'unterminated }}
{{ 'a' ~ 1 ~ 2.0 ~ none ~ true ~ missing ~ [1] }} {{ 1 ~ 2 + 3 }} {{ 2 * 3 ~ 4 }}
{{ 1 if yes else 2 }} {{ 1 if no else 2 }} {{ 1 if no }} {{ (1 if no) is undefined }} {{ 1 if no else 2 if no else 3 }} {{ 'x' if yes and not no }}
{{ (1, 2) }} {{ (1,) }} {{ () }} {{ 1, 2 }} {{ [1, 2,] }} {{ {'a': 1, } }} {{ {'a': 1, 'a': 2} }} {{ {1: 'x', 1.0: 'y', true: 'z'} }} {{ [[]] }}
{{ , }}
{{ }}
{{ 1 2 }}
{{ [1, }}
{{ (1 }}
{{ ( }} )
{{ ] }}
{{ {1} }}
{{ {'a' 1} }}
{{ a = 1 }}
{{ 1 +
2 }} {{
 'x'
}}
{{ d.x }} {{ d['x'] }} {{ d.y[1] }} {{ d['a b'] }} {{ d.nope }} {{ d.nope is defined }} {{ d['nope']|default('dflt') }} {{ d.items is callable }} {{ d['items'] }}
{{ d.nope.more }}
{{ d['nope']['more'] }}
{{ missing.x }}
{{ missing['x'] }}
{{ missing() }}
{{ missing + 1 }}
{{ 1 + missing }}
{{ missing < 1 }}
{{ missing == missing }} {{ missing == none }} {{ missing != 1 }} {{ missing|length }} {{ missing|list }} {{ missing in [1] }} {{ 1 in missing }} {{ [missing] }}
{{ missing|int }}
{{ missing|tojson }}
{{ missing|upper }}|{{ missing|string|length }}|{{ missing|join }}|{{ missing|first }}|{{ missing|last }}
{{ list[0] }} {{ list[-1] }} {{ list[5] is defined }} {{ list['0'] is defined }} {{ list.0 }} {{ list.1 }} {{ nested.1.1.0 }} {{ word[0] }} {{ word.4 }} {{ list[true] }}
{{ list[1.0] is defined }} {{ d[1] is defined }} {{ none[0] is defined }} {{ 5['a'] is defined }} {{ word['upper']() }} {{ d['get']('x') }}
{{ d[[1]] is defined }} {{ d[{}] is defined }} {{ list['append'] is defined }} {{ list.append is defined }} {{ d.update is defined }} {{ d.pop is defined }}
{{ list.append(1) }}
{{ d.update({}) }}
{{ d.clear() }}
{{ list.sort() }}
{{ ''.__class__ }}|{{ [].__class__ is defined }}|{{ d.__class__ }}|{{ ''['__class__'] }}|{{ d['__class__'] }}
{{ ''.__class__.__mro__ }}
{{ ''.__class__() }}
{{ (1).__add__(2) }}
{{ d.__getitem__('x') }}
{{ word.format.__globals__ }}
{{ range.__class__ }}|{{ cycler.__init__ }}
{{ cycler.__init__.__globals__ }}
{{ '{0.__class__}'.format(1) }}|
{{ '{0.__class__.__name__}'.format(1) }}
{{ '{0[x]} {0[y][1]} {0.x} {a} {b!r:>5}|{{}}'.format(d, a=1, b='q') }} {{ '{} {}'.format(1, 2) }} {{ '{1} {0}'.format(1, 2) }} {{ '{:{}}|'.format('a', 5) }}
{{ '{} {0}'.format(1) }}
{{ '{'.format(1) }}
{{ '}'.format(1) }}
{{ '{2}'.format(1) }}
{{ '{x}'.format(1) }}
{{ '{x} {y}'.format_map({'x': 1, 'y': 2}) }}
{{ '%s and %s' % ('a', 1) }} {{ '%(x)s %(z)r' % d }} {{ '%5.1f|%-5s|%05d|%+d|%x|%%|%c|%c' % (3.14159, 'ab', 42, 7, 255, 65, 'z') }} {{ '%*d|%.*f' % (5, 1, 2, 3.14159) }}
{{ '%s' % [1] }} {{ 'x' % [] }} {{ 'x' % d }} {{ '%s' % missing }}|
{{ '%s %s' % 'a' }}
{{ '%s' % (1, 2) }}
{{ 'x' % 1 }}
{{ '%d' % 'a' }}
{{ '%y' % 1 }}
{{ '%' % 1 }}
{{ '%(q)s' % d }}
{{ '%s-%s'|format(1, 2) }} {{ '%(a)s'|format(a=5) }} {{ 5|format }}
{{ '%s'|format(1, a=2) }}
{{ 'abc'[::-1] }} {{ 'abc'[1:2] }} {{ list[:2] }} {{ list[::2] }} {{ (1, 2, 3)[1:] }} {{ 'abcdef'[-3:-1] }} {{ list[5:] }} {{ range(10)[2:8:3] }} {{ list[none:none] }}
{{ list[::0] }}
{{ list['a':] }}
{{ d[1:] }}
{{ word[:] }} {{ missing[1:] if no }}
x{#
{{ missing[1:] }}
{{ list[1:2, 0] }}
{{ word.upper().lower()[0:3].title() }} {{ ' '.join(names) }} {{ ','.join('abc') }} {{ 'a-b'.split('-')|join('+') }} {{ 'x'.join({'a': 1, 'b': 2}) }}
{{ ','.join([1]) }}
{{ 'a'.split('') }}
{{ 'a'.index('b') }}
{{ 'a'.upper(1) }}
{{ 'a'.startswith(1) }}
{{ 'a'.startswith(['a']) }}
{{ 'a'.center() }}
{{ 'a'.center(5, 'xy') }}
{{ 'a'.replace('a') }}
{{ d.get('x') }} {{ d.get('q') }} {{ d.get('q', 9) }} {{ d.keys() }} {{ d.values() }} {{ d.items() }} {{ d.keys()|list }} {{ d.keys()|length }} {{ 'x' in d.keys() }}
{{ d.get([]) }}
{{ d.get() }}
{{ d.keys()[0] }}|{{ d.items()|first }} {{ d.values()|list|last }} {{ {'a': 1}.items() == {'a': 1}.items() }} {{ d.copy() == d }}
{{ list.index(2) }} {{ list.count(1) }} {{ (1, 1).count(1) }} {{ (1, 2).index(2) }} {{ list.copy() }} {{ range(5).index(3) }} {{ range(5).count(9) }}
{{ list.index(9) }}
{{ 2.5.is_integer() }} {{ 2.0.is_integer() }}
{{ range(3) }} {{ range(1, 4)|list }} {{ range(5, 0, -2)|list }} {{ range(0)|list }} {{ range(3)|length }} {{ 2 in range(3) }} {{ 2.0 in range(3) }} {{ 'a' in range(3) }} {{ range(3)[1] }}
{{ range(100001) }}
{{ range(100000)|length }} {{ range(1, 2, 0) }}
{{ range('a') }}
{{ range(2.0) }}
{{ range() }}
{{ range(0, 10, 3) == range(0, 12, 3) }} {{ range(0) == range(5, 1) }} {{ [1] == (1,) }} {{ [1, [2]] == [1.0, [2]] }} {{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }}
{{ dict(a=1, b=2) }} {{ dict({'x': 1}, y=2) }} {{ dict([('a', 1), ['b', 2]]) }} {{ dict() }} {{ dict.fromkeys(['a', 'b']) }} {{ dict.fromkeys('ab', 0) }}
{{ dict(1) }}
{{ dict([1]) }}
{% set ns = namespace(a=1) %}{% set ns.b = ns.a + 1 %}{{ ns.a }} {{ ns.b }} {{ ns.c }}| {{ ns }} {{ ns.c is defined }} {{ ns['a'] }}
{% set ns = namespace({'k': [1]}, z=2) %}{{ ns.k }} {{ ns.z }}{% for i in [1, 2] %}{% set ns.z = ns.z * 2 %}{% endfor %} {{ ns.z }}
{% set ns = namespace() %}{% set ns._x = 1 %}
{{ namespace(_x=1) }}
{% set d.x = 2 %}
{% set nope.x = 2 %}
{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}{% set ns.t %}text {{ ns.a }}{% endset %}{{ ns.t }}
{% set c = cycler('a', 'b', 'c') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.next() }}{{ c.next() }}{{ c.reset() }}{{ c.current }}
{{ cycler() }}
{% set j = joiner(' | ') %}{% for i in list %}{{ j() }}{{ i }}{% endfor %} {% set k = joiner() %}{{ k() }}a{{ k() }}b
{{ raise_exception('No: ' ~ word) }}
{{ raise_exception() }}
{{ raise_exception(5) }}
{% if no %}{{ raise_exception('x') }}{% endif %}fine
{{ strftime_now('%Y-%m-%d %H:%M:%S|%d %b %Y|%A %a %B %b|%j|%I:%M %p|%y|%m/%d|%%|%-d %-m %-H|%e|%D %F %T %R') }}
{{ strftime_now('%U %W %V %u %w %C %G %g %h %k %l %P %c|%x|%X|%r|%z|%Z|%_d|%^a|%#p|plain é') }}
{{ strftime_now() }}
{{ strftime_now(5) }}
a{% if yes %}b{% endif %}c{% if no %}b{% else %}d{% endif %}{% if no %}1{% elif zero %}2{% elif one %}3{% else %}4{% endif %}
{% if %}x{% endif %}
{% if 1, 2 %}t{% endif %}
{% if yes %}x
{% endif %}
{% else %}
{% if yes %}{% endfor %}
{% if yes: %}x{% else: %}y{% endif %}
{% for i in list %}{{ i }},{% endfor %}{% for i in [] %}x{% else %}none{% endfor %}{% for a, b in [(1, 2), [3, 4]] %}{{ a }}={{ b }};{% endfor %}
{% for k, v in d.items() %}{{ k }}:{{ v }} {% endfor %}{% for k in d %}{{ k }}{% endfor %}{% for c in 'añ🙂' %}[{{ c }}]{% endfor %}{% for (a, (b, c)) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for a, b in [(1, 2, 3)] %}{% endfor %}
{% for a, b in [1] %}{% endfor %}
{% for i in 5 %}{% endfor %}
{% for i in none %}{% endfor %}
{% for i in missing %}x{% else %}empty{% endfor %}
{% for 1 in list %}{% endfor %}
{% for a.b in list %}{% endfor %}
{% for i in list
{% for i in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}
{% for i in list %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {{ loop.cycle('a', 'b') }} {{ loop.previtem is defined }}{{ loop.nextitem is defined }};{% endfor %}
{% for i in [1, 1, 2, 2, 1] %}{{ loop.changed(i) }} {% endfor %}{% for i in [1, 2] %}{{ loop.changed(i, 1) }}{{ loop.nope }}{% endfor %}
{% for i in list %}{{ loop.cycle() }}{% endfor %}
{% for i in list %}{{ loop(i) }}{% endfor %}
{{ loop }}|{% for i in [1] %}{{ loop is iterable }}{% endfor %}
{% for i in list if i > 1 %}{{ i }}{{ loop.index }}/{{ loop.length }}{{ loop.last }} {% else %}none{% endfor %}{% for i in list if i > 9 %}x{% else %}none{% endfor %}
{% set ns = namespace(on=true) %}{% for i in [1, 2, 3] if ns.on %}{{ i }}{% if i == 2 %}{% set ns.on = false %}{% endif %}{% endfor %}
{% for i in [1, 2, 3, 4] %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for i in [1, 2] %}{% for j in [1, 2] %}{% if j == 2 %}{% break %}{% endif %}{{ i }}{{ j }} {{ loop.index }}{% endfor %}{{ loop.index }};{% else %}never{% endfor %}
{% break %}
{% for i in list %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}
{% for i in [1, 2] %}{% set x %}a{% break %}{% endset %}{% endfor %}done{% for i in [1, 2] %}{% filter upper %}b{% continue %}{% endfilter %}c{% endfor %}
{% for i in [1] %}x{% else %}{% break %}{% endfor %}
{% for t in tree recursive %}{{ t.n }}{{ loop.depth }}{% if t.kids %}({{ loop(t.kids) }}){% endif %}{% if not loop.last %},{% endif %}{% else %}leaf{% endfor %}
{% for t in tree if t.kids recursive %}{{ t.n }}{{ loop(t.kids) }}{% else %}-{% endfor %}
{% for i in [1, 2] %}{% set x = i %}{{ x }}{% endfor %}{{ x is defined }}{% set x = 5 %}{% for i in [1, 2] %}{{ x }}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}
{% for zero in [1] %}{{ zero }}{% endfor %}{{ zero }}{% for i in [1] %}{% for j in [2] %}{% set one = 8 %}{{ one }}{% endfor %}{{ one }}{% endfor %}
{% for i in [1] %}{{ one }}{% endfor %}{% set one = 8 %}{{ one }}
{% macro m() %}{{ one }}{% endmacro %}{{ m() }}{% set one = 8 %}{{ m() }}
{% if no %}{% set one = 8 %}{% endif %}{{ one }}{% for i in [1] %}{{ one }}{% endfor %}
{% for i in [1, 2] %}{% if i == 1 %}{% set w = 'w' %}{% endif %}[{{ w }}]{% endfor %}
{% for i in [1] %}{{ seven }}{% set seven = 8 %}{{ seven }}{% endfor %}{{ seven }}
{% for i in [1] %}{% for j in [1] %}{{ seven }}{% endfor %}{% set seven = 8 %}{{ seven }}{% endfor %}{{ seven }}
{% for loop in list %}{% endfor %}
{% for i in list %}{% set loop = 1 %}{% endfor %}
{% set a = 1 %}{% set b, c = 2, 3 %}{% set (e, f) = [4, 5] %}{{ a }}{{ b }}{{ c }}{{ e }}{{ f }}{% set g = 1, 2 %}{{ g }}{% set h = 'x' if no %}{{ h }}
{% set a, b = 1 %}
{% set 1 = 2 %}
{% set true = 2 %}
{% set a %}
{% set = 2 %}
{% set t %}a {{ one }}{% set inner = 5 %}{% endset %}[{{ t }}]{{ inner is defined }}{% set u | upper | replace('A', 'b') %}a{{ word }}{% endset %}{{ u }}{{ t is string }}
{% macro m(a, b=2, c='x' ~ a) %}{{ a }},{{ b }},{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(1, c=4) }}{{ m(b=1, a=2) }}{{ m() }}{{ m(*[1, 2]) }}{{ m(**{'a': 5}) }}{{ m(1, *[2], **{'c': 3}) }}
{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{% endmacro %}{{ m(b=2) }}
{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}
{% macro m(a, a) %}{% endmacro %}
{% macro m(a=1, b) %}{% endmacro %}
{% macro m() %}{{ varargs }} {{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }} {{ m() }} {{ m.name }} {{ m.arguments }} {{ m.catch_kwargs }} {{ m.catch_varargs }} {{ m.caller }}
{% macro m(x) %}{{ x }}{% if x > 0 %}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }}{{ m(2)|length }}{{ m is callable }}
{% macro outer() %}[{{ caller() }}]{% endmacro %}{% call outer() %}in {{ one }}{% endcall %}{% macro each(xs) %}{% for x in xs %}{{ caller(x, loop.index) }};{% endfor %}{% endmacro %}{% call(x, i) each(list) %}{{ x }}@{{ i }}{% endcall %}
{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}
{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}
{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}{% call m() %}{% endcall %}{% macro n(caller=none) %}{{ caller is none }}{% endmacro %}{{ n() }}
{% macro m(caller) %}{{ caller() }}{% endmacro %}
{% call 5 %}{% endcall %}
{% call(a, b=2) m() %}{{ a }}{{ b }}{% endcall %}
{% macro m(x) %}{% set x = x + 1 %}{{ x }}{% endmacro %}{% set x = 5 %}{{ m(1) }}{{ x }}{% macro v() %}{{ x }}{% endmacro %}{{ v() }}{% set x = 6 %}{{ v() }}
{% macro m(xs) -%}{% for x in xs %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}{%- endmacro %}{{ m(names) }}|{{ m([]) }}|{{ m(names)|upper }}
{% macro a() %}A{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}{% for i in [1] %}{% macro c() %}{{ i }}{% endmacro %}{{ c() }}{% endfor %}{{ c is defined }}
{{ m(1) }}{% macro m(x) %}{{ x }}{% endmacro %}
{% macro 5() %}{% endmacro %}
{% macro m %}{% endmacro %}
{% with a = 1, b = one %}{{ a }}{{ b }}{% set c = 3 %}{{ c }}{% endwith %}{{ a is defined }}{{ c is defined }}{% with %}{% set one = 4 %}{{ one }}{% endwith %}{{ one }}{% with one = one + 1 %}{{ one }}{% endwith %}
{% with a = 1, b = a %}{{ b is defined }}{% endwith %}{% with (a, b) = (1, 2) %}{{ a }}{{ b }}{% endwith %}
{% with a %}{% endwith %}
{% filter upper %}a{{ word }}{% set q = 1 %}{% endfilter %}{{ q is defined }}{% filter replace('a', 'b')|title %}banana split{% endfilter %}{% filter indent(2) %}a
b{% endfilter %}
{% filter nope %}{% endfilter %}
{% filter %}{% endfilter %}
{% generation %}x{{ one }}{% set gg = 2 %}{% endgeneration %}{{ gg is defined }}
{% generation %}
{% for i in list %}{% generation %}{{ loop.index }}{% endgeneration %}{% endfor %}
{% for i in list %}{% generation %}{% break %}{% endgeneration %}{% endfor %}
{% raw %}{{ x }} {% if %} {# c #}{% endraw %}|{%- raw -%}  a  {%- endraw -%}  b {% raw %}
x
{% endraw %}
y
{% raw %}{% endra %}
{% rawx %}
a{# comment #}b{#- trimmed -#}  c  {#- x -#} d{# multi
line #}
e {#+ keep +#}
{# open
{##}x{#-#}y
{{ 'a' }}
   {% if yes %}
   b
   {% endif %}
c
   {%+ if yes %}d{% endif +%}
e
  {%- if yes -%}  f  {%- endif -%}
g {{- ' h ' -}} i
{{ 1 -}}

 x {{- 2 }} {{+3}} {{-4}}
  {# lstrip #}
  {{ 'kept' }}
 a {% if yes %}b{% endif %}
	{% set x = 1 %}
	x
trailing newline

only one dropped


{%if yes%}tight{%endif%}{%-if yes-%} {%-endif-%}{{'x'}}{{"y"}}
{{ {'a': {'b': 1}}['a']['b'] }}{{ {'a':{'b':{}}} }}{{ [{}] }}{{ {}|length }}{{ {'a':1}}}
}} {{ '}}' }} {{ "{{" }} {{ '{%' }} %} {# }} #} { { } }
{% set x = {'a': 1} %}{% if x == {'a': 1} %}eq{% endif %}{% set y = {} %}{{ y }}
{% print 1, 'a', word %}{% print %}
{% do list %}
{% trans %}x{% endtrans %}
{% unknown %}
{% %}
{%
{{ 1
{{ 1 %}
{% if yes }}x{% endif %}
{% include 'x' %}
{% import 'x' as y %}
{% from 'x' import y %}
{% extends 'x' %}
{% block b %}in {{ one }}{% endblock %}{% block c %}{% for i in list %}{{ i }}{% endfor %}{% endblock c %}{% for i in [1] %}{% block inner %}{{ i is defined }}{% endblock %}{% endfor %}
{% set top = 3 %}{% block b %}{{ top }}{% set top = 4 %}{{ top }}{% endblock %}{{ top }}
{% block %}{% endblock %}
{% endblock %}
{% endif %}
{{ 1|nope }}
{{ 1 is nope }}
{% if no %}{{ 1|nope }}{% endif %}ok
{% if no %}{{ 1 is nope }}{% endif %}{{ 2 if yes else 1|nope }}{{ (1|nope) if no }}ok
{% if yes %}{{ 1|nope }}{% endif %}
{% if no %}{% for i in list %}{{ i|nope }}{% endfor %}{% endif %}
{% if no %}{% macro m() %}{{ 1|nope }}{% endmacro %}{% endif %}
{% for i in [] %}{{ 1|nope }}{% endfor %}
{{ [1]|map('nope') is defined }}
{{ [1]|map('nope')|list }}
{{ []|map('nope')|list }}
{{ [1]|select('nope')|list }}
{{ [1]|map|list }}
{{ [1]|map(5)|list }}
{{ [1, 2]|map('add', 1)|list }}
{{ 1 is divisibleby }}
{{ 1 is divisibleby(1, 2) }}
{{ 1 is defined(2) }}
{{ 1 is odd is even }}
{{ 1 is not odd }} {{ 2 is not odd and 3 is odd }} {{ 4 is divisibleby 2 }} {{ 4 is divisibleby(3) }} {{ 'a' is in 'abc' }} {{ 1 is not in [2] }} {{ 3 is eq 3 or no }} {{ not 3 is odd }} {{ 1 + 1 is odd }}
{{ 'abs' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ 'nope' is test }} {{ true is sameas true }} {{ 1 is sameas true }} {{ none is sameas none }} {{ list is sameas list }} {{ 'a' is eq('a') }}
{{ 'ab' is lower }} {{ 'AB' is upper }} {{ '' is lower }} {{ '1' is upper }} {{ 'A1' is upper }} {{ 'é' is lower }} {{ 5 is lower }}
{{ users|map(attribute='name')|join(', ') }} {{ users|map(attribute='age', default=0)|list }} {{ users|map(attribute='address.zip.0', default='-')|list }} {{ users|map('length')|list }} {{ names|map('upper')|map('lower')|list }}
{{ users|map(attribute='address.zip.0')|list }}
{{ users|map(attribute='name', nope=1)|list }}
{{ names|map('replace', 'a', 'z')|list }} {{ ['a', 'b']|map('indent', 2, first=true)|list }} {{ [[2, 1], [0]]|map('sort')|list }} {{ [1.5, 2]|map('int')|sum }} {{ {'b': 1}|map('upper')|list }}
{{ users|selectattr('on')|map(attribute='name')|list }} {{ users|rejectattr('on')|map(attribute='name')|list }} {{ users|selectattr('age', 'defined')|list|length }} {{ users|selectattr('city', 'equalto', 'Rome')|map(attribute='name')|list }} {{ users|selectattr('city', '==', 'Rome')|list|count }}
{{ users|selectattr('age', '>', 10)|list }}
{{ users|selectattr('age', 'defined')|selectattr('age', '>', 10)|map(attribute='name')|join('+') }} {{ users|rejectattr('city', 'in', ['Rome'])|list|length }} {{ users|selectattr('address.zip')|map(attribute='name')|first }}
{{ users|selectattr('address.zip.nope.deep')|list }}
{{ users|selectattr()|list }}
{{ [1, 2, 3, 4]|select('odd')|list }} {{ [1, 2, 3]|reject('odd')|list }} {{ [0, 1, '', 'a', none]|select|list }} {{ [0, 1]|reject|list }} {{ [1, 2, 3]|select('>', 1)|list }} {{ [1, 2, 3]|select('divisibleby', 3)|list }} {{ ['a', 1]|select('string')|list }}
{% if []|select %}always{% endif %}{% set g = list|map('string') %}{{ g|join }}{{ g|join }}|{{ list|map('string')|first }}
{{ list|map('string')|length }}
{{ list|map('string')|last }}
{{ (list|map('string'))[0] is defined }}
{{ list|map('string')|tojson }}
{% for x in list|map('string') %}{{ x }}{{ loop.last }}{{ loop.length }}{% endfor %} {{ 1 in list|map('int') }} {{ list|select|reverse|list }} {{ [1, 2]|map('string')|list + ['x'] }}
{{ users|sort(attribute='name')|map(attribute='name')|list }} {{ users|sort(attribute='city,name')|map(attribute='name')|list }} {{ users|sort(attribute='name', case_sensitive=true)|map(attribute='name')|list }} {{ users|sort(reverse=true, attribute='city')|map(attribute='name')|list }}
{{ users|sort(attribute='age')|list }}
{{ names|sort }} {{ names|sort(case_sensitive=true) }} {{ names|sort(true) }} {{ list|sort }} {{ list|sort(reverse=true) }} {{ 'hello'|sort }} {{ d|sort }} {{ [[2, 1], [1, 2]]|sort }} {{ [2.5, 1, true]|sort }}
{{ mixed|sort }}
{{ [none, none]|sort }}
{{ [{}, {}]|sort }}
{{ names|unique|list }} {{ names|unique(true)|list }} {{ [1, 1.0, true, 2]|unique|list }} {{ users|unique(attribute='city')|map(attribute='name')|list }} {{ 'abca'|unique|join }}
{{ [[1], [1]]|unique|list }}
{{ list|min }} {{ list|max }} {{ names|min }} {{ names|max }} {{ names|min(case_sensitive=true) }} {{ []|min }} {{ users|min(attribute='name') }} {{ 'hello'|max }} {{ [] |max is defined }} {{ [2, 2.0]|max }}
{{ users|max(attribute='age') }}
{{ list|sum }} {{ [1.5, 2]|sum }} {{ []|sum }} {{ list|sum(start=10) }} {{ [{'v': 1}, {'v': 2}]|sum(attribute='v') }} {{ [[1], [2]]|sum(start=[]) }} {{ [true, 1]|sum }} {{ [0.1, 0.2, 0.3]|sum }}
{{ ['a']|sum }}
{{ ['a']|sum(start='') }}
{% for g in users|groupby('city') %}{{ g.grouper }}:{{ g.list|map(attribute='name')|join('/') }};{% endfor %} {% for city, us in users|groupby('city', case_sensitive=true) %}{{ city }}{{ us|length }}{% endfor %} {% for a, us in users|groupby('age', default=0) %}{{ a }}={{ us|length }} {% endfor %}
{{ users|groupby('age') }}
{{ [{'a': 1}]|groupby('a') }} {{ ([{'a': 1}]|groupby('a'))[0][0] }}
{{ d|dictsort }} {{ {'b': 1, 'A': 3, 'c': 2}|dictsort }} {{ {'b': 1, 'A': 3}|dictsort(true) }} {{ {'b': 1, 'A': 3, 'c': 2}|dictsort(false, 'value') }} {{ {'b': 1, 'a': 2}|dictsort(reverse=true) }}
{{ d|dictsort(by='nope') }}
{{ d|dictsort(by='value') }}
{{ [1, 2, 3, 4, 5]|batch(2)|list }} {{ [1, 2, 3]|batch(2, 'x')|list }} {{ [1, 2, 3, 4, 5]|slice(3)|list }} {{ [1, 2, 3, 4]|slice(3, 'x')|list }} {{ []|batch(2)|list }} {{ []|slice(2)|list }} {{ 'abc'|batch(2)|list }}
{{ [1]|batch(0)|list }}
{{ [1]|slice(0)|list }}
{{ [1, 2]|batch(-1)|list }}
{{ [1]|batch|list }}
{{ [1, 2]|first }} {{ [1, 2]|last }} {{ ''|first }} {{ 'abc'|first }} {{ 'abc'|last }} {{ d|first }} {{ d|last }} {{ range(3)|last }} {{ {}|first is defined }}
{{ 5|first }}
{{ 5|last }}
{{ 5|length }}
{{ none|length }}
{{ 5|list }}
{{ 5|join }}
{{ none|join }}
{{ list|join(', ') }} {{ list|join }} {{ users|join('-', attribute='name') }} {{ [1, none, true, 2.0]|join('|') }} {{ 'abc'|join('.') }} {{ d|join }} {{ [1, 2]|join(0) }} {{ [[1], {}]|join(' ') }}
{{ list|reverse|list }} {{ 'abc'|reverse }} {{ d|reverse|list }} {{ range(3)|reverse|list }} {{ (1, 2)|reverse|list }} {{ d.items()|reverse|list|first }}
{{ 5|reverse }}
{{ missing|default('x') }} {{ ''|default('x') }} {{ ''|default('x', true) }} {{ none|default('x') }} {{ none|d('x', boolean=true) }} {{ missing|default }}| {{ d.q|default(d.x) }} {{ missing|default(missing2)|default('y') }}
{{ missing.x|default('x') }}
{{ 42.55|round }} {{ 42.55|round(1) }} {{ 42.55|round(1, 'floor') }} {{ 42.55|round(1, 'ceil') }} {{ 2.5|round }} {{ 3.5|round }} {{ 42|round }} {{ 1234|round(-2) }} {{ 1250|round(-2) }} {{ 2.675|round(2) }} {{ -1.5|round }} {{ 42.55|round|int }} {{ 0.1|round(3, 'floor') }} {{ 7|round(0, 'ceil') }} {{ true|round }} {{ 1234.5|round(-2) }} {{ 1e300|round(2) }}
{{ 'a'|round }}
{{ 1.5|round(1, 'nope') }}
{{ 1.5|round('a') }}
{{ '42'|int }} {{ '42.9'|int }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ 'x'|int(default='none') }} {{ '0x1F'|int(base=16) }} {{ '1F'|int(0, 16) }} {{ '101'|int(base=2) }} {{ '0b11'|int(0, 0) }} {{ 3.99|int }} {{ -3.99|int }} {{ true|int }} {{ none|int }} {{ [] |int }} {{ ' 7 '|int }} {{ '-7'|int }} {{ '1_000'|int }} {{ '1__0'|int }} {{ '1e3'|int }} {{ ''|int }} {{ 'inf'|int }} {{ 'nan'|int }} {{ '12'|int(base=99) }} {{ '0o17'|int(base=8) }} {{ '+5'|int }}
{{ 1e400|int }}
{{ '3.5'|float }} {{ 'x'|float }} {{ 'x'|float(1) }} {{ '1e3'|float }} {{ ' 2 '|float }} {{ 'inf'|float }} {{ '-Infinity'|float }} {{ 'nan'|float }} {{ 7|float }} {{ none|float }} {{ true|float }} {{ '1_0.5'|float }} {{ '.5'|float }} {{ '5.'|float }} {{ '0x10'|float }} {{ '-.5e1'|float }} {{ '1.e2'|float }} {{ 'e5'|float }} {{ '.'|float }} {{ '--1'|float }}
{{ -5|abs }} {{ (-5)|abs }} {{ -2.5|abs }} {{ true|abs }}
{{ 'a'|abs }}
{{ html|e }} {{ html|escape|e }} {{ html|safe }} {{ html|safe|e }} {{ html|forceescape }} {{ html|e|forceescape }} {{ none|e }} {{ [html]|e }} {{ '<'|e + '<' }} {{ '<' + '<'|safe }} {{ ('<'|safe) ~ '<' }} {{ '<%s>'|safe % '<' }} {{ '<'|safe * 2 }} {{ ['<'|safe] }} {{ ('a<'|safe).upper() }} {{ ('a'|safe).replace('a', '<') }} {{ ('<'|safe).join(['<', 'b']) }} {{ '<'|safe is escaped }} {{ '{}'|safe }} {{ ('<{}>'|safe).format('<') }} {{ ('<'|safe)[0] + '<' }} {{ '<'|safe|string + '<' }} {{ '<'|safe|trim + '<' }} {{ '<'|safe|upper + '<' }} {{ '<'|safe|replace('x', 'y') + '<' }} {{ ['<'|safe]|join + '<' }}
{{ {'class': 'a b', 'id': none, 'x': missing, 'y': '<&>', 'n': 5}|xmlattr }} {{ {'a': 1}|xmlattr(false) }} {{ {}|xmlattr }}|
{{ {'a b': 1}|xmlattr }}
{{ 'a b/c?d=é&+~'|urlencode }} {{ {'a b': 'c/d', 'e': 1}|urlencode }} {{ [('a', 1), ('b', '&')]|urlencode }} {{ 5|urlencode }}
{{ [1]|urlencode }}
{{ 'foo bar baz qux'|truncate(9) }} {{ 'foo bar baz qux'|truncate(9, true) }} {{ 'foo bar baz qux'|truncate(11) }} {{ 'foo bar baz qux'|truncate(11, false, '...', 0) }} {{ 'abc'|truncate(3, leeway=0) }} {{ 'a b c d e f'|truncate(5, end='') }} {{ 'abcdefghijkl'|truncate(5, false, '..', 0) }}
{{ 'abc'|truncate(2) }}
{{ 'abc'|truncate(5, leeway=-1) }}
{{ 'a b  c'|wordcount }} {{ "it's é2_3 x-y"|wordcount }} {{ 5|wordcount }}
{{ 'the quick-brown fox jumps over extraordinarily lazy dogs'|wordwrap(10) }}|{{ 'abcdefghij klm'|wordwrap(4, false) }}|{{ 'a-b well-known--dash co-operative-ness'|wordwrap(6) }}|{{ 'aa bb cc'|wordwrap(5, wrapstring='/') }}|{{ 'x  y   z'|wordwrap(3) }}|{{ ' lead and trail '|wordwrap(6) }}|{{ 'one-two'|wordwrap(5, break_on_hyphens=false) }}
{{ lines|wordwrap(3) }}
{{ 'a'|wordwrap(0) }}
{{ lines|indent }}|{{ lines|indent(2, true) }}|{{ lines|indent(2, blank=true) }}|{{ lines|indent('> ', first=true) }}|{{ ''|indent }}|{{ 'a'|indent(width=3, first=true) }}
{{ 5|indent }}
{{ 'hello wOrld-foo (bar) [x] {y} <z>'|title }} {{ "it's"|title }} {{ "it's".title() }} {{ 'éCOLE'|capitalize }} {{ 'ß'|upper }} {{ 'ΑΣ ΣΑΣ Σ'|lower }} {{ 'İ'|lower|length }} {{ 'ǆ'.title() }} {{ 'ŉ'|upper }}
{{ '  a b '|trim }}|{{ 'xxaxx'|trim('x') }}|{{ 5|trim }}|{{ 'a'|center(5) }}|{{ 'ab'|center(5) }}|{{ 'abc'|center(2) }}
{{ 1000|filesizeformat }} {{ 1|filesizeformat }} {{ 999|filesizeformat }} {{ 1500000|filesizeformat }} {{ 1048576|filesizeformat(true) }} {{ 0|filesizeformat }} {{ '2048'|filesizeformat(true) }} {{ 1e30|filesizeformat }} {{ 2.5|filesizeformat }}
{{ d|tojson }} {{ d|tojson(indent=2) }} {{ [1, 2.0, 1e20, true, none, 'é"\\/<>&\u2028\n\x7f\x01', (1,), []]|tojson }} {{ {}|tojson(indent=4) }} {{ {'b': 1, 'a': {'d': [], 'c': {}}}|tojson(sort_keys=true) }} {{ [1, [2, {'a': []}]]|tojson(indent=1) }} {{ d|tojson(separators=(',', ':')) }} {{ {1: 2, none: 3, true: 4, 2.5: 6}|tojson }} {{ 'é🙂'|tojson(ensure_ascii=true) }} {{ [1]|tojson(indent=0) }} {{ [1]|tojson(indent='--') }} {{ 1e16|tojson }} {{ ('inf'|float)|tojson }} {{ '<'|safe|tojson }} {{ [1]|tojson(true, none, ['; ', '= ']) }}
{{ {(1, 2): 3}|tojson }}
{{ range(3)|tojson }}
{{ {'b': 1, 2: 3}|tojson(sort_keys=true) }}
{{ [1]|tojson(separators=',') }}
{{ [missing]|tojson }}
{{ d|items|list }} {{ missing|items|list }} {% for k, v in d|items %}{{ k }}{% endfor %}
{{ 5|items|list }}
{{ word|attr('upper')() }} {{ d|attr('x') }}| {{ d|attr('keys')()|list }} {{ namespace(a=1)|attr('a') }} {{ word|attr('nope') is defined }}
{{ missing|attr('x') }}
{{ 'abcabc'|replace('a', 'x') }} {{ 'abcabc'|replace('a', 'x', 1) }} {{ 5|replace(5, 6) }} {{ 'aaa'|replace('', '-') }} {{ 'aaa'|replace('', '-', 2) }} {{ 'a'|replace('a', none) }} {{ ''|replace('', 'x') }} {{ 'aaaa'.replace('aa', 'b') }} {{ 'ab'.replace('a', 'b').replace('b', 'c') }}
{{ 'a'|replace('a') }}
{{ 'a'|upper(1) }}
{{ 'a'|upper(x=1) }}
{{ 'a'|replace('a', 'b', nope=1) }}
{{ 'a'|replace('a', old='b', new='c') }}
{{ f(a=1, a=2) }}
{{ f(a=1, 2) }}
{{ f(*a, *b) }}
{{ f(**a, *b) }}
{{ word(1) }}
{{ 5() }}
{{ none() }}
{{ d.x() }}
{{ d() }}
{{ word.upper() if word is string else '' }} {{ (word or 'x')|lower }} {{ [word, 'x']|map('length')|list }} {{ (list + [4])|last }} {{ (list|length - 1) }} {{ list|length > 2 and 'long' }} {{ -list|length }} {{ not list|length == 3 }}
{{ list|length()|string ~ 'x' }} {{ 'a'|upper~'b'|upper }} {{ 1 + 2|string|int }} {{ ('a' if yes else 'b') ~ 'c' }} {{ 'a' if yes else 'b' ~ 'c' }} {{ [1, 2, 3][1:]|first }} {{ {'k': 'v'}.k }} {{ [1, 2][-1] }} {{ 'abc'[1] }} {{ (1, 2)[0] }}
{{ nested|string }} {{ nested ~ '' }} {{ ["it's", 'say "hi"', "both ' and \"", 'é\n\t\\\x00\u200b🙂', '\xa0'] }} {{ {'k': "v'"} }} {{ [none, true, 1.0, -0.0, 1e100] }} {{ ('a',) }}
{{ 'a' in 'abc' }} {{ 'x' not in 'abc' }} {{ 1 in [1, 2] }} {{ 'x' in d }} {{ 1.0 in [1] }} {{ [1] in [[1]] }} {{ '' in 'abc' }} {{ none in [none] }} {{ 'b' in ('a', 'b') }} {{ not 'a' in 'b' }}
{{ 1 in 'abc' }}
{{ 1 in 5 }}
{{ [] in d }}
{{ 1 / 0 }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 1.0 / 0 }}
{{ 0 ** -1 }}
{{ 'a' * 3 }} {{ 3 * 'a' }} {{ 'a' * -1 }} {{ [1] * 2 }} {{ (1,) * 2 }} {{ [1] + [2] }} {{ (1,) + (2,) }} {{ 'a' + 'b' }} {{ true + true }} {{ 'a' * true }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 10 ** 3 }} {{ 4 ** 0.5 }} {{ 1 - -1 }} {{ +5 }} {{ - 5 }}
{{ yes.real is defined or true }} {{ none is none and none == none }} {{ True }} {{ False }} {{ None }} {{ none|string }} {{ TRUE is defined }}
{% set x = [] %}{% for m in messages %}{% set x = x + [m.role] %}{% endfor %}{{ x }}{% set ns = namespace(x=[]) %}{% for m in messages %}{% set ns.x = ns.x + [m['role']] %}{% endfor %}{{ ns.x|join(',') }}
{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('alternate') }}{% endif %}{{ '<|' + message['role'] + '|>\n' + message['content'] | trim + '<|end|>\n' }}{% endfor %}
{% for message in messages[::-1] %}{% set index = (messages|length - 1) - loop.index0 %}{{ index }}{{ message.content }}{% if loop.first %}*{% endif %}{% endfor %}{{ messages[-1]['role'] }}{{ messages[1:]|length }}{{ (messages|selectattr('role', 'equalto', 'user')|list)[-1].content }}
{% set first = messages[0] %}{% if first.role == 'user' and first.content is string and first.tool_calls is not defined %}plain{% endif %}{% if first.tool_calls %}no{% endif %}{{ first.get('name', 'anon') }}{{ 'role' in first }}{% if 'tools' in first and first.tools %}no{% endif %}
{%- macro render(value, depth=0) -%}{%- if value is mapping -%}{{ '{' }}{%- for k, v in value.items() -%}{{ k }}={{ render(v, depth + 1) }}{%- if not loop.last %},{% endif -%}{%- endfor -%}{{ '}' }}{%- elif value is iterable and value is not string -%}[{%- for v in value -%}{{ render(v, depth + 1) }}{%- if not loop.last %},{% endif -%}{%- endfor -%}]{%- else -%}{{ value }}@{{ depth }}{%- endif -%}{%- endmacro -%}{{ render(d) }} {{ render(nested) }}
{{ 'a</think>b'.split('</think>')[-1].lstrip('\n') }} {{ '<think>\nx\n</think>\n\ny'.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') }} {{ '  x'.lstrip() ~ '|' }} {{ 'abc'.startswith('ab') and 'abc'.endswith('bc') }}
"""


def templates():
    yield from tables()
    lines = CASES.strip("\n").split("\n")
    yield from lines
    # The same lines joined by twos and threes, for white space, comments and errors that span them.
    yield from ("\n".join(lines[i:i + 2]) for i in range(len(lines) - 1) if "\n" in "".join(lines[i:i + 1]) or i % 5 == 0)
    yield from BLOCKS


BLOCKS = [
    "  {% if yes %}\n    a\n  {% endif %}\n  b\n", "{% for i in list %}\n{{ i }}\n{% endfor %}\n\n", "x\r\ny\rz\n", "a\n\n", "\n", "", "  ", "{{ 'a' }}\n\n",
    "{% set t %}\n  a\n{% endset %}[{{ t }}]", "a {#- x -#} b {# y #}\n c\n   {# z #}\nd", "{%- if yes %}\n\n  x  \n\n{%- endif %}\n\n  y", "  {%+ if yes %} x {%+ endif %}  ",
    "{% if yes +%}\n x\n{% endif %}\n", "{{ 1 -}}  \n  x", "x  \n {{- 1 }}", "a\n  {{ 1 }}\nb", "\t{% if yes %}\tx\t{% endif %}\n", "{% raw %}\n {{ a }} \n{% endraw %}\n b",
    "{% raw -%}\n {{ a }} \n{%- endraw %}\n b", "  {% raw %} x {% endraw %}  ", "  {%- raw %} x {% endraw -%}  ", "{% raw %}a{% raw %}b{% endraw %}c", "a\n {% raw %}x{% endraw +%}\ny",
    "{{ 'a\nb' }}", "{{ \"a\\\nb\" }}", "{{ 'a\r\nb' }}", "{% if yes %}\n{{- 'x' }}\n{%- else %}\n y\n{%- endif %}", "{#\n\n#}\nx\n{#-\n-#}\ny",
    "{% for i in list -%}\n  {{ i }}\n{%- endfor %}", "{% macro m(a) %}\n  {{ a }}\n{% endmacro %}\n[{{ m(1) }}]", "{% call(x) m() %}\n{% endcall %}",
    "{% filter indent(4) %}\na\nb\n{% endfilter %}", "\u00a0{% if yes %}x{% endif %}", "a\x0b{%- if yes %}x{% endif %}\x85 ", "{{\u00a01\u2003}}", "{{ größe }}|{{ 变量 is defined }}",
    "{{ ² }}", "{{ a² }}", "{{ 1 ! 2 }}", "{{ 1 $ 2 }}", "{{ 1 & 2 }}", "{{ a ? b }}", "{{ a; b }}", "{{ 'a' \"b\" }}", "{% set x = 1 -%}  \n y", "{{ [\n1,\n2\n] }}\n{{ nope.x }}",
    "{{ '" + "a" * 300 + "'|length }}", "{{ " + "(" * 40 + "1" + ")" * 40 + " }}", "{{ " + "+".join(["1"] * 60) + " }}", "{{ " + "[" * 20 + "]" * 20 + " }}",
    "{% if yes %}" * 15 + "x" + "{% endif %}" * 15, "{{ x" + "|default(1)" * 30 + " }}", "{{ " + "not " * 30 + "1 }}", "{{ " + "-" * 20 + "1 }}",
    "{% macro r(n) %}{{ n }}{% if n > 0 %}{{ r(n - 1) }}{% endif %}{% endmacro %}{{ r(30) }}",
    "{% set ns = namespace(s='') %}{% for i in range(200) %}{% set ns.s = ns.s + 'x' %}{% endfor %}{{ ns.s|length }}",
]
