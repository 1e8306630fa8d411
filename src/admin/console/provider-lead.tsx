/** The head of a provider's form: the redirect URI to register there, and the pages of the provider that help. */
import { clientsPageOf, type Template } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { ExternalLink } from '../../ui/components.tsx';

/** The script that adds a copy button to a field. */
export const COPIES = '/copy.js';

type Say = { tell: string; clients: string; copy: string; copied: string; redirectUri: string; template: string };

type LeadProps = {
  provider: Pick<Provider, 'documentation' | 'clientsPage'> & Partial<Template>;
  issuer: string | null;
  /** The redirect URI of an id. */
  uriOf: (id: string) => string;
  id: string;
  /** True where the id can still be changed in the form. */
  follows?: boolean;
  say: Say;
};

export function ProviderLead({ provider, issuer, uriOf, id, follows = false, say }: LeadProps) {
  const clients = clientsPageOf(provider as Provider, issuer);
  const following = follows ? { 'data-follows': 'id', 'data-pattern': uriOf('{}') } : {};
  return (
    <>
      {say.tell}{' '}
      <input readonly aria-label={say.redirectUri} value={uriOf(id)} data-copied={say.copied} {...following} />{' '}
      {/* Its place is kept, so that nothing moves when the script shows it. */}
      <button type="button" class="secondary needs-script">
        {say.copy}
      </button>{' '}
      {clients && (
        <>
          {say.clients} <ExternalLink address={clients} />{' '}
        </>
      )}
      {say.template} <ExternalLink address={provider.documentation} />{' '}
    </>
  );
}

/** The first id that no record has: the name of the provider, or that with a number. */
export function freeId(name: string, taken: readonly { id: string }[]): string {
  const isTaken = (id: string) => taken.some((record) => record.id === id);
  if (!isTaken(name)) return name;
  for (let count = 2; ; count++) if (!isTaken(`${name}-${count}`)) return `${name}-${count}`;
}
