/** The page that says a new secret, this once. */
import type { Context } from 'hono';
import type { Web } from '../../web/context.ts';
import { Facts } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { consolePage, type Operator, type Section } from './frame.tsx';

type Once = {
  section: Section;
  title: string;
  /** That it is shown this once, and where it belongs. */
  once: string;
  /** What the secret is called. */
  label: string;
  secret: string;
  /** Where to go on. */
  go: string;
};

export function shownOnce(c: Context<Web>, here: Operator, { section, title, once, label, secret, go }: Once) {
  return consolePage(
    c,
    here,
    { title, section },
    <>
      <h1>{title}</h1>
      <p class="notice" role="status">
        {once}
      </p>
      <Facts facts={[[label, <code>{secret}</code>]]} />
      <div class="actions">
        <a class="button" href={go}>
          {wordsOf(c, 'console').copied}
        </a>
      </div>
    </>,
  );
}
