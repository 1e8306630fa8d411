/** The consent page of both flows: the client, what it requests, and the two answers of the user. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { AccountRow } from '../../ui/account-row.tsx';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import type { Client } from '../clients/client.ts';
import {
  describeScopes,
  previouslyGrantedScopes,
  RequestedResources,
  RequestedScopes,
  resourceNames,
} from './requested-scopes.tsx';
import { ClientLinks, consentWarning, Destination, RequestingClient } from './requesting-client.tsx';

type ConsentPage = {
  client: Client;
  /** Undefined for device authorization, which has no redirect. */
  redirectUri?: string;
  title: string;
  question: Child;
  /** A warning of this flow, before the one about the client. */
  caution?: Child;
  requested: { scopes: string[]; resources: string[] };
  user: SignedIn['user'];
  /** The grants of the client. */
  grants: SignedIn['grants'];
  /** The URL that restarts the request with another account. */
  otherAccount: string;
  form: { action: string; name: string; sealed: string };
  /** The problem of the last answer. */
  problem?: string | undefined;
};

export async function consentPage(
  c: Context<Web>,
  { client, redirectUri, requested, user, form, ...shown }: ConsentPage,
) {
  const deps = c.get('deps');
  const texts = textsOf(c, 'consent');
  const warning = consentWarning({ client, redirectUri, texts });
  return page(
    c,
    {
      title: shown.title,
      status: shown.problem ? 400 : 200,
      formsRedirectOut: redirectUri !== undefined,
      signedInAs: user.name,
    },
    <>
      <RequestingClient client={client} redirectUri={redirectUri} question={shown.question} />
      <ErrorMessage>{shown.problem}</ErrorMessage>
      {redirectUri !== undefined && <Destination redirectUri={redirectUri} texts={texts} />}
      {(shown.caution || warning) && (
        <p class="warning">
          {shown.caution} {warning}
        </p>
      )}
      <RequestedResources names={await resourceNames(deps, requested.resources)} texts={texts} />
      <AccountRow name={user.name} other={{ href: shown.otherAccount, label: texts.another }}>
        {texts.signedInAs(<strong>{user.email}</strong>)}
      </AccountRow>
      <form class="stack" method="post" action={form.action}>
        <input type="hidden" name={form.name} value={form.sealed} />
        <RequestedScopes
          client={client}
          scopes={await describeScopes(deps, requested)}
          before={previouslyGrantedScopes(shown.grants, requested.resources)}
          texts={texts}
          scopeTexts={textsOf(c, 'scopes')}
        />
        <div class="actions">
          <button type="submit" name="decision" value="allow">
            {texts.allow}
          </button>
          <button type="submit" name="decision" value="deny" class="secondary">
            {texts.deny}
          </button>
        </div>
      </form>
      <ClientLinks client={client} redirectUri={redirectUri} texts={texts} />
    </>,
  );
}
