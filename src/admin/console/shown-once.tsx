/** The page that shows a new secret, this once. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { consolePage, type Operator } from './console-page.tsx';
import type { Section } from './navigation.ts';

type Once = {
  section: Section;
  title: string;
  /** That it is shown this once, and where it belongs; empty where there is no secret. */
  once: string;
  /** The record that it is of. */
  facts?: readonly (readonly [string, Child])[];
  /** The name of the secret. */
  label: string;
  secret: string | undefined;
  /** The address of the next page. */
  go: string;
};

export function shownOnce(c: Context<Web>, here: Operator, shown: Once) {
  const { section, title, once, facts = [], label, secret, go } = shown;
  const say = textsOf(c, 'console');
  return consolePage(
    c,
    here,
    { title, section },
    <>
      <h1>{title}</h1>
      {once !== '' && (
        <p class="notice" role="status">
          {once}
        </p>
      )}
      <DescriptionList facts={[...facts, [label, secret === undefined ? say.noSecret : <code>{secret}</code>]]} />
      <div class="actions">
        <a class="button" href={go}>
          {secret === undefined ? say.goOn : say.copied}
        </a>
      </div>
    </>,
  );
}
