/** GET /console/settings: every setting, what it does, its value and its default. And changing those of a group. */
import type { Context } from 'hono';
import { sha256 } from '../../crypto/digest.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { DEFAULT_SETTINGS, helpOf, type SettingName, type Settings } from '../../protocol/settings.ts';
import { readLatestSettings, resetSetting } from '../../storage/settings.ts';
import type { Web } from '../../web/context.ts';
import { Hidden } from '../../web/fields.tsx';
import type { Parameters } from '../../web/parameters.ts';
import { Problem, Table } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { changeSettings } from '../acts/settings.ts';
import { consolePage, doneAt, type Operator } from './frame.tsx';
import { type Group, labelOf, readSetting, SETTING_GROUPS, SettingField, shown } from './setting-fields.tsx';

export const SETTINGS = '/console/settings';
export const SETTING_GROUP = '/console/settings/:group';

const addressOf = ({ name }: Group) => `${SETTINGS}/${name}`;

export async function showSettings(c: Context<Web>, here: Operator) {
  const values = await readLatestSettings(c.get('deps').databases);
  const say = wordsOf(c, 'consoleSettings');
  return consolePage(
    c,
    here,
    { title: say.title, section: 'settings' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      {SETTING_GROUPS.filter((group) => group.settings.length > 0).map((group) => (
        <section aria-labelledby={group.name}>
          <h2 id={group.name}>{say.groups[group.name]}</h2>
          <Table
            caption={say.caption(say.groups[group.name])}
            columns={[say.setting, say.value, say.what]}
            rows={group.settings.map((name) => [
              labelOf(name),
              <Value name={name} values={values} say={say} />,
              helpOf(name),
            ])}
          />
          {here.mayChange && (
            <p>
              <a href={addressOf(group)}>{say.change(say.groups[group.name])}</a>
            </p>
          )}
        </section>
      ))}
    </>,
  );
}

function Value({ name, values, say }: { name: SettingName; values: Settings; say: Say }) {
  const value = shown(values[name], say);
  if (values[name] === DEFAULT_SETTINGS[name]) return <span>{value}</span>;
  return (
    <>
      <strong>{value}</strong> <span class="hint">{say.byDefault(shown(DEFAULT_SETTINGS[name], say))}</span>
    </>
  );
}

type Say = ReturnType<typeof wordsOf<'consoleSettings'>>;

export async function showGroup(c: Context<Web>, here: Operator) {
  const values = await readLatestSettings(c.get('deps').databases);
  return groupPage(c, here, { group: groupOf(c), values, seen: values });
}

export async function changeGroup(c: Context<Web>, here: Operator, form: Parameters) {
  const { databases, moment } = c.get('deps');
  const say = wordsOf(c, 'consoleSettings');
  const group = groupOf(c);
  const reset = form.one('reset') as SettingName | undefined;
  if (reset !== undefined) {
    if (!group.settings.includes(reset)) throw new OAuthError('not_found', 'there is no such setting here.');
    await resetSetting(databases, moment, here.actor, reset);
    return doneAt(c, addressOf(group), 'setting-reset');
  }
  const before = await readLatestSettings(databases);
  if (form.one('seen') !== digestOf(group, before)) {
    return groupPage(c, here, { group, values: before, seen: before, status: 409, problem: say.changedMeanwhile });
  }
  const read = group.settings.map((name) => [name, readSetting(name, form, say)] as const);
  const problems = Object.fromEntries(read.flatMap(([name, one]) => ('problem' in one ? [[name, one.problem]] : [])));
  if (Object.keys(problems).length > 0) {
    const values = Object.fromEntries(
      read.map(([name, one]) => [name, 'value' in one ? one.value : (form.one(name) ?? '')]),
    );
    const problem = wordsOf(c, 'console').problem;
    return groupPage(c, here, { group, values, seen: before, problems, status: 400, problem });
  }
  const changes = read.flatMap(([name, one]) =>
    'value' in one && one.value !== before[name] ? [[name, one.value]] : [],
  );
  try {
    await changeSettings(c.get('deps'), here.actor, Object.fromEntries(changes));
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'conflict') throw error;
    const values = { ...before, ...Object.fromEntries(changes) };
    const problem = say.refused(error.description);
    return groupPage(c, here, { group, values, seen: before, status: 409, problem });
  }
  return doneAt(c, addressOf(group), 'settings');
}

/** @throws OAuthError not_found */
function groupOf(c: Context<Web>): Group {
  const group = SETTING_GROUPS.find(({ name, settings }) => name === c.req.param('group') && settings.length > 0);
  if (!group) throw new OAuthError('not_found', 'there is no such group of settings.');
  return group;
}

/** What the form was made from: whoever sends it must not undo what somebody else changed meanwhile. */
const digestOf = (group: Group, values: Settings) => sha256(JSON.stringify(group.settings.map((name) => values[name])));

type Shown = {
  group: Group;
  values: Record<string, unknown>;
  /** What is set. */
  seen: Settings;
  problem?: string;
  problems?: Record<string, string>;
  status?: 200 | 400 | 409;
};

function groupPage(
  c: Context<Web>,
  here: Operator,
  { group, values, seen, problem, problems = {}, status = 200 }: Shown,
) {
  const say = wordsOf(c, 'consoleSettings');
  const title = say.groups[group.name];
  const changed = group.settings.filter((name) => seen[name] !== DEFAULT_SETTINGS[name]);
  return consolePage(
    c,
    here,
    { title, section: 'settings', status },
    <>
      <h1>{title}</h1>
      <Problem>{problem}</Problem>
      <p>{say.follow}</p>
      <form class="stack" method="post" action={addressOf(group)}>
        <Hidden formToken={here.formToken} />
        <input type="hidden" name="seen" value={digestOf(group, seen)} />
        {group.settings.map((name) => (
          <SettingField name={name} value={values[name]} problem={problems[name]} say={say} />
        ))}
        <div class="actions">
          <button type="submit">{say.save}</button>
          <a class="button secondary" href={SETTINGS}>
            {say.back}
          </a>
        </div>
      </form>
      {changed.length > 0 && (
        <form method="post" action={addressOf(group)}>
          <h2>{say.resetting}</h2>
          <Hidden formToken={here.formToken} />
          <ul class="rows">
            {changed.map((name) => (
              <li>
                <span>
                  {labelOf(name)}: {shown(seen[name], say)}
                </span>
                <button type="submit" class="secondary" name="reset" value={name}>
                  {say.reset(labelOf(name), shown(DEFAULT_SETTINGS[name], say))}
                </button>
              </li>
            ))}
          </ul>
        </form>
      )}
    </>,
  );
}
