/** Where an id leads: to the page of whoever or whatever it names. */
import { clientAddress } from './client-parts.tsx';

export const PEOPLE = '/console/people';

export const personAddress = (id: string, below = ''): string => `${PEOPLE}/${id}${below}`;

export function PersonLink({ id }: { id: string }) {
  return (
    <a href={personAddress(id)}>
      <code>{id}</code>
    </a>
  );
}

export function ClientLink({ id }: { id: string }) {
  return (
    <a href={clientAddress(id)}>
      <code>{id}</code>
    </a>
  );
}
