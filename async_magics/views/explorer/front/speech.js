// Numbers, times and sentences in the chart's language, as the static chart writes them.

function speech(content) {
  const formats = {};
  const units = content.units;  // [nanoseconds, label of the axis, "{} ms"], the longest first

  function number(value, decimals) {
    const key = decimals || 0;
    formats[key] = formats[key] || new Intl.NumberFormat(content.lang, { minimumFractionDigits: key, maximumFractionDigits: key });
    return formats[key].format(value);
  }

  function word(key) { return key in content.words ? content.words[key] : key; }

  function fill(key, values) { return word(key).replace(/\{(\w*)\}/g, (_, name) => String(values[name || 0])); }

  function duration(ns) {
    const seconds = Math.round(ns / 1e9);
    if (seconds >= 120) return fill("{minutes} min {seconds} s", { minutes: number(Math.floor(seconds / 60)), seconds: seconds % 60 });
    const unit = units.find(([size]) => size < 6e10 && ns >= size) || units[units.length - 1];
    const value = ns / unit[0];
    const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return unit[2].replace("{}", () => number(value, unit[0] > 1 ? decimals : 0));
  }

  function unitOf(end) {
    return units.find(([size]) => (size === 6e10 ? end > 1.5e11 : size === 1e9 ? end >= 1e8 : end >= size)) || units[units.length - 1];
  }

  // A moment as the axis of the whole trace reads it, in steps of so many nanoseconds; `tick` leaves the unit out.
  function moment(t, step, tick) {
    const unit = unitOf(content.end_ns);
    let decimals = 0;
    while (decimals < 9 && step * 10 ** decimals < unit[0] * 0.999) decimals += 1;
    if (unit[0] === 6e10) return clock(t, step);
    const text = number(t / unit[0], trimmed(step, unit[0], decimals));
    return tick ? text : unit[2].replace("{}", () => text);
  }

  // A step of 25 takes one digit more than one of 20.
  function trimmed(step, unit, decimals) {
    const whole = (step / unit) * 10 ** decimals;
    return Math.abs(whole - Math.round(whole)) > 0.01 && decimals < 9 ? decimals + 1 : decimals;
  }

  function clock(t, step) {
    let decimals = 0;
    while (decimals < 9 && step * 10 ** decimals < 0.999e9) decimals += 1;
    const unit = 10 ** (9 - decimals), at = Math.round(t / unit) * unit;  // 59.97 s is 1:00.0
    const minutes = Math.floor(at / 6e10), seconds = (at - minutes * 6e10) / 1e9;
    const text = number(seconds, decimals);
    return `${minutes}:${seconds < 10 ? "0" : ""}${text}`;
  }

  // "line 5" in the cell, "file.py:5" elsewhere.
  function where(place) {
    if (place.file === "cell" || place.file.startsWith("<")) return fill("line {}", [place.line]);
    return `${place.file.split(/[\\/]/).pop()}:${place.line}`;
  }

  return { number, word, fill, duration, moment, where, unitOf: () => unitOf(content.end_ns) };
}
