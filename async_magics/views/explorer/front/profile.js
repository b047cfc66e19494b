// How many of some intervals cover each moment, kept so that the mean over any column costs two bisections.

function profile(starts, ends) {
  const count = starts.length, times = new Float64Array(2 * count), level = new Int32Array(2 * count), whole = new Float64Array(2 * count);
  let begun = 0, ended = 0, peak = 0, sum = 0;
  for (let at = 0; at < 2 * count; at++) {
    const begins = begun < count && starts[begun] < ends[ended];
    times[at] = begins ? starts[begun++] : ends[ended++];
    if (at) sum += level[at - 1] * (times[at] - times[at - 1]);
    whole[at] = sum;
    level[at] = begun - ended;
    if (level[at] > peak) peak = level[at];
  }

  // The integral of the number from the beginning to t.
  function until(t) {
    let low = 0, high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= t) low = middle + 1; else high = middle;
    }
    return low ? whole[low - 1] + level[low - 1] * (t - times[low - 1]) : 0;
  }

  function means(from, step, columns) {
    const out = new Float32Array(columns);
    let before = until(from);
    for (let column = 0; column < columns; column++) {
      const after = until(from + (column + 1) * step);
      out[column] = Math.max(0, (after - before) / step);
      before = after;
    }
    return out;
  }

  return { peak, until, means };
}
