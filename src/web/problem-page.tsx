/** A page that says what went wrong, and the way on: the same everywhere. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from './context.ts';
import { page } from './page.tsx';
import { Problem } from './pieces.tsx';

type Status = 400 | 403 | 404 | 409;
type WayOn = { href: string; label: string; secondary?: boolean };

export function problemPage(
  c: Context<Web>,
  {
    title,
    problem,
    how,
    ways = [],
    helpNumber,
    status = 400,
    signedInAs,
  }: {
    title: string;
    problem: string;
    /** What can be done about it. */
    how?: Child;
    ways?: readonly WayOn[];
    /** What leads to the number of the request, where somebody may have to look it up. */
    helpNumber?: string;
    status?: Status;
    signedInAs?: string;
  },
) {
  return page(
    c,
    { title, status, ...(signedInAs !== undefined && { signedInAs }) },
    <>
      <h1>{title}</h1>
      <Problem>{problem}</Problem>
      {how && <p>{how}</p>}
      {ways.length > 0 && (
        <div class="actions">
          {ways.map(({ href, label, secondary }) => (
            <a class={secondary ? 'button secondary' : 'button'} href={href}>
              {label}
            </a>
          ))}
        </div>
      )}
      {helpNumber && (
        <p class="fine">
          {helpNumber}
          <code>{c.get('deps').moment.requestId}</code>
        </p>
      )}
    </>,
  );
}
