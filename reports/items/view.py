"""A report on items as a page: the scale first, then every item with its plots and advice."""

from collections.abc import Iterator

from analysis.items.inspection import Inspection
from instruments.language import in_language, nfc, say
from reports.document import Answer, Answers, Bullets, Cell, Column, Page, Prose, Section, Table
from reports.items.advice import advice, group_of
from reports.items.cautions import cautions
from reports.items.drawings import item_panels, precision, wright_map
from reports.items.edition import ItemsEdition
from reports.items.shares import shares


def items_page(edition: ItemsEdition) -> Page:
    """The whole report in one language."""
    tell, inspection = edition.tell, edition.inspection
    title = nfc(in_language(inspection.spec.title, edition.language))
    return Page(
        language=edition.language, title=title or tell(say("Report on the items")),
        subtitle=tell(say("Item analysis, for researchers")), facts=tuple(_facts(edition)),
        stamp=edition.stamp, front=tuple(_front(edition)), boxes=(),
        annex_title=tell(say("Item by item")), annex=tuple(_annex(edition)),
        footer=(tell(say("Calculated by hieuluat on {day}.", day=edition.day)),),
        as_of=edition.today,
    )  # fmt: skip


def _facts(edition: ItemsEdition) -> Iterator[str]:
    inspection = edition.inspection
    classical = inspection.first("classical") or {}
    count = classical.get("n") if inspection.scale is None else inspection.scale.n
    yield edition.tell(say("{count} people", count=edition.number(count, decimals=0)))
    yield edition.tell(say("{count} items", count=len(inspection.items)))
    if inspection.scale is not None:
        yield edition.tell(say("model {model}", model=inspection.scale.model))
    weights = inspection.spec.weights or (inspection.spec.design and inspection.spec.design.weights)
    yield edition.tell(say("weighted") if weights else say("unweighted"))


def _front(edition: ItemsEdition) -> Iterator[Section]:
    tell, scale = edition.tell, edition.inspection.scale
    yield Section(id="findings", title=tell(say("What to know of the scale")),
                  blocks=(Answers(items=tuple(_findings(edition))),))  # fmt: skip
    if (told := cautions(edition)) is not None:
        yield told
    if (own := shares(edition)).blocks:
        yield own
    yield Section(id="items", title=tell(say("All items")), blocks=(_table(edition),))
    if scale is None:
        return
    about = say("Each mark stands where an item separates: half of the people with that value of the trait "
                "are right (of an item with guessing: half of the way above it). Items that stand "
                "where few people do say little about them.")  # fmt: skip
    yield Section(id="map", title=tell(say("Persons and items on one scale")),
                  blocks=(wright_map(edition, scale), Prose(paragraphs=(tell(about),))))  # fmt: skip
    yield Section(id="information", title=tell(say("Where the scale measures best")),
                  blocks=(precision(edition, scale),))  # fmt: skip


def _findings(edition: ItemsEdition) -> Iterator[Answer]:
    inspection, tell, number = edition.inspection, edition.tell, edition.number
    classical, dimensions = inspection.first("classical"), inspection.first("dimensionality")
    if classical is not None:
        alpha = classical["alpha"]
        low, high = alpha["ci"]
        yield Answer(lead=tell(say("Reliability.")), text=tell(say(
            "Alpha is {alpha} ({level} interval {low} to {high}); a person's sum score has a standard "
            "error of {sem} points.", level=edition.confidence, alpha=number(alpha["estimate"]), low=number(low),
            high=number(high), sem=number(classical["total"]["sem"]))))  # fmt: skip
    if inspection.scale is not None:
        yield Answer(lead=tell(say("Precision.")), text=tell(say(
            "The marginal reliability of the model's scale is {reliability}.",
            reliability=number(inspection.scale.marginal_reliability))))  # fmt: skip
    if dimensions is not None:
        yield Answer(lead=tell(say("Dimensions.")), text=tell(say(
            "Eigenvalues above those of answers without any relation: {count}; the first is {ratio} "
            "times the second.", count=dimensions["factors"],
            ratio=number(dimensions["first_to_second"], decimals=1))))  # fmt: skip
    yield _attention(edition, inspection)
    for one in inspection.analyses:
        if "error" in one:
            yield Answer(lead=tell(say("Refused: {name}.", name=one["id"])),
                         text=f"{one['error']['what']} {one['error']['hint'] or ''}".strip())  # fmt: skip


def _attention(edition: ItemsEdition, inspection: Inspection) -> Answer:
    found = [item for item in inspection.items if advice(inspection, item)]
    if not found:
        return Answer(lead=edition.tell(say("Items.")),
                      text=edition.tell(say("No item gives a reason to look again.")))  # fmt: skip
    return Answer(
        lead=edition.tell(say("Items.")),
        text=edition.tell(say("{count} of {all} give a reason to look again: {items}.",
                              count=len(found), all=len(inspection.items), items=", ".join(found))),
    )  # fmt: skip


