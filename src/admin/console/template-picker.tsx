/** The choice of provider for a new record, each with a link to its documentation. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { ExternalLink } from '../../ui/components.tsx';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import type { Section } from './navigation.ts';

type Known = { title: string; documentation: string; logo?: string };

type Say = { add: string; which: string; template: string };

export function templatesPage(
  c: Context<Web>,
  here: ConsoleUser,
  { section, known, path, say }: { section: Section; known: Readonly<Record<string, Known>>; path: string; say: Say },
) {
  return consolePage(
    c,
    here,
    { title: say.add, section },
    <>
      <h1>{say.add}</h1>
      <p>{say.which}</p>
      <ul class="cards">
        {Object.entries(known).map(([name, { title, documentation, logo }]) => (
          <li>
            <h2>
              <span class="initial" aria-hidden="true">
                <span>{title.slice(0, 1)}</span>
                {logo && <img src={logo} alt="" width="48" height="48" />}
              </span>{' '}
              <a href={`${path}/${name}`}>{title}</a>
            </h2>
            <p class="hint">
              {say.template} <ExternalLink address={documentation} />
            </p>
          </li>
        ))}
      </ul>
    </>,
  );
}
