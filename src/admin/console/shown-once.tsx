/** The page that shows a new secret, this once. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Copyable } from '../../ui/names.tsx';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import type { Section } from './navigation.ts';

type Once = {
  section: Section;
  title: string;
  /** That it is shown this once, and where it belongs; empty where there is no secret. */
  once: string;
  /** The record that it is of, first its id; the secret stands behind that. */
  facts?: readonly (readonly [string, Child])[];
  /** The name of the secret. */
  label: string;
  secret: string | undefined;
  /** The address of the next page. */
  go: string;
  /** Content below the button. */
  below?: Child;
};

export function shownOnce(c: Context<Web>, here: ConsoleUser, shown: Once) {
  const { section, title, once, facts = [], label, secret, go, below } = shown;
  const say = textsOf(c, 'console');
  const copying = textsOf(c, 'layout');
  const copyable = secret && <Copyable id="secret" label={label} text={secret} say={copying} />;
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
      <DescriptionList facts={[...facts.slice(0, 1), [label, copyable ?? say.noSecret], ...facts.slice(1)]} />
      <div class="actions">
        <a class="button" href={go}>
          {secret === undefined ? say.goOn : say.copied}
        </a>
      </div>
      {below}
    </>,
  );
}
