// Looks at a page as a program that reads it aloud, and eyes that see little contrast: returns one line for everything that is wrong.
scope => {
  const wrong = [];
  const shown = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  const where = element => `${element.tagName.toLowerCase()}${element.id ? '#' + element.id : ''}${element.className && element.className.baseVal === undefined ? '.' + [...element.classList].join('.') : ''}`;
  const text = id => document.getElementById(id)?.textContent ?? '';
  const name = element => (
    element.getAttribute('aria-label') || (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).map(text).join(' ') ||
    element.getAttribute('alt') || [...(element.labels ?? [])].map(label => label.textContent).join(' ') || element.textContent ||
    element.getAttribute('title') || ''
  ).trim();
  const parts = color => { const found = color.match(/[\d.]+/g).map(Number); return found.length === 3 ? [...found, 1] : found; };
  const over = (top, below) => [0, 1, 2].map(part => top[part] * top[3] + below[part] * (1 - top[3])).concat(1);
  const paper = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== 'none') return null;
      layers.push(parts(style.backgroundColor));
    }
    return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map(value => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => { const [low, high] = [light(one), light(other)].sort((a, b) => a - b); return (high + 0.05) / (low + 0.05); };

  for (const element of scope.querySelectorAll('*')) {
    if (!shown(element) || element.closest('[aria-hidden="true"]')) continue;
    const role = element.getAttribute('role');
    if (element.matches('img, canvas, [role=img], [role=application]') && role !== 'presentation' && !element.closest('[role=img] *') && !name(element))
      wrong.push(`${where(element)} has no name`);
    if (element.matches('canvas') && !role) wrong.push(`${where(element)} has no role`);
    if (element.matches('button, a[href], input:not([type=hidden]), select, textarea, summary, [tabindex]') && !name(element) && !element.matches('.scroll, pre'))
      wrong.push(`${where(element)} can be used, but has no name`);
    if (element.matches('[onclick], [tabindex]:not([tabindex="0"]):not([tabindex="-1"])')) wrong.push(`${where(element)} has an order of its own`);
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !node.textContent.trim() || element.matches('script, style, option') || element.matches(':disabled')) continue;
      const style = getComputedStyle(element), below = paper(element);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      if (below === null) continue;
      const ratio = contrast(over(parts(style.color), below), below);
      if (ratio < (large ? 3 : 4.5)) wrong.push(`${where(element)} "${node.textContent.trim().slice(0, 30)}": contrast ${ratio.toFixed(2)}`);
    }
  }
  const ids = [...scope.querySelectorAll('[id]')].map(element => element.id);
  for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) wrong.push(`the id ${id} is there twice`);
  return [...new Set(wrong)];
}
