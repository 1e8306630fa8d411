/** The components of pages: messages, cards, tables, confirmation forms, pagination. */
import type { Child } from 'hono/jsx';

/** An error message: announced at once, and focused. */
export function ErrorMessage({ children }: { children?: Child }) {
  return children ? (
    <p class="error" role="alert" tabindex={-1} autofocus>
      {children}
    </p>
  ) : null;
}

/** A confirmation of what was done: announced when the page has loaded. */
export function StatusMessage({ children }: { children?: Child }) {
  return children ? (
    <p class="notice" role="status">
      {children}
    </p>
  ) : null;
}

/** A titled item of a list: an application, a passkey, a session. */
export function Card({ title, children }: { title: Child; children?: Child }) {
  return (
    <li>
      <h2>{title}</h2>
      {children}
    </li>
  );
}

/** Names and values; an undefined value is left out. */
export function DescriptionList({ facts }: { facts: readonly (readonly [name: string, value: Child | undefined])[] }) {
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

/** A link to another site, by its address, sent without a Referer. */
export function ExternalLink({ address }: { address: string }) {
  return (
    <a href={address} rel="noreferrer">
      {address}
    </a>
  );
}

/** A column, and the address of the same list in its order. */
export type Column = { label: string; href?: string | undefined; sorted?: 'ascending' | 'descending' | undefined };

/** Text with a word that a column may have no room for. */
const isLong = (cell: Child): boolean => typeof cell === 'string' && /\S{24}/.test(cell);

/**
 * A table that becomes a list of small cards in a narrow window. The roles keep it a table for screen readers, whatever
 * `display` the stylesheet sets.
 */
export function Table(props: {
  caption: string;
  columns: readonly (string | Column)[];
  rows: readonly (readonly Child[])[];
}) {
  const { caption, rows } = props;
  const columns = props.columns.map((column): Column => (typeof column === 'string' ? { label: column } : column));
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: `display` in the stylesheet removes the implicit roles
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
              <td role="cell" class={isLong(cell) ? 'long' : undefined} data-label={columns[index]?.label}>
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

/** One form around a list of buttons with a value each: the form token is in the page once. */
export function ListForm(props: { action: string; formToken: string; children?: Child }) {
  return (
    <form method="post" action={props.action}>
      <input type="hidden" name="form_token" value={props.formToken} />
      {props.children}
    </form>
  );
}

/** A button of a `ListForm`. */
export function ActionButton(props: {
  label: Child;
  name?: string;
  value?: string;
  /** The label for screen readers, where the visible one needs the text beside the button. */
  describe?: string;
  /** Revokes or deletes something. */
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

/** A form of one button and hidden fields. */
export function ButtonForm(props: {
  action: string;
  label: Child;
  hidden: Record<string, string>;
  /** Revokes or deletes something. */
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

/** A confirmation before something is revoked or deleted: the consequences, the button, and a link to cancel. */
export function ConfirmationForm(props: {
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

/** Links to the next and the first page of a list; the cursor is a key, so pages have no numbers. */
export function Pagination(props: {
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
