/** The pieces that pages are made of: messages, cards, tables, questions, and the way from page to page of a list. */
import type { Child } from 'hono/jsx';

/** What went wrong; read out at once, and where the focus is. */
export function Problem({ children }: { children?: Child }) {
  return children ? (
    <p class="error" role="alert" tabindex={-1} autofocus>
      {children}
    </p>
  ) : null;
}

/** What was done; read out when the page is there. */
export function Done({ children }: { children?: Child }) {
  return children ? (
    <p class="notice" role="status">
      {children}
    </p>
  ) : null;
}

/** A thing with a name, among others like it: an application, a passkey, a session. */
export function Card({ title, children }: { title: Child; children?: Child }) {
  return (
    <li>
      <h2>{title}</h2>
      {children}
    </li>
  );
}

/** Names and values; what is undefined is left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: Child | undefined])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ),
      )}
    </dl>
  );
}

/** A page of somebody else, by its address. It does not learn where its reader comes from. */
export function Elsewhere({ address }: { address: string }) {
  return (
    <a href={address} rel="noreferrer">
      {address}
    </a>
  );
}

/** @param time milliseconds. */
export function Day({ time }: { time: number }) {
  const day = new Date(time).toISOString();
  return <time datetime={day}>{day.slice(0, 10)}</time>;
}

/** To the minute, in UTC: the server does not know where its reader is. */
export function Minute({ time }: { time: number }) {
  const minute = new Date(time).toISOString();
  return <time datetime={minute}>{`${minute.slice(0, 10)} ${minute.slice(11, 16)} UTC`}</time>;
}

/** A column, and the address of the same list in its order. */
export type Column = { label: string; href?: string | undefined; sorted?: 'ascending' | 'descending' | undefined };

/**
 * A table that becomes a list of small cards where the window is narrow. The roles keep it a table for those who hear
 * it, whatever the stylesheet makes of it.
 */
export function Table(props: {
  caption: string;
  columns: readonly (string | Column)[];
  rows: readonly (readonly Child[])[];
}) {
  const { caption, rows } = props;
  const columns = props.columns.map((column): Column => (typeof column === 'string' ? { label: column } : column));
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: `display` in the stylesheet would take them away
    <table role="table">
      <caption>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th role="columnheader" scope="col" aria-sort={column.href ? (column.sorted ?? 'none') : undefined}>
              {column.href ? <a href={column.href}>{column.label}</a> : column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((cells) => (
          <tr role="row">
            {cells.map((cell, index) => (
              <td role="cell" data-label={columns[index]?.label}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: as above
  );
}

/** One form around a list whose buttons say what each of them means: its token stands in the page once. */
export function ListForm(props: { action: string; formToken: string; children?: Child }) {
  return (
    <form method="post" action={props.action}>
      <input type="hidden" name="form_token" value={props.formToken} />
      {props.children}
    </form>
  );
}

/** A button of such a form. */
export function ActButton(props: {
  label: Child;
  name?: string;
  value?: string;
  /** The label for those who do not see what the button stands beside. */
  describe?: string;
  /** Ends or deletes something. */
  destructive?: boolean;
}) {
  return (
    <button
      type="submit"
      name={props.name}
      value={props.value}
      class={props.destructive ? 'danger' : 'secondary'}
      aria-label={props.describe}
    >
      {props.label}
    </button>
  );
}

/** A form that is one button, with what it carries unseen. */
export function ButtonForm(props: {
  action: string;
  label: Child;
  hidden: Record<string, string>;
  /** Ends or deletes something. */
  destructive?: boolean;
  main?: boolean;
}) {
  return (
    <form method="post" action={props.action}>
      {Object.entries(props.hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={props.destructive ? 'danger' : props.main ? undefined : 'secondary'}>
        {props.label}
      </button>
    </form>
  );
}

/** The question before something ends: what it will end, the act in a word, and the way back. */
export function Confirm(props: {
  heading: string;
  children?: Child;
  action: string;
  hidden: Record<string, string>;
  submit: string;
  back: { href: string; label: string };
}) {
  return (
    <>
      <h1>{props.heading}</h1>
      {props.children}
      <form class="stack" method="post" action={props.action}>
        {Object.entries(props.hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="actions">
          <button type="submit" class="danger">
            {props.submit}
          </button>
          <a class="button secondary" href={props.back.href}>
            {props.back.label}
          </a>
        </div>
      </form>
    </>
  );
}

/** From one page of a list to the next: by key, so there are no numbers. */
export function Pages(props: {
  label: string;
  next?: { href: string; label: string } | undefined;
  first?: { href: string; label: string } | undefined;
}) {
  const { next, first } = props;
  if (!next && !first) return null;
  return (
    <nav class="pages" aria-label={props.label}>
      {first && <a href={first.href}>{first.label}</a>}
      {next && (
        <a href={next.href} rel="next">
          {next.label}
        </a>
      )}
    </nav>
  );
}
