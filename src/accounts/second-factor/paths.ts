/** The paths of two-step sign-in. */

export const SECOND_FACTOR_SIGN_IN = '/sign-in/second-factor';

export const SECOND_FACTOR_SET_UP = '/sign-in/second-factor/set-up';

export const SECOND_FACTOR_PAGE = '/account/second-factor';
export const ADD_SECOND_FACTOR = '/account/second-factor/add';
export const REMOVE_SECOND_FACTOR = '/account/second-factor/remove';
export const REMEMBERED_BROWSERS = '/account/second-factor/browsers';
export const NEW_RECOVERY_CODES = '/account/second-factor/recovery-codes';
