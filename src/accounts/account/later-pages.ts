/** Account pages that few visits reach, in one module: it is loaded when the first of them is opened. */
export {
  requestMailCode,
  showMailCode,
  showMailCodeEntry,
  submitMailCode,
} from '../mail-code-sign-in.tsx';
export { showSetUp, submitSetUp } from '../second-factor/set-up.tsx';
export { showSecondFactor, submitSecondFactor } from '../second-factor/sign-in.tsx';
export { createApiKeyByForm, showApiKeyForm } from './api-key-add.tsx';
export { showConfirmAddress, submitConfirmAddress } from './confirm-address.tsx';
export { showDelete, submitDeleteAccount } from './data-delete.tsx';
export { showAddPasskey, submitAddPasskey } from './passkey-add.tsx';
export { showRemovePasskey, submitRemovePasskey } from './passkey-remove.tsx';
export { showRenamePasskey, submitRenamePasskey } from './passkey-rename.tsx';
export { renewRecoveryCodes, showRenewRecoveryCodes } from './recovery-codes.tsx';
export { submitForgetBrowsers } from './remembered-browsers.tsx';
export { showSecondFactorState } from './second-factor.tsx';
export { showAddSecondFactor, submitAddSecondFactor } from './second-factor-add.tsx';
export { showRemoveSecondFactor, submitRemoveSecondFactor } from './second-factor-remove.tsx';
