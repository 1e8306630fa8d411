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
