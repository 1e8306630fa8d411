/** A user with a keyboard only: Tab, Shift+Tab, Enter, Space, arrows, and typing. */
import type { Page } from 'playwright-core';

/** The focused element in the browser; this project has no DOM types. */
const FOCUS = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return undefined;
  const named = element.getAttribute('aria-label') ?? (element.labels?.[0] ?? element).textContent;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const { outlineStyle } = getComputedStyle(element);
  const order = [...document.querySelectorAll('*')].indexOf(element);
  return {
    name: named.trim().replace(/\\s+/g, ' '),
    order,
    isSeen: right > 0 && left < innerWidth && bottom > 0 && top < innerHeight && outlineStyle !== 'none',
  };
})()`;

type Focus = { name: string; order: number; isSeen: boolean };

export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The label or text of the focused element; empty where the page itself has the focus. */
  async focused(): Promise<string> {
    return (await this.#focus())?.name ?? '';
  }

  #focus(): Promise<Focus | undefined> {
    return this.#page.evaluate<Focus | undefined>(FOCUS);
  }

  /**
   * Presses Tab until what begins like this has the focus.
   * @throws Error where it is never reached, and where on the way the focus is lost, unseen, or jumps back.
   */
  async to(name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const way: string[] = [];
    let before = await this.#focus();
    for (let presses = 0; presses < 120; presses++) {
      await this.#page.keyboard.press(key);
      const now = await this.#focus();
      if (!now) throw new Error(`the focus left the page before ${name}: ${way.join(' > ')}`);
      way.push(now.name.slice(0, 30));
      const isForward = !before || now.order === before.order || now.order > before.order === (key === 'Tab');
      if (!isForward) throw new Error(`the focus jumped before ${name}: ${way.join(' > ')}`);
      if (!now.isSeen) throw new Error(`the focus is not seen: ${way.join(' > ')} ${JSON.stringify(now)}`);
      if (now.name.startsWith(name)) return;
      before = now;
    }
    throw new Error(`never reached ${name}: ${way.join(' > ')}`);
  }

  /** Focuses a field and replaces its value. */
  async fill(label: string, text: string, key?: 'Shift+Tab'): Promise<void> {
    await this.to(label, key);
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.type(text);
  }

  press(key: 'Enter' | 'Space' | 'ArrowDown' | 'ArrowUp'): Promise<void> {
    return this.#page.keyboard.press(key);
  }

  /** Goes to a link or a button, presses it, and waits for the page that it leads to. */
  async use(name: string): Promise<void> {
    await this.to(name);
    await Promise.all([this.#page.waitForEvent('domcontentloaded'), this.press('Enter')]);
  }
}
