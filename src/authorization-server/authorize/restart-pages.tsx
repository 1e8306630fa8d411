/** The pages of a consent form that is no longer valid, with the way to the restarted request. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import type { Client } from '../clients/client.ts';
import { ClientName } from '../clients/client-name.tsx';
import type { ConsentForm } from './consent-form.ts';

export function sessionChangedPage(c: Context<Web>, consent: ConsentForm) {
  return restartPage(c, consent, textsOf(c, 'consent').sessionChanged);
}

export function formExpiredPage(c: Context<Web>, consent: ConsentForm) {
  return restartPage(c, consent, textsOf(c, 'consent').tooOld);
}

export function alreadyAnsweredPage(c: Context<Web>, consent: ConsentForm, client: Client) {
  const texts = textsOf(c, 'consent').answered;
  return restartPage(c, consent, { ...texts, what: texts.what(<ClientName client={client} />) });
}

function restartPage(c: Context<Web>, consent: ConsentForm, texts: { title: string; what: Child; way: string }) {
  return page(
    c,
    { title: texts.title, status: 400, formsRedirectOut: true },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{texts.what}</ErrorMessage>
      <p>{texts.way}</p>
      <div class="actions">
        <a class="button" href={consent.restart}>
          {textsOf(c, 'consent').lookAgain}
        </a>
      </div>
    </>,
  );
}
