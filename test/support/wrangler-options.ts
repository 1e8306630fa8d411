/** The commands that this wrangler has, as it defines them: what its --help prints, without a process for each command. */
import { experimental_getWranglerCommands } from 'wrangler';

type Flag = { alias?: string | readonly string[]; hidden?: boolean };
type Command = {
  definition?: { type: string; args?: Record<string, Flag>; positionalArgs?: string[] };
  subtree?: Map<string, Command>;
};

/** The options of a command, such as `--remote`, with those of every command; undefined where there is no such command. */
export function wranglerOptions(words: readonly string[]): string[] | undefined {
  const { registry, globalFlags } = experimental_getWranglerCommands();
  const found = words.reduce<Command | undefined>((at, word) => at?.subtree?.get(word), registry as Command);
  if (found?.definition?.type !== 'command') return undefined;
  const { args = {}, positionalArgs = [] } = found.definition;
  const flags = Object.entries({ ...(globalFlags as Record<string, Flag>), ...args });
  return flags
    .filter(([name, { hidden }]) => !hidden && !positionalArgs.includes(name))
    .flatMap(([name, { alias = [] }]) => [name, alias].flat())
    .map((name) => `--${name}`);
}
