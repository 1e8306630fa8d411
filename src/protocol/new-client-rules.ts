/** Rules of the setting `new_client_rules`: by host, whether a client that no administrator created is allowed. */
import { isPrivateUseRedirect } from './redirect-uri.ts';

/** From the mildest to the strictest. */
const ACTIONS = ['allow', 'approve', 'refuse'] as const;
export type NewClientAction = (typeof ACTIONS)[number];

type Rule = { action: NewClientAction; place: string };

const RULE = new RegExp(`^(${ACTIONS.join('|')})\\s+(\\S+)$`);

/** A host, `*.` with a host, `*`, or a private-use scheme with its colon. */
const isPlace = (place: string): boolean => {
  if (place === '*' || /^[a-z][a-z0-9+.-]*:$/.test(place)) return true;
  const host = place.replace(/^\*\./, '');
  if (host.includes('*')) return false;
  return URL.canParse(`https://${host}`) && new URL(`https://${host}`).hostname === host;
};

/** @returns the error of a line; undefined for a rule. */
export function newClientRuleProblem(line: string): string | undefined {
  const [, , place] = RULE.exec(line) ?? [];
  if (place === undefined) return `must be one of ${ACTIONS.join(', ')}, a space, and a host`;
  return isPlace(place)
    ? undefined
    : 'must name a host in lower case, such as claude.ai or *.example.com, or a scheme such as cursor:';
}

const parseRules = (text: string): Rule[] =>
  text.split('\n').flatMap((line) => {
    const [, action, place] = RULE.exec(line.trim()) ?? [];
    return action !== undefined && place !== undefined ? [{ action: action as NewClientAction, place }] : [];
  });

const matches = (rule: string, place: string): boolean =>
  rule === '*' || rule === place || (rule.startsWith('*.') && place.endsWith(rule.slice(1)));

/** The host of an address, or its scheme with the colon where an app opens it. */
function placeOf(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, hostname } = new URL(uri);
  return isPrivateUseRedirect(uri) ? protocol : hostname;
}

/** The action of the rule that names the place most exactly; the strictest where several do. */
function actionAt(rules: readonly Rule[], uri: string): NewClientAction | undefined {
  const place = placeOf(uri);
  if (place === undefined) return 'refuse';
  const found = rules.filter((rule) => matches(rule.place, place));
  const exactness = ({ place: rule }: Rule) => (rule === place ? Number.POSITIVE_INFINITY : rule.length);
  const most = Math.max(...found.map(exactness));
  return strictest(found.filter((rule) => exactness(rule) === most).map(({ action }) => action));
}

const strictest = (actions: readonly NewClientAction[]): NewClientAction | undefined =>
  [...actions].sort((a, b) => ACTIONS.indexOf(b) - ACTIONS.indexOf(a))[0];

export type NewClientPolicy = {
  new_clients: 'allow' | 'approve';
  /** Lines. */
  new_client_rules: string;
};

/**
 * The action for a client that no administrator created: the strictest of those for its addresses. A redirect URI without
 * a rule follows the host of the metadata document, which lists it; without a document, or a rule for it, the default.
 */
export function newClientAction(
  { new_clients, new_client_rules }: NewClientPolicy,
  client: { documentUrl?: string | undefined; redirectUris: readonly string[] },
): NewClientAction {
  if (new_client_rules === '') return new_clients;
  const rules = parseRules(new_client_rules);
  const { documentUrl, redirectUris } = client;
  const document = documentUrl === undefined ? undefined : (actionAt(rules, documentUrl) ?? new_clients);
  const otherwise = document ?? new_clients;
  const actions = redirectUris.map((uri) => actionAt(rules, uri) ?? otherwise);
  return strictest([...(document ? [document] : []), ...actions]) ?? new_clients;
}
