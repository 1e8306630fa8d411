/** The cards of the account's overview: each part of the account with its state in one line, and the way to change it. */
import type { Child } from 'hono/jsx';
import type { Texts } from '../../locales/index.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { User } from '../../storage/users/users.ts';
import { Day } from '../../ui/moment.tsx';
import { State } from '../../ui/names.tsx';
import type { AccountLink } from '../account-page.tsx';
import type { AccountState, ServiceAccount } from './account-state.ts';

type AccountTexts = Texts['account'];
type Section = AccountLink['section'];
type CardProps = { user: User; state: AccountState; settings: Settings; texts: AccountTexts['states'] };

/** The state of each part, in one line. */
const STATES: Record<Section, (shown: CardProps) => Child> = {
  overview: () => null,
  profile: ({ user }) => user.name,
  email: ({ user, texts }) => (
    <Attention text={user.emailVerifiedAt === null ? texts.notConfirmed : undefined}>
      {user.emailVerifiedAt === null ? user.email : texts.confirmed(user.email)}
    </Attention>
  ),
  password: ({ user, settings, texts }) => {
    if (!settings.password_sign_in) return texts.passwordsDisabled;
    return user.passwordSetAt === null ? texts.noPassword : texts.passwordSet(<Day time={user.passwordSetAt} />);
  },
  passkeys: ({ state, texts }) => texts.passkeys(state.passkeys.length),
  factor: ({ user, texts }) =>
    user.secondFactorAt === null ? texts.factorOff : texts.factorOn(<Day time={user.secondFactorAt} />),
  methods: ({ state, texts }) => (state.methods.length === 0 ? texts.noMethods : accountsOf(state.methods, texts)),
  sessions: ({ state, texts }) => texts.sessions(state.sessions),
  applications: ({ state, texts }) => texts.applications(state.applications),
  connected: ({ state, texts }) => {
    const broken = state.connections.filter(({ needsReconnect }) => needsReconnect);
    if (state.connections.length === 0) return texts.noConnections;
    return (
      <Attention text={broken.length > 0 ? texts.reconnect : undefined}>
        {accountsOf(broken.length > 0 ? broken : state.connections, texts)}
      </Attention>
    );
  },
  keys: ({ state, texts }) => {
    const next = Math.min(...state.keys.map(({ expiresAt }) => expiresAt));
    return state.keys.length === 0 ? texts.noKeys : texts.keys(state.keys.length, <Day time={next} />);
  },
  data: ({ user, texts }) =>
    user.deletionDueAt === null ? (
      texts.data
    ) : (
      <Attention text={texts.deletion}>{texts.deletionDue(<Day time={user.deletionDueAt} />)}</Attention>
    ),
  console: ({ user }) => user.roles.join(', '),
};

/** True for a part that is not set up yet. */
const NOT_BEGUN: Record<keyof AccountTexts['begin'], (shown: Pick<CardProps, 'user' | 'state'>) => boolean> = {
  email: ({ user }) => user.emailVerifiedAt === null,
  password: ({ user }) => user.passwordSetAt === null,
  passkeys: ({ state }) => state.passkeys.length === 0,
  factor: ({ user }) => user.secondFactorAt === null,
  keys: ({ state }) => state.keys.length === 0,
};

const canBegin = (section: Section): section is keyof typeof NOT_BEGUN => section in NOT_BEGUN;

/** The first account by its address, and the number of the others. */
function accountsOf(accounts: readonly ServiceAccount[], texts: CardProps['texts']): string {
  const [first, ...others] = accounts;
  if (!first) return '';
  const name = first.account === null ? first.service : texts.accountAt(first.account, first.service);
  return others.length === 0 ? name : texts.andOthers(name, others.length);
}

/** A state with a mark for what the user should see to. */
function Attention({ text, children }: { text: string | undefined; children?: Child }) {
  return (
    <>
      {children} {text !== undefined && <State text={text} tone="warn" />}
    </>
  );
}

export function AccountCards(props: Omit<CardProps, 'texts'> & { links: readonly AccountLink[]; texts: AccountTexts }) {
  const { links, texts, ...shown } = props;
  return (
    <ul class="state-cards">
      {links.map(({ section, href }) => (
        <li>
          <h2>{texts.sections[section].label}</h2>
          <p>{STATES[section]({ ...shown, texts: texts.states })}</p>
          <a href={href}>
            {canBegin(section) && NOT_BEGUN[section](shown) ? texts.begin[section] : texts.sections[section].action}
          </a>
        </li>
      ))}
    </ul>
  );
}
