/** The parts of the shell around the pages of an area: sidebar, breadcrumbs and search. */
import type { Child } from 'hono/jsx';

export type NavigationLink = { href: string; label: string; current: boolean };

/** Links under a heading; without one they stand alone. */
export type NavigationGroup = { label?: string | undefined; links: readonly NavigationLink[] };

/** The pages of one area, such as the account. */
export type Navigation = { label: string; groups: readonly NavigationGroup[] };

/** A search of the whole area, sent by GET as `q`. */
export type ShellSearch = { action: string; label: string; value?: string | undefined };

/** A popover where there is no room beside the content (HTML, the popover attribute): it needs no script. */
export function Sidebar({ label, groups, children }: Navigation & { children?: Child }) {
  return (
    <nav id="sidebar" class="sidebar" aria-label={label} popover="auto">
      {children}
      {groups.map((group) => (
        <>
          {group.label !== undefined && <h2>{group.label}</h2>}
          <ul>
            {group.links.map((link) => (
              <li>
                <a href={link.href} aria-current={link.current ? 'page' : undefined}>
                  {link.label}
                </a>
              </li>
            ))}
          </ul>
        </>
      ))}
    </nav>
  );
}

export function Breadcrumbs(props: {
  label: string;
  links: readonly { href: string; label: string }[];
  /** The page itself. */
  title: string;
}) {
  return (
    <nav class="breadcrumbs" aria-label={props.label}>
      <ol>
        {props.links.map(({ href, label }) => (
          <li>
            <a href={href}>{label}</a>
          </li>
        ))}
        <li>{props.title}</li>
      </ol>
    </nav>
  );
}

export function SearchBox({ action, label, value }: ShellSearch) {
  return (
    <search>
      <form method="get" action={action}>
        <input type="search" name="q" value={value} aria-label={label} placeholder={label} autocomplete="off" />
      </form>
    </search>
  );
}
