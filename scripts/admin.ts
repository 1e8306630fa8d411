/** `npm run admin -- …`: administering from the command line, over the admin API. */
import { parseArgs } from 'node:util';
import { API_KEY_COMMANDS } from './admin/api-keys.ts';
import { CLIENT_COMMANDS } from './admin/clients.ts';
import { type Command, OPTIONS } from './admin/command.ts';
import { connect } from './admin/connect.ts';
import { CONNECTED_APP_COMMANDS } from './admin/connected-apps.ts';
import { ISSUER_COMMANDS } from './admin/issuers.ts';
import { PEOPLE_COMMANDS } from './admin/people.ts';
import { RECORD_COMMANDS } from './admin/records.ts';
import { REGISTRATION_COMMANDS } from './admin/registration.ts';
import { RESOURCE_COMMANDS } from './admin/resources.ts';
import { SESSION_COMMANDS } from './admin/sessions.ts';
import { SETTING_COMMANDS } from './admin/settings.ts';
import { SOCIAL_LOGIN_COMMANDS } from './admin/social-logins.ts';
import { TOKEN_COMMANDS } from './admin/tokens.ts';
import { Failure, orExplain } from './failure.ts';

const COMMANDS: readonly Command[] = [
  ...SETTING_COMMANDS,
  ...CLIENT_COMMANDS,
  ...REGISTRATION_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...API_KEY_COMMANDS,
  ...RESOURCE_COMMANDS,
  ...ISSUER_COMMANDS,
  ...CONNECTED_APP_COMMANDS,
  ...SOCIAL_LOGIN_COMMANDS,
  ...TOKEN_COMMANDS,
  ...SESSION_COMMANDS,
  ...RECORD_COMMANDS,
];

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => run(parameters));
}

async function run(parameters: string[]): Promise<number> {
  const { positionals, values } = parse(parameters);
  const [noun, verb, ...rest] = positionals;
  const command = COMMANDS.find((candidate) => candidate.name === `${noun} ${verb}`);
  if (!command) {
    console.log(help());
    return noun === undefined || values.help ? 0 : 1;
  }
  if (rest.length !== command.takes.length) throw new Failure(`Usage: npm run admin -- ${usage(command)}`);
  // What is wrong with the words is said before anything is sent.
  const request = command.request(rest, values);
  const api = await connect(values.url);
  const answer = await command.run(api, rest, request);
  if (values.json) console.log(JSON.stringify(answer ?? {}));
  else console.log(command.show(answer));
  return 0;
}

/** The hash of a code, in base64url: one in 64 begins with a dash. No option is as long. */
const IS_HASH = /^-[\w-]{42}$/;

function parse(parameters: string[]) {
  const isHash = (text: string) => IS_HASH.test(text);
  const [hashes, others] = [parameters.filter(isHash), parameters.filter((text) => !isHash(text))];
  const args = hashes.length > 0 && !others.includes('--') ? [...others, '--', ...hashes] : parameters;
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${help()}`);
  }
}

const usage = (command: Command) => [command.name, ...command.takes.map((name) => `<${name}>`)].join(' ');

function help(): string {
  const width = Math.max(...COMMANDS.map((command) => usage(command).length));
  const lines = COMMANDS.map((command) => `  ${usage(command).padEnd(width)}  ${command.about}`);
  return [
    'npm run admin -- …',
    '',
    ...lines,
    '',
    '  --url https://id.example.com   a server elsewhere: signs in through the browser (else: the local one, PORT)',
    '  --json                         the answer as JSON',
    '',
    '  For clients create and change: --name --redirect-uri --auth-method --scope --grant-type --role --origin',
    '  --trusted --jwks JSON --jwks-uri --acts-as E-MAIL --exchange JSON --require-par --require-dpop --metadata JSON.',
    '  Those that can be many are given several times.',
  ].join('\n');
}
