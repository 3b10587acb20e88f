"""Entries of the reference results as estimates of a SPEC, and what R found in the same form."""

import re
from typing import Any

from tests.oracle.r_calls import Call, numbers, parse_call, sample_of, split, unquote, variables

Json = dict[str, Any]
Key = tuple[str, ...]
FACTORS = {"stype", "sch.wide", "comp.imp", "awards", "stype.sch.wide"}


def as_spec(entry: Json) -> list[Json] | None:
    """The estimates that answer this entry; None where the SPEC has no word for it."""
    call = parse_call(entry["r_call"])
    maker = MAKERS.get(call.function)
    if maker is None:
        return None
    made = maker(call)
    if made is None:
        return None
    for one in made:
        one.setdefault("id", entry["id"] if one is made[-1] else entry["id"] + "@from")
    return made


def _domain(call: Call, place: int = 1) -> Json:
    text = call.args[place] if len(call.args) > place else call.named["design"]
    _, condition = sample_of(text)
    return {} if condition is None else {"where": condition}


def _deff(call: Call) -> Json:
    if call.named.get("deff") == "TRUE":
        return {"deff": True}
    return {"deff": "replace"} if "deff" in call.named else {}


def _missing(call: Call) -> Json:
    return {}


def simple(statistic: str) -> Any:
    def make(call: Call) -> list[Json]:
        names = [
            n.replace("interaction(stype, sch.wide)", "stype.sch.wide")
            for n in variables(call.args[0])
        ]
        return [
            {
                "statistic": statistic,
                "of": names,
                "covariance": True,
                **_domain(call),
                **_deff(call),
            }
        ]

    return make


def ratio(call: Call) -> list[Json] | None:
    if "separate" in call.named:
        return None
    tops, under = variables(call.args[0]), variables(call.args[1])
    return [
        {
            "statistic": "ratio",
            "numerator": tops,
            "denominator": under[0],
            "covariance": True,
            **_domain(call, 2),
            **_deff(call),
        }
    ]


def proportion(call: Call) -> list[Json]:
    made = {
        "statistic": "proportion",
        "of": variables(call.args[0])[0],
        "equals": "1",
        "interval": unquote(call.named["method"]),
        **_domain(call),
    }
    if "level" in call.named:
        made["level"] = float(call.named["level"])
    if call.named.get("df") == "Inf":
        made["df"] = "inf"
    return [made]


def by(call: Call) -> list[Json] | None:
    function = call.args[3]
    made: Json = {
        "by": variables(call.args[1]),
        "covariance": True,
        **_domain(call, 2),
        **_deff(call),
    }
    names = variables(call.args[0])
    if function in ("svymean", "svytotal", "svyvar"):
        statistic = {"svymean": "mean", "svytotal": "total", "svyvar": "variance"}[function]
        return [made | {"statistic": statistic, "of": names}]
    if function == "svyratio":
        under = variables(call.named["denominator"])[0]
        return [made | {"statistic": "ratio", "numerator": names, "denominator": under}]
    if function == "svyciprop":
        del made["covariance"]
        return [
            made
            | {
                "statistic": "proportion",
                "of": names[0],
                "equals": "1",
                "interval": unquote(call.named["method"]),
            }
        ]
    if function == "svyquantile":
        del made["covariance"]
        return [made | {"statistic": "quantile", "of": names, "probs": [0.5]}]
    return None


def quantile(call: Call) -> list[Json]:
    made: Json = {"statistic": "quantile", "of": variables(call.args[0]), **_domain(call)}
    made["probs"] = numbers(call.args[2])
    made["rule"] = unquote(call.named.get("qrule", '"math"'))
    made["interval"] = unquote(call.named.get("interval.type", '"mean"'))
    if "alpha" in call.named:
        made["level"] = 1 - float(call.named["alpha"])
    if call.named.get("df") == "Inf":
        made["df"] = "inf"
    return [made]


def glm(call: Call) -> list[Json] | None:
    formula = re.sub(r"(I\(x > 4\))", r"`\1`", call.args[0])
    family = call.named.get("family", "gaussian")
    kind = {"quasibinomial": "binomial", "quasipoisson": "poisson"}.get(
        family.split("(")[0], "gaussian"
    )
    made: Json = {
        "statistic": "glm",
        "formula": formula,
        "family": kind,
        "covariance": True,
        **_domain(call),
    }
    if "probit" in family:
        made["link"] = "probit"
    return [made]


