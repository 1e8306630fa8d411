/** The OpenID Foundation's form_post certification plan: each answer is a form that the browser sends to the redirect URI. */
import { describe } from 'vitest';
import { basicPlan } from '../support/openid-basic-plan.ts';

describe('OAuth 2.0 Form Post Response Mode §2 the form_post certification plan', () => basicPlan('form_post'));
