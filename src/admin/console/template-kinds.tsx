/** Which provider a new record is about: each with the page of its documentation. */
import type { Context } from 'hono';
import type { Web } from '../../web/context.ts';
import { Elsewhere } from '../../web/pieces.tsx';
import { consolePage, type Operator, type Section } from './frame.tsx';

type Known = { title: string; documentation: string };

type Say = { add: string; which: string; template: string };

export function templatesPage(
  c: Context<Web>,
  here: Operator,
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
        {Object.entries(known).map(([name, { title, documentation }]) => (
          <li>
            <h2>
              <a href={`${path}/${name}`}>{title}</a>
            </h2>
            <p class="hint">
              {say.template} <Elsewhere address={documentation} />
            </p>
          </li>
        ))}
      </ul>
    </>,
  );
}
