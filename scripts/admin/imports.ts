/** import frappe: users, clients and API keys of a Frappe site, from the file that scripts/frappe/export_for_postern.py writes. */
import type { Command } from './command.ts';
import { readExport } from './frappe/export-file.ts';
import { type ImportPlan, planImport } from './frappe/plan.ts';
import { type ImportReport, reportOf, showReport } from './frappe/report.ts';
import { sendImport } from './frappe/send.ts';
import { flagOption } from './options.ts';

type Request = { plan: ImportPlan; dry: boolean };

export const IMPORT_COMMANDS: readonly Command[] = [
  {
    name: 'import frappe',
    takes: ['file'],
    about: 'Imports the export of a Frappe site; what is here already is not changed (docs/how-to/move-from-frappe.md)',
    options: [
      flagOption('dry-run', 'says what would come, what would not, and why; imports nothing'),
      flagOption('trust-email', 'the e-mail addresses of the site count as verified'),
    ],
    request: ([file = ''], values): Request => ({
      plan: planImport(readExport(file), { trustEmail: values['trust-email'] === true }),
      dry: values['dry-run'] === true,
    }),
    run: async (api, _, request): Promise<ImportReport> => {
      const { plan, dry } = request as Request;
      return reportOf(plan, await sendImport(api, plan, dry, showProgress), dry);
    },
    show: showReport,
  },
];

/** On the error output, which a report in a file does not get; one line that is written over. */
function showProgress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
}
