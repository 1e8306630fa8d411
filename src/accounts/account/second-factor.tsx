/** GET /account/second-factor: the state of two-step sign-in. Its changes have pages of their own. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { countRecoveryCodes } from '../../storage/users/recovery-codes.ts';
import { findSecondFactor } from '../../storage/users/second-factors.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { accountPage } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import {
  ADD_SECOND_FACTOR,
  NEW_RECOVERY_CODES,
  REMOVE_SECOND_FACTOR,
  SECOND_FACTOR_PAGE,
} from '../second-factor/paths.ts';
import { readRememberedBrowsers, rememberedBrowsersSection } from './remembered-browsers.tsx';

/** The number of recovery codes from which on new ones are suggested. */
const FEW_CODES = 3;

export async function showSecondFactorState(c: Context<Web>) {
  const signedIn = await requireSession(c, SECOND_FACTOR_PAGE);
  return signedIn instanceof Response ? signedIn : statePage(c, signedIn);
}

async function statePage(c: Context<Web>, signedIn: SignedIn) {
  const texts = textsOf(c, 'secondFactor');
  const { databases } = c.get('deps');
  const { id } = signedIn.user;
  const [factor, left, browsers] = await Promise.all([
    findSecondFactor(databases, id),
    countRecoveryCodes(databases, id),
    readRememberedBrowsers(c, signedIn),
  ]);
  const links = factor
    ? [
        [ADD_SECOND_FACTOR, texts.replace],
        [NEW_RECOVERY_CODES, texts.newCodes],
        [REMOVE_SECOND_FACTOR, texts.remove],
      ]
    : [[ADD_SECOND_FACTOR, texts.add]];
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'factor' },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      {factor ? (
        <DescriptionList
          facts={[
            [texts.since, <Day time={factor.createdAt} />],
            [texts.lastUsed, factor.lastUsedAt === null ? texts.never : <Day time={factor.lastUsedAt} />],
            [texts.recoveryCodes, texts.left(left)],
          ]}
        />
      ) : (
        <p>{texts.off}</p>
      )}
      {factor && left <= FEW_CODES && <p class="notice">{texts.few}</p>}
      <div class="actions">
        {links.map(([href, label]) => (
          <a class={factor ? 'button secondary' : 'button'} href={href}>
            {label}
          </a>
        ))}
      </div>
      {rememberedBrowsersSection(c, signedIn, browsers)}
    </>,
  );
}
