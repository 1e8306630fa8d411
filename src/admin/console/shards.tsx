/** /console/shards: the state of each shard in a sentence; the pages follow from their definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { textsOf } from '../../ui/locale.ts';
import { SHARDS } from '../operations/shard-record.ts';
import type { RecordValues } from '../records/field.ts';
import { recordPages } from './record-pages.tsx';

function stateOf(c: Context<Web>, { bound, draining_since: since, may_be_unbound: isEmpty }: RecordValues): string {
  const { states } = textsOf(c, 'consoleShards');
  if (bound === false) return states.unbound;
  if (since === null) return states.inUse;
  return isEmpty === true ? states.empty : states.draining;
}

export const SHARD_PAGES = recordPages(SHARDS, { cells: { bound: stateOf } });
