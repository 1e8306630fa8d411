/** The sealed content of the consent form of device authorization, bound to the session and the device. */
import * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import { type DeviceId, parseDeviceId } from '../../protocol/credentials.ts';
import { CONSENT_PAGE_LIFETIME } from '../../protocol/lifetimes.ts';

const DeviceConsentForm = z.object({
  device: z.custom<DeviceId>((value) => parseDeviceId(value) !== undefined),
  clientId: z.string(),
  scopes: z.array(z.string()),
  resources: z.array(z.string()),
  sessionId: z.string(),
  userCode: z.string(),
  until: z.number(),
});
export type DeviceConsentForm = z.infer<typeof DeviceConsentForm>;

export const sealDeviceConsentForm = (
  { config, moment }: Pick<Deps, 'config' | 'moment'>,
  form: Omit<DeviceConsentForm, 'until'>,
): Promise<string> => config.root.seal('device-consent', { ...form, until: moment.now + CONSENT_PAGE_LIFETIME });

/** Opens a form; undefined for anything that this server did not seal. The caller checks `until`. */
export async function openDeviceConsentForm(
  { config }: Pick<Deps, 'config'>,
  sealed: string,
): Promise<DeviceConsentForm | undefined> {
  const opened = DeviceConsentForm.safeParse(await config.root.unseal('device-consent', sealed));
  return opened.success ? opened.data : undefined;
}
