/** The OpenID Foundation's basic certification plan. */
import { describe } from 'vitest';
import { basicPlan } from '../support/openid-basic-plan.ts';

describe('OpenID Connect Core §3.1 the basic certification plan', () => basicPlan());
