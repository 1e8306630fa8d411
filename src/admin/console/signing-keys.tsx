/** GET /console/keys: which keys sign, how old they are, and how to replace them (docs/how-to/operate.md, step by step). */
import type { Context } from 'hono';
import type { SigningKey } from '../../crypto/jwt.ts';
import type { Deps, Web } from '../../http/context.ts';
import { DAY, MAX_TOKEN_LIFETIME, METADATA_MAX_AGE, MINUTE } from '../../protocol/lifetimes.ts';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { Table } from '../../ui/table.tsx';
import { type ConsoleUser, consolePage } from './console-page.tsx';

export const SIGNING_KEYS_PAGE = '/console/keys';

/** A key that has signed for this long has had enough time to leak. */
export const ROTATE_AFTER_DAYS = 180;

export type KeyState = {
  slot: number;
  kid: string;
  alg: string;
  signs: boolean;
  isDefault: boolean;
  /** Milliseconds; none where its name does not say. */
  madeAt: number | undefined;
  ageDays: number | undefined;
  isOld: boolean;
};

/** The keys as they are configured. `npm run keys` begins a kid with the day on which the key was made. */
export function keyStates({ config, moment }: Pick<Deps, 'config' | 'moment'>): KeyState[] {
  return config.signingKeys.map((key: SigningKey) => {
    const madeAt = dayOf(key.kid);
    const ageDays = madeAt === undefined ? undefined : Math.max(0, Math.floor((moment.now - madeAt) / DAY));
    const signs = config.signers.includes(key);
    return {
      slot: key.slot,
      kid: key.kid,
      alg: key.alg,
      signs,
      isDefault: key === config.signers[0],
      madeAt,
      ageDays,
      isOld: signs && (ageDays ?? 0) >= ROTATE_AFTER_DAYS,
    };
  });
}

function dayOf(kid: string): number | undefined {
  const [day] = /^\d{4}-\d{2}-\d{2}(?=-)/.exec(kid) ?? [];
  const time = day === undefined ? Number.NaN : Date.parse(day);
  return Number.isNaN(time) ? undefined : time;
}

export async function showSigningKeys(c: Context<Web>, here: ConsoleUser) {
  const deps = c.get('deps');
  const minutes = [...(await deps.registry()).values()].map(({ token_minutes = 0 }) => token_minutes);
  const longest = Math.max(MAX_TOKEN_LIFETIME / MINUTE, ...minutes);
  const say = textsOf(c, 'consoleKeys');
  const keys = keyStates(deps);
  const old = keys.filter(({ isOld }) => isOld);
  return consolePage(
    c,
    here,
    { title: say.title, section: 'keys' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      {old.map((key) => (
        <p class="warning">{say.old(key.slot, key.ageDays ?? 0)}</p>
      ))}
      <Table
        caption={say.caption}
        columns={[say.slot, say.kid, say.alg, say.does, say.made, say.replace]}
        rows={keys.map((key) => [
          key.slot,
          <code>{key.kid}</code>,
          key.alg,
          key.isDefault ? say.signsByDefault : key.signs ? say.signs : say.verifies,
          key.madeAt === undefined ? (
            say.unknown
          ) : (
            <>
              <Day time={key.madeAt} /> ({say.days(key.ageDays ?? 0)})
            </>
          ),
          !key.signs ? (
            say.retire
          ) : key.madeAt === undefined ? (
            say.unknown
          ) : (
            <Day time={key.madeAt + ROTATE_AFTER_DAYS * DAY} />
          ),
        ])}
      />
      <Steps keys={keys} longest={longest} say={say} isLoopback={deps.config.isLoopback} />
    </>,
  );
}

type Steps = { keys: KeyState[]; longest: number; say: ReturnType<typeof textsOf<'consoleKeys'>>; isLoopback: boolean };

/** With the numbers of this server: the next free slot, and the lists as they will be. */
function Steps({ keys, longest, say, isLoopback }: Steps) {
  const free = Math.max(0, ...keys.map(({ slot }) => slot)) + 1;
  const replaced = keys.find(({ isDefault }) => isDefault);
  const after = [free, ...keys.filter(({ signs, isDefault }) => signs && !isDefault).map(({ slot }) => slot)];
  const [alg, slot] = [replaced?.alg ?? 'ES256', replaced?.slot ?? 1];
  const waits = [(METADATA_MAX_AGE + 5 * MINUTE) / MINUTE, longest] as const;
  const commands = isLoopback
    ? [`npm run keys -- add --alg ${alg}`, `npm run keys -- promote ${free}`, `npm run keys -- retire ${slot}`]
    : [
        `npm run --silent keys -- fresh --alg ${alg} | npx wrangler secret put SIGNING_KEY_${free}`,
        `SIGN_WITH = "${after.join(',')}"`,
        `npx wrangler secret delete SIGNING_KEY_${slot}`,
      ];
  return (
    <>
      <h2>{say.howTo(slot)}</h2>
      <p>{isLoopback ? say.here : say.production}</p>
      <ol class="steps">
        {say.steps(free, slot, waits).map(({ title, text }, index) => (
          <li>
            <h3>{title}</h3>
            <pre>
              <code>{commands[index]}</code>
            </pre>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <p>{say.leaked}</p>
    </>
  );
}
