/** The account that a page is about to use, with a way to another one. */
import type { Child } from 'hono/jsx';
import { Tile } from './names.tsx';

export function AccountRow(props: {
  /** The name of the user. */
  name: string;
  /** The sentence about the account. */
  children?: Child;
  other?: { href: string; label: string };
}) {
  const { name, children, other } = props;
  return (
    <div class="account-row">
      <Tile name={name} />
      <p>{children}</p>
      {other && <a href={other.href}>{other.label}</a>}
    </div>
  );
}
