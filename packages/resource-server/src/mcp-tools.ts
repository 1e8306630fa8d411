/** The table of an MCP server's tools: the scopes that each needs, and the tools that a token opens. */
import * as z from 'zod/mini';
import { ScopesOption, validateOptions } from '../../../src/protocol/valid-options.ts';
import type { Principal } from './principal.ts';

/**
 * By the name of the tool, every scope that it needs beside those of every request. The entry `*` is for all tools that
 * the table does not name; without it they are neither listed nor called.
 */
export type ToolScopes = Readonly<Record<string, readonly string[]>>;

const Tools = z.record(z.string(), ScopesOption);

const validated = new WeakSet<ToolScopes>();

/** @throws TypeError for a table that is none. */
export function validateTools(tools: ToolScopes): void {
  if (validated.has(tools)) return;
  validateOptions(Tools, tools, 'the tools');
  validated.add(tools);
}

/** The scopes that a tool needs; undefined for a tool that does not exist here. */
export const scopesOfTool = (tools: ToolScopes, name: string): readonly string[] | undefined =>
  Object.hasOwn(tools, name) ? tools[name] : tools['*'];

/** Tells whether the principal may call the tool. */
export const mayCall = (principal: Pick<Principal, 'scopes'>, tools: ToolScopes, name: string): boolean =>
  scopesOfTool(tools, name)?.every((scope) => principal.scopes.includes(scope)) ?? false;