def termtest(call: Call) -> list[Json] | None:
    inner = parse_call(call.args[0])
    fitted = glm(inner)
    if fitted is None:
        return None
    term = variables(call.args[1])[0]
    method = unquote(call.named.get("method", '"Wald"'))
    return [fitted[0], {"statistic": "termtest", "from": "@", "term": term, "test": method}]


def chisq(call: Call) -> list[Json]:
    return [
        {
            "statistic": "chisq",
            "of": variables(call.args[0]),
            "test": unquote(call.named.get("statistic", '"F"')),
        }
    ]


def ttest(call: Call) -> list[Json]:
    return [
        {
            "statistic": "ttest",
            "formula": call.args[0].replace("I(api00 - 100)", "`I(api00 - 100)`"),
        }
    ]


def ranktest(call: Call) -> list[Json]:
    return [{"statistic": "ranktest", "formula": call.args[0], "test": unquote(call.named["test"])}]


def degf(call: Call) -> list[Json]:
    _, condition = sample_of(call.args[0])
    of = "y1" if "mu284" in call.args[0] else "api00"
    return [{"statistic": "mean", "of": of, **({} if condition is None else {"where": condition})}]


def contrast(call: Call) -> list[Json] | None:
    inner = parse_call(call.args[0])
    maker = MAKERS.get(inner.function)
    made = None if maker is None else maker(inner)
    if made is None:
        return None
    first = made[0]
    wanted = _contrasts(call.args[1], first)
    if wanted is None:
        return None
    return [first, {"statistic": "contrast", "from": "@", "expression": wanted}]


def _contrasts(text: str, first: Json) -> list[str] | None:
    if text.startswith("quote("):
        return [_quoted(text)]
    if text.startswith("c("):
        group = first["by"][0]
        a, b = ("No", "Yes")
        name = first["of"][0]
        return [f"{name}[{group}={a}] - {name}[{group}={b}]"]
    found = []
    for part in split(re.sub(r"^list\((.*)\)$", r"\1", text)):
        value = part.partition("=")[2].strip()
        if value.startswith("quote("):
            found.append(_quoted(value))
        else:
            terms = zip(numbers(value), first["of"], strict=True)
            found.append(" + ".join(f"{k} * {name}" for k, name in terms))
    return found


def _quoted(text: str) -> str:
    return re.sub(r"`(q\d):\1`", r"\1", text[len("quote(") : -1])


def gofchisq(call: Call) -> list[Json]:
    expected = dict(zip("EHM", numbers(call.named["p"]), strict=True))
    of = variables(call.args[0])
    return [{"statistic": "gofchisq", "of": of, "shares": expected, "test": "Chisq"}]


def agreement(statistic: str) -> Any:
    def make(call: Call) -> list[Json]:
        made: Json = {"statistic": statistic, "of": variables(call.args[0])}
        return [made | ({"covariance": True} if statistic == "kappa" else {})]

    return make


def imputed(call: Call) -> list[Json] | None:
    """`MIcombine(with(design, f(...)))`; R takes complete data without limit unless it is told."""
    design, inner = parse_call(call.args[0]).args
    one = parse_call(inner)
    place = 2 if one.function == "svyby" else 1
    made = MAKERS[one.function](
        Call(one.function, (*one.args[:place], design, *one.args[place:]), one.named)
    )
    return [{**part, **({} if "df.complete" in call.named else {"df": "inf"})} for part in made]


def table(call: Call) -> list[Json]:
    first, second = variables(call.args[0])
    return [{"statistic": "total", "of": first, "by": second}]


MAKERS: dict[str, Any] = {
    "svymean": simple("mean"), "svytotal": simple("total"), "svyvar": simple("variance"),
    "svyratio": ratio, "svyciprop": proportion, "svyby": by, "svyquantile": quantile,
    "svyglm": glm, "regTermTest": termtest, "svychisq": chisq, "svyttest": ttest,
    "svyranktest": ranktest, "svytable": table, "degf": degf, "svycontrast": contrast,
    "svygofchisq": gofchisq, "MIcombine": imputed, "svykappa": agreement("kappa"), "svycralpha": agreement("alpha"),
}  # fmt: skip
