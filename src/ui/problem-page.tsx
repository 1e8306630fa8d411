/** The problem page: what went wrong, advice, and links to continue. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../http/context.ts';
import { ErrorMessage } from './components.tsx';
import { page } from './page.tsx';

type Status = 400 | 403 | 404 | 409 | 421;
type PageLink = { href: string; label: string; secondary?: boolean };

export function problemPage(
  c: Context<Web>,
  {
    title,
    problem,
    advice,
    links = [],
    requestIdLabel,
    status = 400,
    signedInAs,
  }: {
    title: string;
    problem: string;
    /** The way to fix it. */
    advice?: Child;
    links?: readonly PageLink[];
    /** The text before the request id, for problems that an administrator may have to look up in the log. */
    requestIdLabel?: string;
    status?: Status;
    signedInAs?: string;
  },
) {
  return page(
    c,
    { title, status, ...(signedInAs !== undefined && { signedInAs }) },
    <>
      <h1>{title}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      {advice && <p>{advice}</p>}
      {links.length > 0 && (
        <div class="actions">
          {links.map(({ href, label, secondary }) => (
            <a class={secondary ? 'button secondary' : 'button'} href={href}>
              {label}
            </a>
          ))}
        </div>
      )}
      {requestIdLabel && (
        <p class="fine">
          {requestIdLabel}
          <code>{c.get('deps').moment.requestId}</code>
        </p>
      )}
    </>,
  );
}
