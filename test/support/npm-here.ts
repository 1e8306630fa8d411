/**
 * `npm run admin -- …` in the shell of a test, answered by the process of the test: npm and the command would load their
 * modules anew for each line of a page.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { main } from '../../scripts/admin.ts';
import { scriptHere } from './script-here.ts';

export type NpmHere = {
  /** The function `npm` of bash, for the beginning of a script. */
  definition: string;
  stop: () => void;
};

/**
 * Only a line that npm would take as it is written is answered here. Another script, a sign-in with the browser, a
 * secret from standard input, and whatever stands outside of a checkout, goes to npm.
 */
const definition = (port: number) => `
npm() {
  case "$([ -f scripts/run.mjs ] && echo " $* ")" in
    *' --url '* | *' - '* | *' -- doctor '*) command npm "$@" ;;
    ' run admin -- '* | ' run --silent admin -- '*)
      local code out err
      { read -r code && read -r out && read -r err; } < <(
        printf '%s\\0' "$PWD" "$STATE_DIR" "$PORT" "$@" | curl -s --data-binary @- http://127.0.0.1:${port}
      )
      base64 -d <<< "\${out#:}"
      base64 -d <<< "\${err#:}" >&2
      return "$code"
      ;;
    *) command npm "$@" ;;
  esac
}`;

export async function startNpmHere(): Promise<NpmHere> {
  const server = createServer(async (request, response) => {
    const [folder = '', STATE_DIR = '', PORT = '', ...words] = (await text(request)).split('\0').slice(0, -1);
    const parameters = words.slice(words.indexOf('--') + 1);
    const { code, stdout, stderr } = await scriptHere(main, parameters, { folder, env: { STATE_DIR, PORT } });
    // The lines that npm prints first, unless it is told to be silent.
    const banner = words.includes('--silent') ? '' : `\n> node scripts/run.mjs admin ${parameters.join(' ')}\n\n`;
    response.end(`${code}\n:${base64(banner + stdout)}\n:${base64(stderr)}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { definition: definition((server.address() as AddressInfo).port), stop: () => server.close() };
}

const base64 = (value: string) => Buffer.from(value).toString('base64');
