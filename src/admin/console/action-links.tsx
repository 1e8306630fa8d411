/** Links that look like buttons: what can be done with what the page shows. */
import type { Child } from 'hono/jsx';

export type ActLink = { label: Child; href: string };

/** Nothing where there is nothing to do. */
export function ActLinks({ acts, main = false }: { acts: readonly (ActLink | false)[]; main?: boolean }) {
  const shown = acts.filter((act): act is ActLink => act !== false);
  if (shown.length === 0) return null;
  return (
    <div class="actions">
      {shown.map(({ label, href }) => (
        <a class={main ? 'button' : 'button secondary'} href={href}>
          {label}
        </a>
      ))}
    </div>
  );
}

/** The heading of a page, with its actions beside it. */
export function Head({ title, acts, main }: { title: Child; acts: readonly (ActLink | false)[]; main?: boolean }) {
  return (
    <div class="head">
      <h1>{title}</h1>
      <ActLinks acts={acts} main={main ?? false} />
    </div>
  );
}
