/** `npm run admin -- …`: administration from the command line, over the admin API. */

import { parseArgs } from 'node:util';
import { RECORDS } from '../src/admin/records/index.ts';
import { SERVER } from '../src/admin/records/server.ts';
import { escapeControlCharacters, escapeControlCharactersInLines } from '../src/protocol/control-characters.ts';
import { answerFields } from './admin/answer-fields.ts';
import { COMMON_OPTIONS, type Command } from './admin/command.ts';
import { connectToServer } from './admin/connect.ts';
import { DOCTOR_USAGE, doctor } from './admin/doctor.ts';
import { IMPORT_COMMANDS } from './admin/imports.ts';
import { parsedAs, textIn } from './admin/options.ts';
import { actionCommands, recordCommands } from './admin/records/index.ts';
import { RESTORED_COMMANDS } from './admin/restored.ts';
import { Failure, orExplain } from './failure.ts';

export const COMMANDS: readonly Command[] = [
  ...RECORDS.flatMap(recordCommands),
  ...actionCommands(SERVER),
  ...RESTORED_COMMANDS,
  ...IMPORT_COMMANDS,
];

export function main(parameters: string[]): Promise<number> {
  return orExplain(() => (parameters[0] === 'doctor' ? doctor(parameters.slice(1)) : run(parameters)));
}

async function run(parameters: string[]): Promise<number> {
  const args = optionsFirst(parameters);
  const command = commandIn(args);
  const { positionals, values } = parse(args, command);
  if (!command) {
    console.log(help());
    return positionals.length === 0 || values.help ? 0 : 1;
  }
  const rest = positionals.slice(command.name.split(' ').length);
  if (values.help) {
    console.log(helpOf(command));
    return 0;
  }
  if (rest.length !== command.takes.length) throw new Failure(`Usage: npm run admin -- ${usage(command)}`);
  // A mistake in the options is reported before anything is sent.
  const request = command.request(rest, values);
  const { api, end } = await connectToServer(textIn(values, 'url'));
  const answer = await command.run(api, rest, request).finally(end);
  if (values.field) console.log(answerFields(answer, [values.field].flat().map(String)));
  else if (values.json) console.log(escapeControlCharacters(JSON.stringify(answer ?? {})));
  else console.log(escapeControlCharactersInLines(command.show(answer)));
  return 0;
}

/** The hash of a code, in base64url: one in 64 begins with a dash. No option is as long. */
const IS_HASH = /^-[\w-]{42}$/;

/** Hashes behind the options, so that none is taken for one. */
function optionsFirst(parameters: string[]): string[] {
  const isHash = (text: string) => IS_HASH.test(text);
  const [hashes, others] = [parameters.filter(isHash), parameters.filter((text) => !isHash(text))];
  return hashes.length > 0 && !others.includes('--') ? [...others, '--', ...hashes] : parameters;
}

/** The command that noun and verb name; the options of every command may stand before them. */
function commandIn(args: string[]): Command | undefined {
  const { positionals } = parseArgs({ args, options: parsedAs(COMMON_OPTIONS), allowPositionals: true, strict: false });
  const [noun, verb] = positionals;
  const named = (name: string | undefined) => COMMANDS.find((candidate) => candidate.name === name);
  return named(`${noun} ${verb}`) ?? named(noun);
}

/** @throws Failure for an option that the command does not have. */
function parse(args: string[], command: Command | undefined) {
  const options = parsedAs([...COMMON_OPTIONS, ...(command?.options ?? [])]);
  try {
    return parseArgs({ args, options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${command ? helpOf(command) : help()}`);
  }
}

const usage = (command: Command) => [command.name, ...command.takes.map((name) => `<${name}>`)].join(' ');

/** One command, with its own options. */
function helpOf(command: Command): string {
  const options = (command.options ?? []).map(({ name, value, help: text }) => [`--${name} ${value}`.trim(), text]);
  const width = Math.max(0, ...options.map(([option = '']) => option.length));
  const lines = options.map(([option = '', text = '']) => `  ${option.padEnd(width)}  ${text}`);
  const about = [`npm run admin -- ${usage(command)}`, '', command.about];
  return [...about, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
}

function help(): string {
  const width = Math.max(...COMMANDS.map((command) => usage(command).length));
  const lines = COMMANDS.map((command) => `  ${usage(command).padEnd(width)}  ${command.about}`);
  return [
    'npm run admin -- …',
    '',
    ...lines,
    `  ${DOCTOR_USAGE}`,
    '',
    '  --url https://id.example.com   another server: signs in with the browser (else: the local one, PORT)',
    '  --json                         the answer as JSON',
    '  --field NAME                   one field of the answer and nothing else, for scripts; several, one per line',
    '',
    '  --help                         after a command: what it does, and its options',
    '',
    '  Options that take several values are given several times; --no-OPTION disables one.',
  ].join('\n');
}