def _table(edition: ItemsEdition) -> Table:
    tell = edition.tell
    titles = (
        (tell(say("Item")), 1.1), (tell(say("Mean score (share)")), 1), (tell(say("Correlation with the rest")), 1.2),
        (tell(say("Slope")), 0.8), (tell(say("Difficulty")), 1.2), (tell(say("Infit")), 0.7),
        (tell(say("Differs by group")), 1.1), (tell(say("Advice")), 3.4),
    )  # fmt: skip
    last = len(titles) - 1
    columns = tuple(Column(title=title, share=share, numeric=0 < place < last - 1)
                    for place, (title, share) in enumerate(titles))  # fmt: skip
    rows = tuple(_row(edition, item) for item in edition.inspection.items)
    notes = (tell(say("Slope and difficulty: standard errors below. Infit near one: answers are as "
                      "erratic as the model expects.")),)  # fmt: skip
    return Table(
        caption=tell(say("Statistics of every item")), columns=columns, rows=rows, notes=notes
    )


def _row(edition: ItemsEdition, item: str) -> tuple[Cell, ...]:
    inspection, number = edition.inspection, edition.number
    classical = inspection.rows("classical").get(item, {})
    model = inspection.rows("irt").get(item, {})
    fit = inspection.rows("fit").get(item, {})
    reasons = [edition.tell(one) for one in advice(inspection, item)]
    errors = model.get("se", {})
    return (
        Cell(text=item),
        Cell(text=edition.percent(classical.get("p"))),
        Cell(text=number(classical.get("corrected_item_total"))),
        Cell(text=number(model.get("slope")), note=_error(edition, errors.get("slope"))),
        Cell(text="; ".join(map(number, model.get("thresholds", ()))) or "–",
             note=_error(edition, *(errors.get("thresholds") or ()))),
        Cell(text=number(fit.get("infit"))),
        Cell(text=", ".join(_classes(inspection, item)) or "–"),
        Cell(text="; ".join(reasons) or "–"),
    )  # fmt: skip


def _error(edition: ItemsEdition, *errors: float | None) -> str:
    known = [error for error in errors if error is not None]
    return f"({'; '.join(map(edition.number, known))})" if known else ""


def _classes(inspection: Inspection, item: str) -> Iterator[str]:
    """The ETS class by each group, or a mark where a test without classes fails."""
    for one in inspection.all("dif"):
        for row in one["items"]:
            if row["item"] == item:
                shown = row.get("ets_class") or ("p < 0.05" if (row.get("p") or 1) < 0.05 else "A")
                yield f"{group_of(inspection, one['id'])}: {shown}"


def _annex(edition: ItemsEdition) -> Iterator[Section]:
    for place, item in enumerate(edition.inspection.items, start=1):
        drawn = item_panels(edition, item, place=place)
        table = _choices(edition, item)
        reasons = tuple(_sentence(edition.tell(one)) for one in advice(edition.inspection, item))
        told = reasons or (edition.tell(say("No reason to look again.")),)
        blocks = [Bullets(items=told), drawn, table]
        yield Section(id=f"item-{place}", title=edition.label(item),
                      blocks=tuple(block for block in blocks if block is not None))  # fmt: skip
    yield Section(id="reading", title=edition.tell(say("How this was calculated")),
                  blocks=(Bullets(items=tuple(_methods(edition))),))  # fmt: skip


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _choices(edition: ItemsEdition, item: str) -> Table | None:
    found = edition.inspection.rows("distractors").get(item)
    if found is None:
        return None
    tell = edition.tell
    kinds = {"key": say("right"), "distractor": say("wrong"), "omitted": say("no answer given"),
             "not_reached": say("not reached"), "dont_know": say("don't know")}  # fmt: skip
    columns = (Column(title=tell(say("Option"))), Column(title=tell(say("Counts as"))),
               Column(title=tell(say("Chosen by")), numeric=True),
               Column(title=tell(say("Their credit on the other items")), numeric=True, share=1.6))  # fmt: skip
    rows = tuple(
        (Cell(text=row["option"]), Cell(text=tell(kinds[row["kind"]])),
         Cell(text=edition.percent(row["share"], se=row["se"])), Cell(text=edition.percent(row["rest"])))
        for row in found["options"]
    )  # fmt: skip
    caption = tell(say("Who chooses what in {item}", item=item))
    return Table(caption=caption, columns=columns, rows=rows)


def _methods(edition: ItemsEdition) -> Iterator[str]:
    yield edition.tell(say("Correlation with the rest: of the item's score with the sum of the "
                           "others, weighted where weights are given."))  # fmt: skip
    yield edition.tell(say("Observed marks: what persons about that value of the trait earned, each counted "
                           "by the posterior probability of being there; bars are {level} intervals.",
                           level=edition.confidence))  # fmt: skip
    options = edition.inspection.first("distractors")
    if options is not None:
        yield edition.tell(say("Options: {count} groups by the credit on the other items; equal scores "
                               "stay together, so that groups differ in size.",
                               count=options["groups"]))  # fmt: skip
    yield edition.tell(say("Group differences: at equal scores, class A negligible, B moderate, C "
                           "large (ETS)."))  # fmt: skip
    yield edition.tell(
        say("Advice is a reason to reread an item, never a reason to drop it unread.")
    )
