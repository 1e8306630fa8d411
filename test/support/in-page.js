/**
 * What a test asks of the page that it looks at. Runs inside the browser; each answer is a list of what is wrong. axe stands
 * beside it as `loadAxe`.
 */
globalThis.looks = (() => {
  const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  /** They are drawn by the browser itself, whatever the stylesheet says. */
  const DRAWN = '[type=checkbox], [type=radio]';

  const all = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const nameOf = (node) => (node.outerHTML ?? node.textContent).slice(0, 160);
  const isScrolled = (element) =>
    element !== document.body && /auto|scroll/.test(getComputedStyle(element).overflowX)
      ? true
      : element.parentElement !== null && isScrolled(element.parentElement);

  return {
    /** The violations that axe finds, of these options of it. */
    async violations(options) {
      if (!globalThis.axe) globalThis.loadAxe();
      // Of what is right axe need not say where it stands.
      const { violations } = await globalThis.axe.run({ ...options, resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => ({ what: id, where: nodes.map(({ html }) => html) }));
    },

    /** The findings of several of these functions. */
    async findings(names) {
      const found = [];
      for (const what of names) {
        const where = await this[what]();
        if (where.length > 0) found.push({ what, where });
      }
      return found;
    },

    /** Reflow (WCAG 1.4.10) and larger text (1.4.4): nothing is scrolled to sideways, and no text is cut off. */
    sideways() {
      const { scrollWidth, clientWidth } = document.documentElement;
      const out = all('body *').filter(
        (element) => element.getBoundingClientRect().right > clientWidth + 1 && !isScrolled(element),
      );
      const cut = all('body *').filter(
        (element) =>
          // What is typed into a field is scrolled there.
          !element.matches('input') &&
          /hidden|clip/.test(getComputedStyle(element).overflowX) &&
          element.scrollWidth > element.clientWidth + 1,
      );
      const wide = scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth} px too wide`] : [];
      return [...wide, ...out.map(nameOf).slice(0, 5), ...cut.map(nameOf).slice(0, 5)];
    },

    /** Focus visible (WCAG 2.4.7), in the window, and where it was put. Somebody has pressed Tab before. */
    focus() {
      // Else it is still on its way when it is looked for.
      document.documentElement.style.scrollBehavior = 'auto';
      const wrong = all(`${CONTROLS}, .skip`).filter((element) => {
        if (element.disabled) return false;
        element.focus();
        if (document.activeElement !== element || !element.matches(':focus-visible')) return true;
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const isInSight = left >= 0 && right <= innerWidth + 1 && bottom > 0 && top < innerHeight;
        const isMarked = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
        return !isInSight || !isMarked || /, 0\)$|^transparent$/.test(outlineColor);
      });
      document.activeElement.blur();
      document.documentElement.style.scrollBehavior = '';
      return wrong.map(nameOf);
    },

    /** With forced colours there are no backgrounds: what can be pressed or filled in keeps a border. */
    borders() {
      return all('button, a.button, input:not([type=hidden]), select, textarea')
        .filter((element) => {
          if (element.matches(DRAWN)) return getComputedStyle(element).appearance === 'none';
          const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(element);
          const isDrawn = borderTopStyle !== 'none' && Number.parseFloat(borderTopWidth) >= 1;
          return !isDrawn || borderTopColor === backgroundColor;
        })
        .map(nameOf);
    },

    /** With forced colours, what is drawn differs from what it stands on, and where one is from where one is not. */
    drawings() {
      const ground = getComputedStyle(document.body).backgroundColor;
      const unseen = all('svg rect, svg path, svg line').filter((element) => {
        const { fill, stroke } = getComputedStyle(element);
        return [fill, stroke].every((colour) => colour === 'none' || colour === ground);
      });
      const marked = all('[aria-current]').filter((element) => {
        const other = element.closest('ul')?.querySelector('a:not([aria-current])');
        return other && getComputedStyle(element).borderBottomColor === getComputedStyle(other).borderBottomColor;
      });
      return [...unseen, ...marked].map(nameOf).slice(0, 5);
    },

    /** Whoever asked for no motion gets none. */
    motion() {
      const moving = all('html, body, body *').filter((element) => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
        return /[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior !== 'auto';
      });
      return moving.map(nameOf).slice(0, 5);
    },

    /** Words that are broken within, by more than one line box; addresses and ids may be. */
    words() {
      const broken = [];
      const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (text.parentElement.closest('code, option, script, [hidden]')) continue;
        for (const { 0: word, index } of text.data.matchAll(/(?<![\w@.])\p{L}{2,}(?![\w@])/gu)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          const tops = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => top));
          if (tops.size > 1) broken.push(word);
        }
      }
      return broken;
    },

    /** What moved under the reader's eyes while the page came. */
    async shifts() {
      const entries = [];
      const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
      observer.observe({ type: 'layout-shift', buffered: true });
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)));
      observer.disconnect();
      return entries
        .filter(({ hadRecentInput }) => !hadRecentInput)
        .map(({ value, sources }) => `${value} ${sources.map(({ node }) => node && nameOf(node)).join(' ')}`);
    },

    /** The page, and the addresses of what it is made of beside its pictures. */
    whole() {
      const parts = [...document.querySelectorAll('link[rel=stylesheet], script[src]')];
      return { html: document.documentElement.outerHTML, parts: parts.map(({ href, src }) => href ?? src) };
    },

    /** True where a text is shown, in whatever case and on however many lines. */
    says(text) {
      const plain = (words) => words.replace(/\s+/g, ' ').toLowerCase();
      return plain(document.body?.innerText ?? '').includes(plain(text));
    },
  };
})();
