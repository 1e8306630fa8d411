/** Debian's Apache with a module that is tested. */
import { existsSync } from 'node:fs';
import { type ServerProgram, startProgram } from './server-program.ts';

const MODULES = ['mpm_event', 'unixd', 'authn_core', 'authz_core', 'authz_user', 'headers', 'alias'];

export type Apache = ServerProgram & { url: string };

/** Starts Apache with this module and configuration on a port; `/secure/` holds a page. */
export async function startApache(module: string, port: number, configuration: string): Promise<Apache> {
  const loaded = [...MODULES, module].filter((name) => existsSync(`/usr/lib/apache2/modules/mod_${name}.so`));
  const files = {
    'httpd.conf': `
ServerName localhost
Listen 127.0.0.1:${port}
PidFile FOLDER/pid
ErrorLog FOLDER/log
DocumentRoot FOLDER/htdocs
DefaultRuntimeDir FOLDER
ErrorDocument 401 default
${loaded.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${configuration}
`,
    'htdocs/secure/page': 'The protected page\n',
    'htdocs/signed-out': 'Signed out of the application\n',
  };
  const command = ['/usr/sbin/apache2', '-DFOREGROUND', '-d', 'FOLDER', '-f', 'FOLDER/httpd.conf'];
  return { ...(await startProgram({ files, command, port })), url: `http://localhost:${port}` };
}
