// What the JavaScript twin of expressions runs on: XPath 1.0 values and functions, with JavaRosa's
// dates, as in instruments/expression/{values,functions,evaluate}.py. A date is an object
// {days, time, zone}: days since 1970-01-01, microseconds of the day or null, minutes east of
// Greenwich or null. Nothing here evaluates text as code.
"use strict";
const hieuluatRuntime = (() => {
  const DAY = 86400e6;
  const CLOSE = 1e-12;
  const NUMBER = /^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/;
  const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d+))?)?)?(Z|[-+]\d{2}(?::?\d{2})?)?)?$/;
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const FIRST_DAY = -719162;
  const LAST_DAY = 2932896;

  const pad = (number, width) => String(number).padStart(width, "0");
  const isDate = (value) => typeof value === "object";
  const words = (text) => text.split(/\s+/).filter((word) => word !== "");

  function toValue(answer) {
    if (answer === null || answer === undefined) return "";
    return Array.isArray(answer) ? answer.join(" ") : answer;
  }

  function toText(value) {
    if (typeof value === "string") return value;
    if (typeof value === "boolean") return value ? "true" : "false";
    return typeof value === "number" ? numberText(value) : dateText(value);
  }

  function toNumber(value) {
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return value ? 1 : 0;
    if (isDate(value)) return value.days;
    const text = value.trim();
    if (NUMBER.test(text)) return Number(text);
    const found = readDate(text);
    return found === null ? NaN : found.days;
  }

  function toBoolean(value) {
    if (typeof value === "boolean") return value;
    return typeof value === "number" ? Math.abs(value) > CLOSE : value !== "";
  }

  function toDate(value) {
    if (isDate(value)) return value;
    return typeof value === "string" ? readDate(value) : dateOf(Math.floor(Number(value)), null, null);
  }

  function equal(left, right) {
    if (typeof left === "string" && typeof right === "string") return left === right;
    if (typeof left === "boolean" || typeof right === "boolean") return toBoolean(left) === toBoolean(right);
    if (typeof left === "number" || typeof right === "number") {
      const one = toNumber(left), other = toNumber(right);
      return one === other || Math.abs(one - other) < CLOSE;
    }
    return toText(left) === toText(right);
  }

  function numberText(value) {
    if (!Number.isFinite(value)) return String(value);
    if (Number.isInteger(value)) return BigInt(value).toString();
    return Math.abs(value) < 1e-4 ? value.toFixed(20).replace(/\.?0+$/, "") : String(value);
  }

  function dateOf(days, time, zone) {
    return days >= FIRST_DAY && days <= LAST_DAY ? { days, time, zone } : null;
  }

  function readDate(text) {
    const part = DATE.exec(text);
    if (part === null) return null;
    const [year, month, day] = part.slice(1, 4).map(Number);
    const stamp = new Date(0);
    stamp.setUTCFullYear(year, month - 1, day);
    if (year < 1 || stamp.getUTCMonth() !== month - 1 || stamp.getUTCDate() !== day) return null;
    const time = part[4] === undefined ? null : timeOf(part);
    const zone = part[8] === undefined ? null : zoneOf(part[8]);
    if (Number.isNaN(time) || Number.isNaN(zone)) return null;
    return { days: stamp.getTime() / 86400e3, time, zone };
  }

  function timeOf(part) {
    const [hour, minute, second] = part.slice(4, 7).map((digits) => Number(digits || 0));
    if (hour > 23 || minute > 59 || second > 59) return NaN;
    return ((hour * 60 + minute) * 60 + second) * 1e6 + Number((part[7] || "").padEnd(6, "0").slice(0, 6));
  }

  function zoneOf(text) {
    if (text === "Z") return 0;
    const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(":", "") || 0);
    return minutes < 1440 ? (text[0] === "-" ? -minutes : minutes) : NaN;
  }

  function fields(value) {
    const stamp = new Date(value.days * 86400e3);
    const seconds = Math.floor((value.time || 0) / 1e6);
    return {
      year: stamp.getUTCFullYear(), month: stamp.getUTCMonth() + 1, day: stamp.getUTCDate(),
      weekday: stamp.getUTCDay(), hour: Math.floor(seconds / 3600),
      minute: Math.floor(seconds / 60) % 60, second: seconds % 60, micro: (value.time || 0) % 1e6,
    };
  }

  function dateText(value) {
    const at = fields(value);
    const date = `${pad(at.year, 4)}-${pad(at.month, 2)}-${pad(at.day, 2)}`;
    if (value.time === null) return date;
    const fraction = at.micro ? "." + pad(at.micro, 6) : "";
    return `${date}T${pad(at.hour, 2)}:${pad(at.minute, 2)}:${pad(at.second, 2)}${fraction}${zoneText(value.zone)}`;
  }

  function zoneText(zone) {
    if (zone === null) return "";
    const minutes = Math.abs(zone);
    return `${zone < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
  }

  function dateTime(value) {
    const found = toDate(value);
    if (found === null || found.time !== null) return found;
    if (typeof value !== "number") return { ...found, time: 0 };
    const seconds = (value - Math.floor(value)) * 86400;
    const time = Math.trunc(seconds) * 1e6 + Math.round((seconds - Math.trunc(seconds)) * 1e6);
    return { days: found.days + Math.floor(time / DAY), time: time % DAY, zone: null };
  }

  function formatDate(value, pattern) {
    const found = dateTime(value);
    if (found === null) return "";
    const at = fields(found);
    const parts = {
      Y: pad(at.year, 4), y: pad(at.year % 100, 2), m: pad(at.month, 2), n: String(at.month),
      b: MONTHS[at.month - 1], d: pad(at.day, 2), e: String(at.day), a: DAYS[at.weekday],
      H: pad(at.hour, 2), h: String(at.hour), M: pad(at.minute, 2), S: pad(at.second, 2),
      3: pad(Math.floor(at.micro / 1000), 3),
    };
    const [head, ...pieces] = toText(pattern).split("%");
    return head + pieces.map((piece) => {
      const letters = [...piece];
      const first = letters[0] || "";
      return (Object.hasOwn(parts, first) ? parts[first] : first) + letters.slice(1).join("");
    }).join("");
  }

  // Halves go up, on the decimal digits that are shown, not on the binary fraction behind them.
  function round(value, places = 0) {
    const number = toNumber(value), digits = toNumber(places);
    if (!(Number.isFinite(number) && Math.abs(digits) <= 30)) {
      return Math.abs(number) === Infinity ? number : NaN;
    }
    const [mantissa, power] = Math.abs(number).toExponential().split("e");
    const [whole, fraction = ""] = mantissa.split(".");
    const drop = fraction.length - Number(power) - Math.trunc(digits);
    if (drop <= 0) return number;
    const unit = 10n ** BigInt(drop);
    const coefficient = BigInt(whole + fraction);
    const twice = 2n * (coefficient % unit);
    const up = number < 0 ? twice > unit : twice >= unit;
    const size = Number(`${coefficient / unit + (up ? 1n : 0n)}e${-Math.trunc(digits)}`);
    return number < 0 ? -size : size;
  }

  function substring(value, start, end = Infinity) {
    const letters = [...toText(value)];
    const index = (bound) => {
      const number = toNumber(bound);
      if (Number.isNaN(number)) return 0;
      const at = Math.trunc(Math.max(-letters.length, Math.min(letters.length, number)));
      return at < 0 ? at + letters.length : at;
    };
    return letters.slice(index(start), Math.max(index(start), index(end))).join("");
  }

  function translate(value, old, replacement) {
    const before = [...toText(old)], after = [...toText(replacement)];
    return [...toText(value)].map((letter) => {
      const at = before.indexOf(letter);
      return at < 0 ? letter : after[at] || "";
    }).join("");
  }

  function around(value, mark, take) {
    const text = toText(value), sought = toText(mark);
    const at = sought === "" ? -1 : text.indexOf(sought);
    return take(text, at, sought);
  }

  const real = (apply) => (value) => {
    const number = toNumber(value);
    return Number.isFinite(number) ? apply(number) + 0 : number;
  };
  const numbers = (values) => values.map(toNumber).filter((number) => !Number.isNaN(number));
  const extreme = (values, choose) => (values.length ? values.reduce((a, b) => (choose(a, b) ? a : b)) : NaN);

  const functions = {
    "abs": real(Math.abs),
    "boolean": toBoolean,
    "boolean-from-string": (value) => ["true", "1"].includes(toText(value).toLowerCase()),
    "ceiling": real(Math.ceil),
    "contains": (a, b) => toText(a).includes(toText(b)),
    "count-selected": (value) => words(toText(value)).length,
    "date": (value) => {
      const found = toDate(value);
      return found === null ? "" : { days: found.days, time: null, zone: null };
    },
    "date-time": (value) => dateTime(value) ?? "",
    "decimal-date-time": (value) => {
      if (typeof value === "number") return value;
      const found = dateTime(value);
      return found === null ? "" : found.days + (found.time / 1e6 - (found.zone || 0) * 60) / 86400;
    },
    "ends-with": (a, b) => toText(a).endsWith(toText(b)),
    "exp": real(Math.exp),
    "false": () => false,
    "floor": real(Math.floor),
    "format-date": formatDate,
    "format-date-time": formatDate,
    "int": real(Math.trunc),
    "log": real((number) => (number > 0 ? Math.log(number) : NaN)),
    "log10": real((number) => (number > 0 ? Math.log10(number) : NaN)),
    "normalize-space": (value) => words(toText(value)).join(" "),
    "not": (value) => !toBoolean(value),
    "number": toNumber,
    "pow": (base, exponent) => Math.pow(toNumber(base), toNumber(exponent)),
    "round": round,
    "selected": (answer, code) => ` ${toText(answer)} `.includes(` ${toText(code).trim()} `),
    "selected-at": (answer, position) => {
      const codes = words(toText(answer)), at = toNumber(position);
      return at >= 0 && at < codes.length ? codes[Math.trunc(at)] : "";
    },
    "sqrt": real(Math.sqrt),
    "starts-with": (a, b) => toText(a).startsWith(toText(b)),
    "string": toText,
    "string-length": (value) => [...toText(value)].length,
    "substr": substring,
    "substring-after": (value, mark) =>
      around(value, mark, (text, at, sought) => (at < 0 ? (sought ? "" : text) : text.slice(at + sought.length))),
    "substring-before": (value, mark) => around(value, mark, (text, at) => (at < 0 ? "" : text.slice(0, at))),
    "translate": translate,
    "true": () => true,
    "sum": (...values) => numbers(values).reduce((a, b) => a + b, 0),
    "max": (...values) => extreme(numbers(values), (a, b) => a >= b),
    "min": (...values) => extreme(numbers(values), (a, b) => a <= b),
    "count": (...values) => values.length,
    "count-non-empty": (...values) => values.filter((value) => toText(value) !== "").length,
    "concat": (...values) => values.map(toText).join(""),
    "join": (separator, ...values) => values.map(toText).join(toText(separator)),
  };

  const arithmetic = {
    "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
    "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "div": (a, b) => a / b,
    "mod": (a, b) => (Number.isFinite(a) && b !== 0 ? a % b : NaN),
  };

  // The names that generated code uses. A context has now, answers, and where they are needed
  // current, rosters, columns, position, random and choiceLabel.
  function runtime(context) {
    const read = (name) => {
      const answer = Object.hasOwn(context.answers, name) ? context.answers[name] : null;
      const instances = rosters(name);
      return toValue(answer === null && instances.length ? instances[0] : answer);
    };
    const rosters = (name) =>
      context.rosters && Object.hasOwn(context.rosters, name) ? context.rosters[name] : [];
    const now = () => (typeof context.now === "string" ? readDate(context.now) : context.now);
    const random = () => (context.random ? context.random() : 0.5);
    return {
      text: toText, number: toNumber, truth: toBoolean, equal, read, random, now,
      call: (name, ...values) => functions[name](...values),
      compute: (left, symbol, right) => arithmetic[symbol](toNumber(left), toNumber(right)),
      all: (name) =>
        Object.hasOwn(context.answers, name) ? [toValue(context.answers[name])] : rosters(name).map(toValue),
      current: () => toValue(context.current),
      column: (name) => (context.columns && Object.hasOwn(context.columns, name) ? context.columns[name] : ""),
      position: () => context.position || 1,
      today: () => ({ days: now().days, time: null, zone: null }),
      coalesce: (first, second) => (first === "" || Number.isNaN(first) ? second() : first),
      once: (compute) => (toValue(context.current) === "" ? compute() : toValue(context.current)),
      pick: (values, at) => {
        const number = toNumber(at);
        return Number.isFinite(number) ? values[Math.max(Math.trunc(number), 1) - 1] ?? "" : "";
      },
      matches: (value, pattern) => pattern.test(toText(value)),
      label: (name, code) => (context.choiceLabel ? context.choiceLabel(name, toText(code)) : toText(code)),
      uuid: () => {
        const digits = Array.from({ length: 30 }, () => Math.floor(random() * 16).toString(16)).join("");
        return [digits.slice(0, 8), digits.slice(8, 12), "4" + digits.slice(12, 15),
          "a" + digits.slice(15, 18), digits.slice(18)].join("-");
      },
    };
  }

  return { runtime, toText, toBoolean, readDate };
})();
